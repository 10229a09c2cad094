/** How the scenarios of Multi-Paxos end, and the rules of a leader change in them. */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { type AnySystem, type Run, run } from '../../../src/index.ts';
import { multiPaxos, multiPaxosServer, type ObservedLog } from '../../../src/protocols/index.ts';

const logsIn = ({ end }: Run): ObservedLog['applied'] => (end.observed as ObservedLog).applied;
const asked = (scenario: string, seed = 1): Run =>
  run(multiPaxos as AnySystem, { seed, scenario, trace: true });

/** The messages of a type, in the order in which they were sent. */
const messages = ({ trace }: Run, type: string): readonly Readonly<Record<string, unknown>>[] =>
  trace.flatMap(({ effects }) =>
    effects.flatMap((effect) =>
      effect.type === 'send' && effect.envelope.message.type === type
        ? [{ ...effect.envelope.message, by: effect.envelope.from }]
        : [],
    ),
  );

describe('each scenario is survived, with one log', () => {
  const names = Object.keys(multiPaxos.scenarios ?? {});
  const others = ['majority-crash', 'storage-loss'];
  test.each(names.filter((name) => !others.includes(name)))('%s', (scenario) => {
    for (let seed = 1; seed <= 5; seed++) {
      const done = asked(scenario, seed);
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      expect(done.unreached).toEqual([]);
      expect(done.metrics.operations.returned).toBe(done.metrics.operations.invoked);
      const up = Object.entries(logsIn(done)).filter(([server]) => done.end.isUp(server));
      for (const [, log] of up) expect(log).toEqual(up[0]?.[1]);
    }
  });

  test('majority-crash: the client waits, for a reason', () => {
    const done = asked('majority-crash');
    expect([done.verdict, done.outcome]).toEqual(['holds', 'blocked']);
    expect(done.reason).toBe('c1 reaches no server that reaches a quorum');
    expect(logsIn(done)).toEqual({});
  });

  test('storage-loss breaks agreement, seen in the votes', () => {
    const done = asked('storage-loss');
    const violated = done.properties.filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ name }) => name)).toEqual(['one command chosen per slot']);
  });
});

describe('a leader change', () => {
  test('fills a gap with a no-op, and only then appends what is new', () => {
    const done = asked('gap-filled');
    expect(logsIn(done).s2).toEqual(['null', '"c2.1"', '"c1.1"']);
    const first = messages(done, '2a').find(({ by }) => by !== 's1') as {
      readonly entries: readonly unknown[];
    };
    expect(first.entries).toEqual([
      { slot: 1, command: null },
      { slot: 2, command: 'c2.1' },
    ]);
  });

  test('adopts a vote that one server has, and keeps the command in its slot', () => {
    const done = asked('leader-crash-partial-2a');
    expect(logsIn(done).s3?.[0]).toBe('"c1.1"');
    const adopting = messages(done, '2a').find(({ by }) => by !== 's1');
    expect(adopting?.entries).toEqual([{ slot: 1, command: 'c1.1' }]);
  });

  test('does phase 1 once, for all slots from the first that is not known to be chosen', () => {
    const done = asked('leader-crash');
    const [initial, later] = [1, 2].map((ballot) =>
      messages(done, '1a').filter((one) => (one.ballot === 1) === (ballot === 1)),
    );
    expect(initial?.map(({ first }) => first)).toEqual([1, 1]);
    // The follower had not heard yet that slot 1 is chosen, or had.
    for (const { first } of later ?? []) expect([1, 2]).toContain(first);
    expect(messages(done, '1a').length).toBeLessThanOrEqual(8);
  });

  test('a server that was away learns by slot what it has missed', () => {
    const done = asked('laggard-catches-up');
    expect(logsIn(done).s3).toEqual(['"c1.1"', '"c1.2"']);
    expect(messages(done, 'CATCH_UP')[0]).toMatchObject({ by: 's3', first: 1 });
    expect(messages(done, 'CHOSEN')[0]).toMatchObject({ by: 's1', commands: ['c1.1', 'c1.2'] });
  });

  test('a server that was not asked to promise sends clients to the leader that it hears', () => {
    const servers = ['s1', 's2', 's3'];
    const input = { self: 's2', servers, phase1: 2, phase2: 2, ballots: 1000 };
    const actor = createActor(multiPaxosServer, { input }).start();
    const emitted: unknown[] = [];
    actor.on('*', (effect) => emitted.push(effect));
    actor.send({ type: 'HEARTBEAT', from: 's3', ballot: 3, chosen: 0 });
    actor.send({ type: 'REQUEST', from: 'c1', command: 'x' });
    actor.stop();
    expect(emitted.at(-1)).toMatchObject({
      to: 'c1',
      message: { type: 'REDIRECT', leader: 's3' },
    });
  });

  test('an old leader that is heard again steps down', () => {
    const done = asked('old-leader-returns');
    const leaders = done.end.all.filter((one) => one.in('serving.leading'));
    expect(leaders.map(({ address }) => address)).not.toContain('s1');
    expect(leaders).toHaveLength(1);
  });
});

describe('what is refused, in one sentence', () => {
  test.each([
    [{ servers: 4, phase1Quorum: 2, phase2Quorum: 2 }, 'of 4 servers can miss each other'],
    [{ phase2Quorum: 4 }, 'phase2Quorum is 4, more than there are servers'],
  ])('%o', (parameters, sentence) => {
    expect(() => run(multiPaxos as AnySystem, { seed: 1, parameters })).toThrow(sentence);
  });
});
