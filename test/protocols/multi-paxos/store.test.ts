/** The replicated store on Multi-Paxos, and what its clients see when one of its rules is left out. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, constant, type Run, run, variant } from '../../../src/index.ts';
import { kvMultiPaxos } from '../../../src/protocols/index.ts';
import { storeBugs } from '../../bugs/store-bugs.ts';
import { stormyStore } from '../stores.ts';

const store = kvMultiPaxos as AnySystem;
const broken = (bug: keyof typeof storeBugs): AnySystem =>
  variant(store, bug, storeBugs[bug] as object) as AnySystem;
const violatedIn = ({ properties }: Run): readonly string[] =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
/** The first seed from 1 on whose profile shows a violation of the property. */
const firstSeed = (system: AnySystem, property: string, most: number): number | undefined =>
  Array.from({ length: most }, (_, index) => index + 1).find((seed) =>
    violatedIn(stormyStore(system, seed)).includes(property),
  );

const put = (value: string) => ({ type: 'PUT', key: 'k1', value });
/** The leader is cut off with one of its clients. */
const cutOff = {
  seed: 1,
  parameters: { firstLeader: true },
  latency: constant(10),
  forceLatency: constant(5),
  horizonMs: 6000,
  faults: [{ fault: 'partition', groups: [['s1', 'c1']], atMs: 600, forMs: 2500 }],
} as const;

describe('every scenario', () => {
  test.each(Object.keys(kvMultiPaxos.scenarios ?? {}))(
    '%s: linearizable, and all is answered',
    (scenario) => {
      const done = run(store, { seed: 1, scenario });
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      for (const name of ['linearizable', 'acknowledged writes are kept'])
        expect(done.properties.find((one) => one.name === name)?.exercised, name).toBe(true);
    },
  );
});

describe('a command that is sent again', () => {
  test('is executed once in a session, and twice without', () => {
    const scenario = 'lost-answer';
    expect(violatedIn(run(store, { seed: 1, scenario }))).toEqual([]);
    expect(violatedIn(run(broken('no-sessions'), { seed: 1, scenario }))).toEqual(['linearizable']);
  });

  test('is executed twice within 60 profiles, too', () => {
    expect(firstSeed(broken('no-sessions'), 'linearizable', 60)).toBeDefined();
  });
});

describe('a read that does not go through the log', () => {
  test('is stale at a server that has not learnt what is chosen', () => {
    const done = run(broken('reads-of-anybody'), { seed: 1, scenario: 'read-after-leader-change' });
    expect(violatedIn(done)).toEqual(['linearizable']);
    expect(done.properties.at(-1)?.explanation?.blocked.operation).toBe('get("k1") -> ""');
  });

  test('is stale at a leader that does not know that it is none any more', () => {
    const options = {
      ...cutOff,
      operations: [
        { process: 'c1', operation: put('old'), afterMs: 300 },
        { process: 'c1', operation: { type: 'GET', key: 'k1' }, afterMs: 2000 },
        { process: 'c2', operation: put('new'), afterMs: 700 },
      ],
    };
    expect(run(store, options).verdict).toBe('holds');
    const done = run(broken('reads-of-deposed-leader'), options);
    expect(violatedIn(done)).toEqual(['linearizable']);
  });

  test('is stale within 60 profiles, too', () => {
    expect(firstSeed(broken('reads-of-anybody'), 'linearizable', 60)).toBeDefined();
  });
});

test('a write that is acknowledged when only the leader has it is missed on the disks', () => {
  const options = {
    ...cutOff,
    operations: [
      { process: 'c1', operation: put('old'), afterMs: 300 },
      { process: 'c1', operation: put('new'), afterMs: 400 },
    ],
  };
  expect(run(store, options).verdict).toBe('holds');
  const done = run(broken('acknowledged-alone'), options);
  expect(violatedIn(done)).toEqual(['acknowledged writes are kept']);
});

test('a client that hears no answer registers once, however often it asks', () => {
  const done = run(store, {
    ...cutOff,
    parameters: { firstLeader: true, clients: 1 },
    operations: [{ process: 'c1', operation: put('new'), afterMs: 300 }],
    faults: [{ fault: 'partition', groups: [['c1']], direction: 'in', atMs: 250 }],
  });
  expect(done.metrics.operations.returned).toBe(0);
  const { applied } = done.end.observed as { readonly applied: Record<string, readonly string[]> };
  expect(applied.s1?.length).toBe(1);
  expect(done.outcome).toBe('blocked');
});

test('a client whose session is forgotten does not know whether its command was executed', () => {
  // One session is kept for two clients, so that each forgets the other.
  const { verdict, metrics } = run(store, {
    seed: 1,
    parameters: { clients: 2, sessionsKept: 1, operations: 6 },
    horizonMs: 4000,
  });
  expect(verdict).toBe('holds');
  expect(metrics.operations.returned).toBe(12);
});
