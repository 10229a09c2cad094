/** Many random compositions against the second interpreter, and many examples of each law. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { counterexample, laws } from '../patterns/composition/laws.ts';
import { behaviour, behaviours, compositions } from '../patterns/composition/random.ts';
import { interpret } from '../patterns/composition/reference.ts';
import { simulate } from '../patterns/composition/simulated.ts';

test('compositions do what the rules say', () => {
  fc.assert(
    fc.property(compositions, behaviours, fc.nat(5), (plan, { seed, failPercent }, data) => {
      const services = behaviour(seed, failPercent);
      expect(simulate(plan, data, services)).toEqual(interpret(plan, data, services));
    }),
    { seed: 1, numRuns: 10_000 },
  );
});

test.each(Object.entries(laws))('%s', (_, law) => {
  const { failed, counterexample: example } = counterexample(law, 150);
  expect({ failed, example }).toMatchObject({ failed: false });
});
