/** The replicated store: linearizable reads and sessions, and what goes wrong without their rules. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, constant, type Run, run, swarm, variant } from '../../../src/index.ts';
import { keyValueStore, kvRaft, withSessions } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/raft-costs.json' with { type: 'json' };

const store = kvRaft as AnySystem;
const violatedIn = ({ properties }: Run): readonly string[] =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);

/** raft-read-index-before-own-commit */
const hasty = variant(store, 'read-index-before-own-commit', {
  provide: { server: { guards: { hasOwnCommit: () => true } } },
}) as AnySystem;
/** raft-no-sessions */
const forgetful = variant(store, 'no-sessions', { parameters: { sessions: false } }) as AnySystem;

/** A run under the swarm's profile of a seed. */
function stormy(system: AnySystem, seed: number): Run {
  const parameters = { servers: seed % 2 === 0 ? 3 : 5, clients: 3, operations: 6 };
  const profile = swarm(system, seed, { parameters });
  return run(system, { seed, parameters, ...profile });
}

describe('every scenario', () => {
  test.each(Object.keys(kvRaft.scenarios ?? {}))(
    '%s: linearizable, and all is answered',
    (scenario) => {
      const done = run(store, { seed: 1, scenario });
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      expect(done.properties.find(({ kind }) => kind === 'linearizable')?.exercised).toBe(true);
    },
  );
});

test('linearizable and explained under 30 profiles', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const done = stormy(store, seed);
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
  }
});

describe('a leader that has committed nothing in its term', () => {
  test('lets a read wait, and who does not answers with what is over', () => {
    const scenario = 'read-after-leader-change';
    expect(violatedIn(run(store, { seed: 1, scenario }))).toEqual([]);
    const broken = run(hasty, { seed: 1, scenario });
    expect(violatedIn(broken)).toEqual(['linearizable']);
    expect(broken.properties.at(-1)?.explanation?.blocked.operation).toBe('get("k1") -> ""');
  });
});

describe('a command that is sent again', () => {
  test('is executed once in a session, and twice without', () => {
    const scenario = 'lost-answer';
    expect(violatedIn(run(store, { seed: 1, scenario }))).toEqual([]);
    expect(violatedIn(run(forgetful, { seed: 1, scenario }))).toEqual(['linearizable']);
  });

  test('is executed twice within 60 profiles, too', () => {
    const found = Array.from({ length: 60 }, (_, index) => index + 1).find((seed) =>
      violatedIn(stormy(forgetful, seed)).includes('linearizable'),
    );
    expect(found).toBeDefined();
  });
});

describe('sessions', () => {
  const machine = withSessions(keyValueStore, 2);
  const at = (index: number) => ({ index, client: 'c1', serial: 0 });
  const append = (session: number, serial: number) => ({
    type: 'command',
    session,
    serial,
    command: { f: 'append', key: 'k', value: 'x' },
  });
  const get = { f: 'get', key: 'k' };

  test('are known by the index of their registration', () => {
    const { result } = machine.apply(machine.initial, { type: 'register' }, at(7));
    expect(result).toEqual({ session: 7 });
  });

  test('answer again without executing again', () => {
    let { state } = machine.apply(machine.initial, { type: 'register' }, at(1));
    for (let index = 2; index < 5; index++)
      ({ state } = machine.apply(state, append(1, 1), at(index)));
    expect(machine.read(state, get)).toBe('x');
    ({ state } = machine.apply(state, append(1, 2), at(5)));
    expect(machine.read(state, get)).toBe('xx');
  });

  test('that are forgotten are an error, never a second execution', () => {
    let { state } = machine.apply(machine.initial, { type: 'register' }, at(1));
    ({ state } = machine.apply(state, append(1, 1), at(2)));
    // Two are kept: the third registration takes the place of the one that was used least lately.
    for (const index of [3, 4]) ({ state } = machine.apply(state, { type: 'register' }, at(index)));
    const { state: after, result } = machine.apply(state, append(1, 1), at(5));
    expect(result).toEqual({ unknownSession: true });
    expect(after).toEqual(state);
  });

  test('of a client that is forgotten: it does not know whether the command was executed', () => {
    // One session is kept for two clients, so that each forgets the other.
    const { verdict, metrics } = run(store, {
      seed: 1,
      parameters: { clients: 2, sessionsKept: 1, operations: 6 },
      horizonMs: 4000,
    });
    expect(verdict).toBe('holds');
    expect(metrics.operations.returned).toBe(12);
  });
});

test('a read costs 2(n - 1) messages, no write and 4 delays (raft-costs.json)', () => {
  const readIndex = costs.items.find(({ id }) => id === 'readIndex');
  const query = { type: 'GET', key: 'k1' } as const;
  for (const n of [1, 3, 5]) {
    const asked = (afterMs: readonly number[]): Run =>
      run(store, {
        seed: 1,
        parameters: {
          servers: n,
          clients: 3,
          operations: 3,
          standing: 's1',
          electionMinMs: 150,
          electionMaxMs: 150,
          heartbeatMs: 600_000,
        },
        operations: afterMs.map((after, index) => ({
          process: `c${index + 1}`,
          operation: query,
          afterMs: after,
        })),
        latency: constant(10),
        forceLatency: constant(5),
        horizonMs: 2000,
      });
    const [without, one] = [asked([]), asked([400])];
    const more = (done: Run): number => done.metrics.messages.sent - without.metrics.messages.sent;
    expect(more(one) - 2).toBe(evaluate(readIndex?.messages ?? '', { n }));
    expect(one.metrics.writes.forced - without.metrics.writes.forced).toBe(
      Number(readIndex?.forcedWrites),
    );
    expect(one.metrics.operations.latency.maxMs).toBe(n === 1 ? 20 : 40);
    // While the round of the first is under way the two others come, and share the next one.
    if (n > 1) expect(more(asked([400, 405, 406])) - 6).toBe(2 * 2 * (n - 1));
  }
});
