/**
 * Small random systems of workers that nothing but their names tells apart, and perhaps a hub. Names are in
 * contexts (as a set, as a queue, as keys), messages, records, marks and what the observer makes of them.
 */
import fc from 'fast-check';
import { assign, createMachine, emit } from 'xstate';
import {
  type AnySystem,
  alwaysPossible,
  constant,
  defineProcess,
  defineSystem,
  invariant,
  mark,
  reachable,
  send,
  transition,
  write,
} from '../../src/index.ts';
import { recipes, type SystemRecipe } from './random-systems.ts';

const states = ['a', 'b', 'c'] as const;

type Action =
  | { readonly kind: 'send'; readonly to: 'hub' | 'peers' | 'sender'; readonly message: 'X' | 'Y' }
  | { readonly kind: 'write'; readonly forced: boolean; readonly named: boolean }
  | { readonly kind: 'mark' | 'note' | 'queue' | 'vote' | 'forget' };

interface Rule {
  readonly from: number;
  readonly on: 'X' | 'Y' | 'timer' | 'CHOICE' | 'OPERATION';
  readonly target: number | undefined;
  readonly actions: readonly Action[];
}

export interface SymmetricRecipe
  extends Pick<
    SystemRecipe,
    | 'recovers'
    | 'order'
    | 'loss'
    | 'loses'
    | 'reliable'
    | 'duplication'
    | 'idle'
    | 'timing'
    | 'scope'
  > {
  readonly workers: number;
  readonly rules: readonly Rule[];
  /** Rules of the hub, where there is one. */
  readonly hub: readonly Rule[] | undefined;
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      to: fc.constantFrom('hub' as const, 'peers' as const, 'sender' as const),
      message: fc.constantFrom('X' as const, 'Y' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      forced: fc.boolean(),
      named: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'mark' as const,
        'note' as const,
        'queue' as const,
        'vote' as const,
        'forget' as const,
      ),
    }),
  },
);

const rule: fc.Arbitrary<Rule> = fc.record({
  from: fc.nat(2),
  on: fc.constantFrom(
    'X' as const,
    'Y' as const,
    'timer' as const,
    'CHOICE' as const,
    'OPERATION' as const,
  ),
  target: fc.option(fc.nat(2), { nil: undefined, freq: 4 }),
  actions: fc.array(action, { maxLength: 2 }),
});

