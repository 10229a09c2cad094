/**
 * What a run may say that does not end: that it is blocked when whoever waits reaches nobody who could help, and
 * stuck, which is a violation, when somebody could and does not. A server that never answers shows which.
 */
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, assign } from 'xstate';
import {
  type AnySystem,
  constant,
  type Fault,
  type RunOptions,
  run,
  variant,
} from '../../src/index.ts';
import { kvMultiPaxos, kvRaft, multiPaxos, raft } from '../../src/protocols/index.ts';

type Links = readonly (readonly [string, string])[];
const bothWays = (...pairs: Links): Links =>
  pairs.flatMap(
    ([a, b]): Links => [
      [a, b],
      [b, a],
    ],
  );
/** Cut for good, once somebody leads. */
const cut = (links: Links): Fault => ({ fault: 'partition', links, atMs: 390 });
const down = (...nodes: readonly string[]): readonly Fault[] =>
  nodes.map((node) => ({ fault: 'crash', node, atMs: 390 }));

/** The system in which nobody answers clients: who says that it is blocked excuses what is wrong. */
function mute(system: AnySystem): AnySystem {
  const names = system.name.includes('raft')
    ? ['answerClient', 'answerReads', 'redirect']
    : ['replyToClient', 'replyAgain', 'redirect'];
  const actions = Object.fromEntries(names.map((name) => [name, assign({})]));
  return variant(system, 'mute', {
    provide: { server: { actions } as Parameters<AnyStateMachine['provide']>[0] },
  }) as AnySystem;
}

const systems: readonly { readonly system: AnySystem; readonly parameters: object }[] = [
  { system: raft as AnySystem, parameters: { standing: 's1', clients: 1 } },
  { system: kvRaft as AnySystem, parameters: { standing: 's1', clients: 1 } },
  { system: multiPaxos as AnySystem, parameters: { firstLeader: true, clients: 1 } },
  { system: kvMultiPaxos as AnySystem, parameters: { firstLeader: true, clients: 1 } },
];

const outcomeOf = (
  system: AnySystem,
  parameters: object,
  faults: readonly Fault[],
  options: Partial<RunOptions> = {},
): readonly [string, string | undefined] => {
  const { outcome, reason } = run(system, {
    seed: 1,
    scenario: 'fault-free',
    parameters: parameters as never,
    latency: constant(5),
    think: constant(400),
    horizonMs: 5000,
    ...options,
    faults,
  });
  return [outcome, reason];
};

describe.each(systems)('$system.name', ({ system, parameters }) => {
  test.each([
    ['reaches everybody', []],
    ['reaches the leader and not a follower', [cut(bothWays(['c1', 's3']))]],
    ['reaches the leader, and one server is down', down('s3')],
    ['reaches the leader, which alone reaches both others', [cut(bothWays(['s2', 's3']))]],
  ] as const)('a client that %s is answered; unanswered, it is stuck', (_, faults) => {
    expect(outcomeOf(system, parameters, faults)).toEqual(['recovered', undefined]);
    expect(outcomeOf(mute(system), parameters, faults)[0]).toBe('stuck');
  });

  test.each([
    ['reaches nobody', [cut(bothWays(['c1', 's1'], ['c1', 's2'], ['c1', 's3']))]],
    ['reaches only followers', [cut(bothWays(['c1', 's1']))]],
    ['hears the leader, which does not hear it', [cut([['c1', 's1']])]],
    ['reaches a leader without a majority', down('s2', 's3')],
    [
      'reaches only a leader that hears nobody',
      [cut(bothWays(['s1', 's2'], ['s1', 's3'], ['c1', 's2'], ['c1', 's3']))],
    ],
  ] as const)('a client that %s waits for a reason', (_, faults) => {
    const [outcome, reason] = outcomeOf(system, parameters, faults);
    expect([outcome, typeof reason]).toEqual(['blocked', 'string']);
  });

  test('a server that lags behind and does not reach the leader waits for a reason', () => {
    const deaf = cut(bothWays(['s1', 's3']));
    const stays = system.name.includes('paxos') ? { ballots: 1 } : {};
    expect(outcomeOf(system, { ...parameters, ...stays }, [deaf])[0]).toBe('blocked');
  });
});

describe('a leader with flexible quorums', () => {
  const four = { servers: 4, phase1Quorum: 3, phase2Quorum: 2, firstLeader: true };
  test('needs only those of phase 2', () => {
    const faults = down('s3', 's4');
    expect(outcomeOf(multiPaxos as AnySystem, four, faults)).toEqual(['recovered', undefined]);
    expect(outcomeOf(mute(multiPaxos as AnySystem), four, faults)[0]).toBe('stuck');
  });
});

test('a server without a ballot left excuses nobody who reaches a leader with one', () => {
  // s2 is cut off, suspects s1, and has no ballot of its own.
  const faults: readonly Fault[] = [{ fault: 'partition', groups: [['s2']], atMs: 300 }];
  const parameters = { firstLeader: true, ballots: 1 };
  expect(outcomeOf(mute(multiPaxos as AnySystem), parameters, faults)[0]).toBe('stuck');
});

describe('Raft, more closely', () => {
  const many = ' s1,s2,s3'.repeat(10);
  const star: readonly Fault[] = [
    { fault: 'partition', links: bothWays(['s2', 's3']), atMs: 0 },
    { fault: 'crash', node: 's4', atMs: 0 },
    { fault: 'crash', node: 's5', atMs: 0 },
  ];
  const bare = { servers: 5, clients: 0, commands: 0 };

  test('a server that alone reaches a majority is elected if no log of these is ahead of its own', () => {
    const asked = (logs: string) => outcomeOf(raft as AnySystem, { ...bare, logs }, star)[0];
    expect([asked('1 1 1 - -'), asked('- 1 1 - -')]).toEqual(['recovered', 'blocked']);
  });

  test('who forces out every leader is a reason to wait, which pre-vote and check quorum take away', () => {
    const { faults } = raft.scenarios?.['partial-links'] ?? {};
    const asked = (rules: object) =>
      outcomeOf(mute(raft as AnySystem), { servers: 5, ...rules }, (faults ?? []) as Fault[]);
    expect(asked({})[1]).toMatch(/forces out leaders by ever higher terms$/);
    for (const rules of [{ preVote: true }, { checkQuorum: true }])
      expect(asked(rules)[0]).toBe('stuck');
  });

  test('a leader that hears nobody keeps others from standing, unless it checks its quorum', () => {
    const deaf = [
      cut([
        ['s2', 's1'],
        ['s3', 's1'],
      ]),
    ];
    const asked = (checkQuorum: boolean) =>
      outcomeOf(raft as AnySystem, { checkQuorum, standing: `s1${many}`, clients: 1 }, deaf)[1];
    expect(asked(false)).toBe('no server that could be elected reaches a majority');
    expect(asked(true)).toBe('s1 reaches no leader of a majority');
  });
});
