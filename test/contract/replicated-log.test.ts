/**
 * What every protocol of a replicated log must show (src/protocols/replicated-log): agreement per index, prefix,
 * validity and integrity under all that it promises to survive, and what one has applied applied by all who are
 * up once failures have healed. A protocol joins by a row here; its observer keeps what
 * {@link replicatedLogObserver} keeps. The first row is the smallest log there is: a sequencer that numbers
 * commands, and followers that apply them in the order of their numbers.
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
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
  multiPaxos,
  type ObservedLog,
  replicatedLogObserver,
} from '../../src/protocols/index.ts';

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
  readonly system: AnySystem;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** The processes that apply every command in a run in which all failures end. */
  readonly replicas: readonly string[];
}

const implementations: readonly Implementation[] = [
  { system: sequenced as AnySystem, parameters: { followers: 3 }, replicas: ['f1', 'f2', 'f3'] },
  {
    system: multiPaxos as AnySystem,
    parameters: { servers: 3, clients: 2 },
    replicas: ['s1', 's2', 's3'],
  },
];

const observedIn = ({ end }: Run): ObservedLog => end.observed as ObservedLog;
const nodeOf = (process: string): string => process.split('/')[0] ?? process;

describe.each(implementations)('$system.name', ({ system, parameters, replicas }) => {
  test('promises what the contract says', () => {
    for (const property of contract) expect(system.properties).toContain(property);
  });

  test('without faults every replica applies every proposed command', () => {
    const { end, verdict } = run(system, { seed: 1, parameters });
    const { applied, proposed } = end.observed as ObservedLog;
    expect(verdict).toBe('holds');
    for (const one of replicas) expect(applied[one]).toEqual(expect.arrayContaining([...proposed]));
  });

  test('under whatever it promises to survive: safe, and no run is stuck', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    }
  });

  test('once failures have healed, whoever is up has applied all that anybody has', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { faults, ...weather } = swarm(system, seed, { parameters });
      // A profile may heal a part for good; here everything heals.
      const transient = faults.filter(({ fault }) => fault !== 'heal');
      const healed = [...transient, { fault: 'heal', atMs: 2000 } as const];
      const done = run(system, { seed, parameters, ...weather, faults: healed, horizonMs: 20_000 });
      const { applied } = observedIn(done);
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      // A command whose client has crashed may be lost with it; what one replica has applied is not.
      const longest = Math.max(0, ...Object.values(applied).map((log) => log.length));
      for (const one of replicas)
        if (done.end.isUp(nodeOf(one)))
          expect(applied[one]?.length ?? 0, `seed ${seed}`).toBe(longest);
    }
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
