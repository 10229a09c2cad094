/**
 * What every protocol of a replicated log must show (src/protocols/replicated-log): agreement per index, prefix,
 * validity and integrity under all that it promises to survive, and what one has applied applied by all who are
 * up once failures have healed. A protocol joins by a row here, with a mistake for each of these promises, which
 * the contract must find; its observer keeps what {@link replicatedLogObserver} keeps. The first row is the
 * smallest log there is: a sequencer that numbers commands, and followers that apply them in that order.
 */
import { describe, expect, test } from 'vitest';
import { assign, emit, setup } from 'xstate';
import {
  type Address,
  type AnySystem,
  check,
  defineProcess,
  defineSystem,
  type Effect,
  mark,
  type Observer,
  type Received,
  type Run,
  replicate,
  run,
  send,
  swarm,
  variant,
} from '../../src/index.ts';
import {
  kvMultiPaxos,
  kvRaft,
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
  multiPaxos,
  type ObservedLog,
  raft,
  replicatedLogObserver,
} from '../../src/protocols/index.ts';
import { sized } from '../sizes.ts';
import { type Broken, brokenMultiPaxos, brokenRaft } from './replicated-log-bugs.ts';

type Message = { readonly type: 'APPEND'; readonly index: number; readonly command: string };
type Appended = Received<Message>;

const sequencer = setup({
  types: {
    context: {} as { readonly followers: readonly Address[]; readonly index: number },
    input: {} as { readonly followers: readonly Address[] },
    events: {} as { readonly type: 'PROPOSE'; readonly command: string },
    emitted: {} as Effect<Message>,
  },
  actions: {
    number: assign({ index: ({ context }) => context.index + 1 }),
    markProposed: emit(({ event }) => mark('proposed', { command: event.command })),
    append: emit(({ context, event }) =>
      send(context.followers, { type: 'APPEND', index: context.index, command: event.command }),
    ),
  },
}).createMachine({
  id: 'sequencer',
  context: ({ input }) => ({ ...input, index: 0 }),
  on: { PROPOSE: { actions: ['number', 'markProposed', 'append'] } },
});

/** What has come too early waits until it is its turn. */
const follower = setup({
  types: {
    context: {} as { readonly applied: number; readonly waiting: Readonly<Record<number, string>> },
    events: {} as Appended,
    emitted: {} as Effect<Message>,
  },
  guards: { isNext: ({ context }) => context.waiting[context.applied + 1] !== undefined },
  actions: {
    keep: assign({
      waiting: ({ context, event }) => ({ ...context.waiting, [event.index]: event.command }),
    }),
    apply: assign({ applied: ({ context }) => context.applied + 1 }),
    markApplied: emit(({ context }) =>
      mark('applied', { index: context.applied, command: context.waiting[context.applied] }),
    ),
  },
}).createMachine({
  id: 'follower',
  context: { applied: 0, waiting: {} },
  initial: 'applying',
  states: {
    applying: {
      always: { guard: 'isNext', actions: ['apply', 'markApplied'] },
      on: { APPEND: { actions: 'keep' } },
    },
  },
});

const contract = [logAgreement, logPrefix, logValidity, logIntegrity];

const commands = ['x', 'y', 'z'] as const;
const sequenced = defineSystem({
  name: 'sequenced-log',
  parameters: { followers: 2 },
  nodes: ({ followers }) => {
    const names = Array.from({ length: followers }, (_, index) => `f${index + 1}`);
    return {
      sequencer: defineProcess({
        machine: sequencer,
        input: { followers: names },
        operations: commands.map((command) => ({ type: 'PROPOSE' as const, command })),
      }),
      ...replicate('f', followers, () => defineProcess({ machine: follower })),
    };
  },
  network: { order: 'unordered', duplication: true },
  observe: replicatedLogObserver,
  properties: contract,
});

interface Implementation {
  readonly what: string;
  readonly system: AnySystem;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** The processes that apply every command in a run in which all failures end. */
  readonly replicas: readonly string[];
  /** A mistake for each promise. */
  readonly broken: readonly Broken[];
}

const three = { servers: 3, clients: 2 };
const servers = ['s1', 's2', 's3'];
const implementations: readonly Implementation[] = [
  {
    what: 'a sequencer',
    system: sequenced as AnySystem,
    parameters: { followers: 3 },
    replicas: ['f1', 'f2', 'f3'],
    broken: [],
  },
  ...(
    [
      ['Multi-Paxos', multiPaxos, three, brokenMultiPaxos],
      ['a store on Multi-Paxos', kvMultiPaxos, three, brokenMultiPaxos],
      ['Raft', raft, three, brokenRaft],
      ['Raft that compacts its logs', raft, { ...three, snapshotEvery: 2 }, brokenRaft],
      ['a store on Raft', kvRaft, three, brokenRaft],
      ['a store on Raft that compacts', kvRaft, { ...three, snapshotEvery: 2 }, brokenRaft],
    ] as const
  ).map(([what, system, parameters, broken]) => ({
    what,
    system: system as AnySystem,
    parameters,
    replicas: servers,
    broken,
  })),
];

