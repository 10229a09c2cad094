import {
  catalogue,
  defineProcess,
  defineSystem,
  type Fault,
  faultKinds,
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

/** What changes only times. */
const timely = [
  ...['clock-drift', 'clock-jump', 'clock-offset', 'clock-strobe'],
  ...['delay', 'hold', 'pause', 'slow', 'slow-disk'],
];

test('the kinds are what the system promises to survive, unless others are asked for', () => {
  const kindsOf = (network: NetworkOptions, more: object = {}) =>
    kindsIn(sample(schedules(variant(nodes(2, network), 'other', more))));
  const synchronous = { timing: 'synchronous' } as const;
  expect(kindsOf({}, synchronous)).toEqual(['crash', 'partition']);
  expect(kindsOf({ loss: true }, synchronous)).toEqual(['crash', 'loss', 'partition']);
  expect(kindsOf({})).toEqual(['crash', 'partition', ...timely].sort());
  expect(kindsOf({}, { ...synchronous, scope: { lostForces: 1 } })).toContain('lost-force');
  expect(kindsIn(sample(schedules(nodes(2), { kinds: ['duplication'] })))).toEqual(['duplication']);
});

test.each(faultKinds)('%s is generated when it is asked for, legal and plain', (kind) => {
  const all = sample(schedules(twoPhaseCommit, { kinds: [kind], crashPoints: false }), 200);
  expect(kindsIn(all)).toEqual([kind]);
  for (const faults of all) {
    expect(JSON.parse(JSON.stringify(faults))).toEqual(faults);
    run(twoPhaseCommit, { seed: 1, faults, horizonMs: 1 });
  }
  // Every field that the catalogue has comes, but points, which are read off a run, and lost disks.
  const fields = Object.keys(catalogue[kind].fields).filter(
    (field) => !['point', 'loseDisk', 'nodes'].includes(field),
  );
  const given = new Set(all.flat().flatMap((fault) => Object.keys(fault)));
  const links = kind === 'partition' || kind === 'hold' ? ['links'] : [];
  for (const field of fields.filter((one) => !links.includes(one))) expect(given).toContain(field);
});

test.each(faultKinds)('%s shrinks to one fault of few fields, early and mild', (kind) => {
  const never = fc.property(
    schedules(twoPhaseCommit, { kinds: [kind], crashPoints: false }),
    (faults) => faults.length === 0,
  );
  const { counterexample } = fc.check(never, { seed: 1 });
  const [fault] = counterexample?.[0] ?? [];
  expect(counterexample?.[0]).toHaveLength(1);
  expect(fault).toMatchObject({ fault: kind, atMs: 0 });
  if (fault !== undefined && 'forMs' in fault) expect(fault.forMs).toBe(1);
  const required = Object.entries(catalogue[kind].fields).filter(
    ([name, field]) =>
      field.required === true || ['atMs', 'forMs', 'groups', 'factor'].includes(name),
  );
  for (const field of Object.keys(fault ?? {}))
    expect(['fault', ...required.map(([name]) => name)]).toContain(field);
});

test('disks are lost only where somebody asks for it', () => {
  const losing = (options: object): number =>
    sample(schedules(twoPhaseCommit, options))
      .flat()
      .filter((fault) => fault.fault === 'crash' && fault.loseDisk === true).length;
  expect(losing({})).toBe(0);
  expect(losing({ diskLosses: true })).toBeGreaterThan(10);
});

test('a single node is never cut off from itself', () => {
  const alone = kindsIn(sample(schedules(nodes(1))));
  expect(alone).toEqual(['crash', ...timely].filter((kind) => kind !== 'hold').sort());
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
