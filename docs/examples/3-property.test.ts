/**
 * 3. Property: no schedule of faults breaks the protocol. What fails is shrunk to few faults.
 *
 *     npx vitest run test/examples/property.test.ts
 */
import { fc, test } from '@fast-check/vitest';
import { run } from 'counterpoint';
import { schedules } from 'counterpoint/fuzzing';
import { expect } from 'vitest';
import { system } from './1-define-and-run.ts';

test.prop([schedules(system), fc.nat()], { seed: 1 })('faults are survived', (faults, seed) => {
  expect(run(system, { seed, faults }).verdict).toBe('holds');
});