/** Who of the replicas is up and has applied less than somebody has. */
function laggards({ end }: Run, replicas: readonly string[]): readonly string[] {
  const { applied } = end.observed as ObservedLog;
  const longest = Math.max(0, ...Object.values(applied).map((log) => log.length));
  const up = new Set(end.all.filter((one) => one.up).map(({ address }) => address));
  return replicas.filter((one) => up.has(one) && (applied[one]?.length ?? 0) < longest);
}

describe.each(implementations)('$what', ({ system, parameters, replicas, broken }) => {
  // Every system has swarms of its own; here each meets the same few.
  const fewer = 4;

  test('promises what the contract says', () => {
    for (const property of contract) expect(system.properties).toContain(property);
  });

  test('without faults every replica applies every proposed command', () => {
    const { end, verdict } = run(system, { seed: 1, parameters });
    const { applied, proposed } = end.observed as ObservedLog;
    expect(verdict).toBe('holds');
    expect(proposed.length).toBeGreaterThan(1);
    for (const one of replicas) expect(applied[one]).toEqual(expect.arrayContaining([...proposed]));
  });

  test('under whatever it promises to survive: safe, and no run is stuck', () => {
    for (let seed = 1; seed <= sized(20, fewer); seed++) {
      const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    }
  });

  test('once failures have healed, whoever is up has applied all that anybody has', () => {
    for (let seed = 1; seed <= sized(20, fewer); seed++) {
      const { faults, ...weather } = swarm(system, seed, { parameters });
      // A profile may heal a part for good; here everything heals.
      const transient = faults.filter(({ fault }) => fault !== 'heal');
      const healed = [...transient, { fault: 'heal', atMs: 2000 } as const];
      const done = run(system, { seed, parameters, ...weather, faults: healed, horizonMs: 20_000 });
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      // A command whose client has crashed may be lost with it; what one replica has applied is not.
      expect(laggards(done, replicas), `seed ${seed}`).toEqual([]);
    }
  });

  test.each(broken)('$promised is found broken: $mutation', (mistake) => {
    const asked = { seed: 1, ...mistake.run, parameters: { ...parameters, ...mistake.parameters } };
    // The contract alone: what else the protocol promises may break sooner.
    const only = { properties: contract } as object;
    const wrong = run(variant(system, 'broken', { ...mistake.variation, ...only }), asked);
    const right = run(variant(system, 'right', only), asked);
    const violated = wrong.properties.filter(({ verdict }) => verdict === 'violated');
    expect([right.verdict, laggards(right, replicas)]).toEqual(['holds', []]);
    if (mistake.promised === 'catching up')
      expect([wrong.outcome, laggards(wrong, replicas)]).toEqual(['stuck', ['s3']]);
    else expect(violated.map(({ name }) => name)).toContain(mistake.promised);
  });
});

describe('the contract finds who breaks it', () => {
  type Marked = readonly ['proposed' | 'applied' | 'installed', string, object];
  const broken = (marks: readonly Marked[]): readonly string[] => {
    const { initial, on }: Observer<ObservedLog> = replicatedLogObserver;
    const observed = marks.reduce(
      (sofar, [name, process, data]) => on(sofar, { name, process, data }),
      initial,
    );
    return contract.filter((one) => !one.holds({ observed })).map(({ name }) => name);
  };
  const x: Marked = ['proposed', 'c', { command: 'x' }];
  const y: Marked = ['proposed', 'c', { command: 'y' }];
  const applied = (process: string, index: number, command: unknown): Marked => [
    'applied',
    process,
    { index, command },
  ];

  const cases: readonly (readonly [string, readonly Marked[], readonly string[]])[] = [
    [
      'two commands at one index',
      [x, y, applied('a', 1, 'x'), applied('b', 1, 'y')],
      ['log agreement'],
    ],
    ['an index left out', [x, applied('a', 2, 'x')], ['log prefix']],
    ['a command of nobody', [x, applied('a', 1, 'z')], ['log validity']],
    ['a command replaced', [x, y, applied('a', 1, 'x'), applied('a', 1, 'y')], ['log integrity']],
    ['the same again after a crash', [x, applied('a', 1, 'x'), applied('a', 1, 'x')], []],
    ['a no-op', [applied('a', 1, null), applied('b', 1, null)], []],
    ['an installed state machine', [x, ['installed', 'a', { index: 4 }], applied('a', 5, 'x')], []],
    [
      'a gap after an installed one',
      [x, ['installed', 'a', { index: 4 }], applied('a', 6, 'x')],
      ['log prefix'],
    ],
    [
      'a text that looks like what is kept',
      [['proposed', 'c', { command: 'missing' }], applied('a', 1, 'missing')],
      [],
    ],
  ];
  test.each(cases)('%s', (_, marks, expected) => {
    expect(broken(marks)).toEqual(expected);
  });

  test('a follower that applies in the order of arrival, in every execution and in runs', () => {
    const hasty = variant(sequenced, 'hasty', {
      provide: {
        follower: {
          guards: { isNext: () => false },
          actions: {
            keep: emit(({ event }: { event: Appended }) =>
              mark('applied', { index: event.index, command: event.command }),
            ) as never,
          },
        },
      },
    } as never);
    const { properties } = check(hasty as AnySystem, { scope: { duplication: false } });
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toMatchObject([
      { name: 'log prefix' },
    ]);
    expect(check(sequenced as AnySystem, { scope: { duplication: false } }).verdict).toBe('holds');
  });
});
