/** Reads within a lease: what they cost, when they are given up, and what goes wrong without their rules. */
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  constant,
  type Process,
  type Run,
  run,
  swarm,
  variant,
} from '../../../src/index.ts';
import { instantiate } from '../../../src/model/instance.ts';
import { createStepper } from '../../../src/model/local-step.ts';
import { kvRaft, kvRaftLeases } from '../../../src/protocols/index.ts';
import { leaseScenarios } from '../../../src/protocols/raft/lease-system.ts';
import { leaseMs, renewedAt } from '../../../src/protocols/raft/leases.ts';
import type { ServerContext } from '../../../src/protocols/raft/server-state.ts';
import { leaseBugs } from '../../bugs/raft-lease-bugs.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/raft-costs.json' with { type: 'json' };
import { expectGenerated, markdownTable } from '../../examples/generated.ts';

const leases = kvRaftLeases as AnySystem;
const violatedIn = ({ properties }: Run): readonly string[] =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);

describe('every scenario', () => {
  test.each(Object.keys(kvRaftLeases.scenarios ?? {}))('%s', (scenario) => {
    const done = run(leases, { seed: 1, scenario });
    expect(done.outcome).toBe('recovered');
    expect(violatedIn(done)).toEqual(scenario === 'drift-denied' ? ['linearizable'] : []);
  });
});

describe.each(leaseBugs)('$name: $mutation', ({ name, variation, run: asked }) => {
  test('a client reads what has been overwritten, and with the rule it does not', () => {
    const wrong = run(variant(leases, name, variation), { seed: 1, ...asked });
    expect(violatedIn(wrong)).toEqual(['linearizable']);
    const right = run(leases, { seed: 1, ...asked });
    expect([right.verdict, right.outcome]).toEqual(['holds', 'recovered']);
    expect(right.properties.find(({ kind }) => kind === 'linearizable')?.exercised).toBe(true);
  });
});

/** Random in time: when the leader with the slow clock is cut off, and when somebody writes at the others. */
function cutAtRandom(system: AnySystem, seed: number): Run {
  const { faults, operations, parameters } = leaseScenarios['slow-leader'];
  const drawn = (step: number, from: number, to: number): number =>
    Math.round(from + ((seed * step) % 1) * (to - from));
  return run(system, {
    seed,
    scenario: 'quick',
    parameters: { ...parameters },
    faults: [
      ...(faults ?? []).filter(({ fault }) => fault === 'clock-drift'),
      {
        fault: 'partition',
        groups: [['s1', 'c1']],
        atMs: drawn(Math.SQRT2, 250, 320),
        forMs: 400,
      },
    ],
    operations: (operations ?? []).map((one) =>
      one.process === 'c2' ? { ...one, afterMs: drawn(Math.sqrt(3), 240, 340) } : one,
    ),
  });
}

test('a lease that ignores drift is found out within 30 random cuts, and the right one withstands them', () => {
  const [bug] = leaseBugs;
  const wrong = variant(leases, 'ignores-drift', bug?.variation ?? {});
  const seeds = Array.from({ length: 30 }, (_, index) => index + 1);
  expect(seeds.some((seed) => violatedIn(cutAtRandom(wrong, seed)).length > 0)).toBe(true);
  for (const seed of seeds) expect(cutAtRandom(leases, seed).verdict, `seed ${seed}`).toBe('holds');
});

test('linearizable under 10 profiles of a swarm', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const parameters = { servers: seed % 2 === 0 ? 3 : 5, clients: 3 };
    const done = run(leases, { seed, parameters, ...swarm(leases, seed, { parameters }) });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
  }
});

/** A follower of `kv-raft/leases`, which has heard s2 as the leader of term 1. */
function follower(parameters: object = {}) {
  const { nodes } = instantiate(leases as never, { ...parameters });
  const process = nodes.find(({ id }) => id === 's1')?.processes[0]?.process as Process;
  const stepper = createStepper(process, 's1');
  let { state } = stepper.start(process.input);
  const gets = (event: object): readonly { readonly type: string; readonly message?: object }[] => {
    const step = stepper.step(state, event as never);
    state = step.state;
    return step.effects as never;
  };
  gets({
    type: 'AppendEntries',
    from: 's2',
    term: 1,
    previous: { index: 0, term: 0 },
    entries: [],
    commit: 0,
    round: 0,
    sentAt: 90,
    now: 100,
  });
  return { gets, context: () => state.snapshot.context as ServerContext };
}
const requestVote = {
  type: 'RequestVote',
  from: 's3',
  term: 3,
  last: { index: 9, term: 1 },
  now: 150,
};