export const symmetricRecipes: fc.Arbitrary<SymmetricRecipe> = fc
  .record({
    base: recipes,
    workers: fc.integer({ min: 2, max: 3 }),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    hub: fc.option(fc.array(rule, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map(({ base, ...own }) => ({ ...base, ...own }));

interface Context {
  readonly peers: readonly string[];
  /** A set, in the order of names. */
  readonly seen: readonly string[];
  /** In the order of arrival. */
  readonly queue: readonly string[];
  readonly votes: Readonly<Record<string, boolean>>;
}

interface Input extends Pick<Context, 'peers'> {
  readonly seen?: readonly string[];
}

interface Args {
  readonly context: Context;
  readonly event: { readonly type: string; readonly from?: string };
}

const senderOf = ({ event }: Args): string => event.from ?? 'hub';

function actionOf(one: Action, hasHub: boolean) {
  switch (one.kind) {
    case 'send':
      return emit((args: Args) => {
        const { peers } = args.context;
        const { from } = args.event;
        const to = one.to === 'hub' ? (hasHub ? 'hub' : peers) : one.to === 'peers' ? peers : from;
        // Not to itself: a worker has no hub among its peers, and the hub is none of its own.
        const about = from === undefined ? {} : { about: from };
        return send(to ?? peers, { type: one.message, ...about });
      });
    case 'write':
      return emit((args: Args) =>
        write(
          one.named ? { by: senderOf(args) } : { by: 'nobody' },
          one.forced ? 'forced' : 'unforced',
        ),
      );
    case 'mark':
      return emit((args: Args) => mark('m', { of: senderOf(args) }));
    case 'note':
      return assign({
        seen: (args: Args) =>
          ['hub', 'w1', 'w2', 'w3'].filter(
            (name) => name === senderOf(args) || args.context.seen.includes(name),
          ),
      });
    case 'queue':
      return assign({
        queue: (args: Args) => [...args.context.queue.slice(-1), senderOf(args)],
      });
    case 'vote':
      return assign({ votes: (args: Args) => ({ ...args.context.votes, [senderOf(args)]: true }) });
    default:
      return assign({ queue: [], votes: {} });
  }
}

function machineOf(id: string, rules: readonly Rule[], hasHub: boolean) {
  const config: Record<string, { on: Record<string, unknown>; after: Record<string, unknown> }> =
    {};
  for (const state of states) config[state] = { on: {}, after: {} };
  for (const { from, on, target, actions } of rules) {
    const state = config[states[from] ?? 'a'];
    if (state === undefined) continue;
    const made = {
      ...(target === undefined ? {} : { target: states[target], reenter: true }),
      actions: actions
        .filter((one) => id === 'worker' || one.kind !== 'send' || one.to !== 'hub')
        .map((one) => actionOf(one, hasHub)),
    };
    if (on === 'timer') state.after.delay = made;
    else state.on[on] = made;
  }
  return createMachine({
    id,
    context: ({ input }: { input: Input }) => ({
      peers: input.peers,
      seen: input.seen ?? [],
      queue: [],
      votes: {},
    }),
    initial: 'a',
    states: config,
  } as never);
}

interface Observed {
  readonly marks: Readonly<Record<string, number>>;
}

/** The system of a recipe, with one property of each kind that symmetry knows. */
export function symmetricSystemOf(recipe: SymmetricRecipe): AnySystem {
  const { workers, rules, hub, recovers, timing } = recipe;
  const { order, loss, loses, reliable, duplication, idle } = recipe;
  const names = ['w1', 'w2', 'w3'].slice(0, workers);
  const make = (id: string, own: readonly Rule[], peers: readonly string[]) => {
    const hasTimer = own.some(({ on }) => on === 'timer');
    const options = {
      machine: machineOf(id, own, hub !== undefined),
      input: { peers },
      delays: hasTimer ? { delay: constant(10) } : {},
      suspects: hasTimer ? { delay: peers } : {},
      choices: [{ event: { type: 'CHOICE' } }],
      operations: [{ type: 'OPERATION' }],
    };
    const recover = (records: readonly { readonly by: string }[]) => ({
      peers,
      seen: names.filter((name) => records.some(({ by }) => by === name)),
    });
    return defineProcess((recovers ? { ...options, recover } : options) as never);
  };
  const nodes = {
    ...(hub === undefined ? {} : { hub: make('hub', hub, names) }),
    ...Object.fromEntries(
      names.map((name) => [
        name,
        make(
          'worker',
          rules,
          names.filter((other) => other !== name),
        ),
      ]),
    ),
  };
  return defineSystem({
    name: 'symmetric',
    nodes: () => nodes,
    symmetry: () => [names],
    network: { order, loss, loses, reliable, duplication, idle },
    timing,
    observe: {
      initial: { marks: {} } as Observed,
      on: ({ marks }, { process }) => ({ marks: { ...marks, [process]: 1 } }),
    },
    properties: [
      invariant(
        'not all in c',
        ({ all }) =>
          !all.filter(({ address }) => address !== 'hub').every((process) => process.in('c')),
      ),
      invariant('not all marked', ({ observed }) => {
        const { marks } = observed as Observed;
        return Object.keys(marks).length < 2;
      }),
      invariant('few in flight', ({ inFlight }) => inFlight.length < 3),
      reachable('some in b', ({ all }) => all.some((process) => process.in('b'))),
      alwaysPossible('one in a', ({ all }) => all.some((process) => process.in('a'))),
      alwaysPossible(
        'one in b without restart',
        ({ all }) => all.some((process) => process.in('b')),
        { without: ({ type }) => type === 'restart' },
      ),
      transition(
        'one moves at a time',
        (before, after) =>
          after.all.filter((process, index) => {
            const was = before.all[index];
            return process.up && was?.up === true && process.value !== was.value;
          }).length < 2,
      ),
      transition(
        'nobody leaves c',
        (before, after) =>
          !after.all.some((process, index) => process.in('a') && before.all[index]?.in('c')),
      ),
    ],
  });
}
