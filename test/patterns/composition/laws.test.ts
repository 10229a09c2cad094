/** The laws of compositions in a few examples each; test/deep/composition.test.ts has more. */
import { describe, expect, test } from 'vitest';
import { counterexample, falseLaws, laws } from './laws.ts';

describe('compositions', () => {
  test.each(Object.entries(laws))('%s', (_, law) => {
    const { failed, counterexample: example, errorInstance } = counterexample(law, 6);
    const error = String(errorInstance ?? '');
    expect({ failed, example, error }).toMatchObject({ failed: false });
  });

  test.each(falseLaws)('%s (a control: a false law is refuted)', (_, law) => {
    expect(counterexample(law, 100).failed).toBe(true);
  });
});