describe('what a lease rests on', () => {
  test('the answer says what it answers', () => {
    const { gets } = follower();
    const answer = gets({
      type: 'AppendEntries',
      from: 's2',
      term: 1,
      previous: { index: 0, term: 0 },
      entries: [],
      commit: 0,
      round: 0,
      sentAt: 140,
      now: 150,
    });
    expect(answer).toMatchObject([{ type: 'send', message: { type: 'Appended', sentAt: 140 } }]);
  });

  test('who hears of a higher term, and not from its leader, keeps its promise', () => {
    const { gets, context } = follower();
    const refused = { previous: 0, conflict: { index: 1, term: 0 }, round: 0 };
    gets({ type: 'Refused', from: 's3', term: 2, ...refused, now: 140 });
    expect([context().term, context().hearsLeader]).toEqual([2, true]);
    expect(gets(requestVote)).toEqual([]);
    gets({ type: 'LEADER_SILENT', now: 250 });
    expect(gets({ ...requestVote, now: 251 })).toMatchObject([
      { type: 'replace' },
      { type: 'send', message: { type: 'Vote', granted: true } },
    ]);
  });

  test('it counts from the sending, by the answer of the slowest that a majority needs', () => {
    const leader = { self: 's1', servers: ['s1', 's2', 's3', 's4', 's5'], log: [] };
    const renewal = (renewed: Readonly<Record<string, number>>, over: object = {}) =>
      renewedAt({ ...leader, renewed, ...over } as never);
    expect(renewal({ s2: 40, s3: 10, s4: 30 })).toBe(30);
    expect(renewal({ s2: 40 })).toBeUndefined();
    expect(renewal({}, { servers: ['s1'] })).toBe(Number.POSITIVE_INFINITY);
    const joint = {
      type: 'configuration',
      voters: [
        ['s1', 's2', 's3'],
        ['s4', 's5', 's6'],
      ],
    };
    expect(renewal({ s2: 40, s4: 30, s5: 20 }, { log: [joint] })).toBe(20);
  });

  test('it lasts the election timeout by the ratio of the slowest clock to the fastest', () => {
    // 150 ms of a clock that is a fifth fast are 125 ms, which are 100 ms of one that is a fifth slow.
    expect([leaseMs(150, 0), leaseMs(150, 20), leaseMs(150, 50)]).toEqual([150, 100, 50]);
  });
});

test('a read within a lease costs no message between servers and 2 delays, by ReadIndex 2(n - 1) and 4', () => {
  const readIndex = costs.items.find(({ id }) => id === 'readIndex');
  const rows = [3, 5, 7].flatMap((n) =>
    (['ReadIndex', 'lease'] as const).map((how) => {
      const asked = (reads: number): Run =>
        run(how === 'lease' ? leases : (kvRaft as AnySystem), {
          seed: 1,
          scenario: 'fault-free',
          parameters: {
            servers: n,
            clients: 1,
            standing: 's1',
            electionMinMs: 150,
            electionMaxMs: 150,
            heartbeatMs: 50,
          },
          operations: Array.from({ length: reads }, () => ({
            process: 'c1',
            operation: { type: 'GET', key: 'k1' },
            afterMs: 402,
          })),
          latency: constant(10),
          forceLatency: constant(5),
          horizonMs: 600,
        });
      const [without, one] = [asked(0), asked(1)];
      const messages = one.metrics.messages.sent - without.metrics.messages.sent - 2;
      const forced = one.metrics.writes.forced - without.metrics.writes.forced;
      const { maxMs } = one.metrics.operations.latency;
      // protocols.md of the sources: local or lease read 2 delays, ReadIndex 4.
      expect([messages, forced, maxMs]).toEqual(
        how === 'lease' ? [0, 0, 20] : [evaluate(readIndex?.messages ?? '', { n }), 0, 40],
      );
      return [n, how, messages, forced, `${(maxMs ?? 0) / 10} (${maxMs} ms)`];
    }),
  );
  const head = ['servers', 'read by', 'messages between servers', 'forced writes', 'delays'];
  expectGenerated('src/protocols/raft/README.md', 'reads', markdownTable(head, rows));
});
