/**
 * Golden digests of runs with workloads. A regression pin: the values were copied from our own output, and
 * say only that runs are what they were. A change of a law, of a stream's name or of the service changes
 * them; look at what changed before copying the new ones.
 */
import { expect, test } from 'vitest';
import { run } from '../../../src/index.ts';
import { serviceSystem } from '../../../src/patterns/services/index.ts';
import pinned from './digests.json' with { type: 'json' };

test.each(Object.entries(pinned))('%s under seed 7 is the run that it was', (scenario, digest) => {
  expect(run(serviceSystem, { seed: 7, scenario }).digest).toBe(digest);
});

test('every scenario has a pin, and every pin is another', () => {
  expect(Object.keys(pinned)).toEqual(Object.keys(serviceSystem.scenarios ?? {}));
  expect(new Set(Object.values(pinned)).size).toBe(Object.keys(pinned).length);
});
