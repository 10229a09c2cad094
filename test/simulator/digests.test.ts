/**
 * Golden digests. A regression pin: the values were copied from our own output, and say only that runs
 * are what they were. A change of the model, of the simulator or of two-phase commit may change them;
 * look at what changed before copying the new ones.
 */
import { expect, test } from 'vitest';
import { exponential, run, uniform } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import pinned from './digests.json' with { type: 'json' };

const { 'random weather': randomWeather, ...scenarios } = pinned;

for (const [scenario, digest] of Object.entries(scenarios))
  test(`${scenario} under seed 7 is the run that it was`, () => {
    expect(run(twoPhaseCommit, { seed: 7, scenario }).digest).toBe(digest);
  });

test('a run in random weather under seed 7 is the run that it was', () => {
  const done = run(twoPhaseCommit, {
    seed: 7,
    latency: uniform(1, 30),
    forceLatency: exponential(4, 1),
    parameters: { votes: 'any', participants: 5 },
    faults: [
      { fault: 'loss', probability: 0.3, atMs: 0, forMs: 400 },
      { fault: 'crash', node: 'coordinator', atMs: 30, forMs: 100 },
    ],
  });
  expect(done.digest).toBe(randomWeather);
});

test('every scenario has a pin, and every pin is another', () => {
  expect(Object.keys(scenarios).sort()).toEqual(Object.keys(twoPhaseCommit.scenarios ?? {}).sort());
  expect(new Set(Object.values(pinned)).size).toBe(Object.keys(pinned).length);
});
