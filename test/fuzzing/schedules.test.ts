import {
  defineProcess,
  defineSystem,
  type Fault,
  type NetworkOptions,
  replicate,
  run,
  type Schedule,
  variant,
} from 'counterpoint';
import { schedules } from 'counterpoint/fuzzing';
import { twoPhaseCommit } from 'counterpoint/protocols';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { system as myCommit } from '../../docs/examples/1-define-and-run.ts';

const idle = setup({}).createMachine({ id: 'idle', initial: 'here', states: { here: {} } });
const nodes = (count: number, network: NetworkOptions = {}) =>
  defineSystem({
    name: 'idle',
    parameters: { nodes: count },
    nodes: (parameters) => replicate('n', parameters.nodes, () => defineProcess({ machine: idle })),
    network,
  });

const sample = (arbitrary: fc.Arbitrary<Schedule>, numRuns = 500) =>
  fc.sample(arbitrary, { seed: 1, numRuns });
/** How long it lasts; undefined for one that is for ever. */
const lasting = (fault: Fault): number | undefined => ('forMs' in fault ? fault.forMs : undefined);
const kindsIn = (all: readonly Schedule[]) =>
  [...new Set(all.flat().map(({ fault }) => fault))].sort();

test('every schedule is legal for the system, and is plain data', () => {
  for (const faults of sample(schedules(twoPhaseCommit), 100)) {
    expect(JSON.parse(JSON.stringify(faults))).toEqual(faults);
    // Throws a UserMistake for a fault that is not legal.
    run(twoPhaseCommit, { seed: 1, faults, horizonMs: 1 });
  }
});

test('crash points come first, then faults in the order of their times, in whole milliseconds', () => {
  let pointed = 0;
  for (const faults of sample(schedules(twoPhaseCommit))) {
    expect(faults.length).toBeLessThanOrEqual(3);
    const times = faults.map(({ atMs }) => atMs ?? -1);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const fault of faults) {
      if (fault.atMs !== undefined) continue;
      expect(fault).toMatchObject({ fault: 'crash', point: { message: expect.any(String) } });
      pointed++;
    }
    for (const time of [
      ...times.filter((at) => at >= 0),
      ...faults.map((fault) => lasting(fault) ?? 1),
    ])
      expect(Number.isInteger(time) && time >= 0 && time <= 500).toBe(true);
  }
  expect(pointed).toBeGreaterThan(100);
});

test('the kinds are those of the network, unless others are asked for', () => {
  const lossy = { loss: true } as const;
  expect(kindsIn(sample(schedules(nodes(2))))).toEqual(['crash', 'partition']);
  expect(kindsIn(sample(schedules(nodes(2, lossy))))).toEqual(['crash', 'loss', 'partition']);
  expect(kindsIn(sample(schedules(nodes(2), { kinds: ['duplication'] })))).toEqual(['duplication']);
});

test('a single node is never cut off from itself', () => {
  expect(kindsIn(sample(schedules(nodes(1))))).toEqual(['crash']);
  expect(sample(schedules(nodes(1), { kinds: ['partition'] }), 5)).toEqual([[], [], [], [], []]);
});

test('the parameters decide which nodes there are', () => {
  const named = (faults: readonly Fault[]) =>
    faults.flatMap((fault) => (fault.fault === 'crash' ? [fault.node] : []));
  const small = sample(schedules(nodes(9), { parameters: { nodes: 2 }, kinds: ['crash'] }));
  expect([...new Set(small.flatMap(named))].sort()).toEqual(['n1', 'n2']);
});

test('every fault ends when asked, and some are for ever otherwise', () => {
  const endless = (all: readonly Schedule[]) =>
    all.flat().filter((fault) => lasting(fault) === undefined).length;
  expect(endless(sample(schedules(twoPhaseCommit, { everyFaultEnds: true })))).toBe(0);
  expect(endless(sample(schedules(twoPhaseCommit)))).toBeGreaterThan(0);
});

test('the same seed generates the same schedules', () => {
  expect(sample(schedules(twoPhaseCommit), 50)).toEqual(sample(schedules(twoPhaseCommit), 50));
});

test('a planted bug is found, and its schedule shrinks to one short fault', () => {
  const impatient = variant(myCommit, 'impatient', {
    provide: { participant: { guards: { mayDecideAlone: () => true } } },
  });
  const holds = fc.property(schedules(impatient), fc.nat(), (faults, seed) => {
    return run(impatient, { seed, faults }).verdict === 'holds';
  });
  const { failed, counterexample } = fc.check(holds, { seed: 1, numRuns: 300 });
  expect(failed).toBe(true);
  expect(counterexample?.[0]).toHaveLength(1);
});

test('a timer armed and cancelled within one step never fires (found by these schedules)', () => {
  // A participant restarts prepared by way of `working`, whose time-out it never waits for.
  const faults = [{ fault: 'crash', node: 'p1', atMs: 9, forMs: 1 }] as const;
  expect(run(myCommit, { seed: 0, faults }).verdict).toBe('holds');
});

test('a mistake in an option is told in one sentence', () => {
  expect(() => schedules(twoPhaseCommit, { atMost: -1 })).toThrow(
    "the schedules' atMost is -1; it must be a whole number, 0 or more",
  );
  expect(() => schedules(twoPhaseCommit, { kinds: ['los' as 'loss'] })).toThrow(
    'the schedules\' kinds name "los", which is no fault; did you mean "loss"?',
  );
});
