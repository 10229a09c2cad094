/** Small random systems: machines with sends, forced writes, timers, choices, recovery; any network. */
import fc from 'fast-check';
import { assign, createMachine, emit } from 'xstate';
import {
  type AnySystem,
  alwaysPossible,
  constant,
  type Distribution,
  defineProcess,
  defineSystem,
  type IdleDelivery,
  invariant,
  mark,
  type NetworkOrder,
  reachable,
  send,
  transition,
  type View,
  write,
} from '../../src/index.ts';

const states = ['a', 'b', 'c'] as const;
const messages = ['X', 'Y'] as const;
const names = ['n1', 'n2', 'n3'] as const;

type Action =
  | { readonly kind: 'send'; readonly to: number; readonly message: (typeof messages)[number] }
  /** `told`: nobody, who has written when it is done, or also when it fails. */
  | { readonly kind: 'write'; readonly forced: boolean; readonly told: 0 | 1 | 2 }
  | { readonly kind: 'mark' }
  | { readonly kind: 'count' };

interface Rule {
  readonly from: number;
  readonly on: 'X' | 'Y' | 'timer' | 'CHOICE' | 'OPERATION' | 'SAVED' | 'FAILED';
  readonly target: number | undefined;
  readonly actions: readonly Action[];
}

export interface SystemRecipe {
  readonly nodes: number;
  readonly rules: readonly (readonly Rule[])[];
  readonly recovers: boolean;
  readonly order: NetworkOrder;
  readonly loss: boolean;
  readonly loses: 'head' | 'any';
  readonly reliable: readonly string[];
  readonly duplication: boolean;
  readonly idle: IdleDelivery;
  /** Whether the choice is immediate; and whether it leads away, without which it would never end. */
  readonly immediate: boolean;
  readonly timing: 'asynchronous' | 'synchronous';
  /** Whether there are more starts than one, and which bound there is, if any. */
  readonly starts: boolean;
  readonly bound: 'constraint' | 'boundary' | 'none';
  readonly scope: {
    readonly crashes: number;
    readonly partitions: number;
    readonly diskLosses: number;
    readonly lostForces: number;
    readonly failedWrites: number;
    readonly copies: number;
  };
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      to: fc.nat(2),
      message: fc.constantFrom(...messages),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      forced: fc.boolean(),
      told: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'mark' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'count' as const }) },
);

const rule: fc.Arbitrary<Rule> = fc.record({
  from: fc.nat(2),
  on: fc.constantFrom(
    'X' as const,
    'X' as const,
    'Y' as const,
    'timer' as const,
    'CHOICE' as const,
    'OPERATION' as const,
    'SAVED' as const,
    'FAILED' as const,
  ),
  target: fc.option(fc.nat(2), { nil: undefined, freq: 4 }),
  actions: fc.array(action, { maxLength: 3 }),
});

export const recipes: fc.Arbitrary<SystemRecipe> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 3 }),
    rules: fc.array(fc.array(rule, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 3 }),
    recovers: fc.boolean(),
    order: fc.constantFrom(
      'set' as const,
      'duplicating' as const,
      'unordered' as const,
      'fifo' as const,
      'mailbox' as const,
    ),
    loss: fc.boolean(),
    loses: fc.constantFrom('head' as const, 'any' as const),
    reliable: fc.constantFrom([], ['Y']),
    duplication: fc.boolean(),
    idle: fc.constantFrom('consume' as const, 'wait' as const, 'disabled' as const),
    immediate: fc.boolean(),
    timing: fc.constantFrom('asynchronous' as const, 'synchronous' as const),
    starts: fc.boolean(),
    bound: fc.constantFrom(
      'none' as const,
      'none' as const,
      'constraint' as const,
      'boundary' as const,
    ),
    scope: fc.record({
      crashes: fc.nat(1),
      partitions: fc.nat(1),
      diskLosses: fc.nat(1),
      lostForces: fc.nat(1),
      failedWrites: fc.nat(1),
      copies: fc.integer({ min: 1, max: 2 }),
    }),
  })
  .map(legal);

/** What no network can be is left out: a set does not lose, and only a queue loses by place. */
export function legal(recipe: SystemRecipe): SystemRecipe {
  const { order, idle, loses } = recipe;
  const keeps = order === 'set' || order === 'duplicating';
  const queue = order === 'fifo' || order === 'mailbox';
  return {
    ...recipe,
    loss: recipe.loss && order !== 'set',
    loses: queue ? loses : 'head',
    duplication: recipe.duplication && !keeps,
    idle: keeps && idle === 'consume' ? 'wait' : idle,
  };
}

interface Context {
  readonly count: number;
  readonly recovered: number;
}

/** Actions of node `self`. Sends go to other nodes: to itself, a node could send for ever in one step. */
function actionsOf(actions: readonly Action[], self: number, nodes: number) {
  return actions.map((one) => {
    switch (one.kind) {
      case 'send':
        return emit(
          send(names[(self + 1 + (one.to % (nodes - 1))) % nodes] ?? 'n1', { type: one.message }),
        );
      case 'write':
        return emit(
          one.forced
            ? write({ record: 'r' }, 'forced', ...['SAVED', 'FAILED'].slice(0, one.told))
            : write({ record: 'r' }, 'unforced'),
        );
      case 'mark':
        return emit(mark('m'));
      default:
        return assign({
          count: ({ context }: { context: Context }) => Math.min(2, context.count + 1),
        });
    }
  });
}

function machineOf(rules: readonly Rule[], self: number, nodes: number) {
  const config: Record<string, { on: Record<string, unknown>; after: Record<string, unknown> }> =
    {};
  for (const state of states) config[state] = { on: {}, after: {} };
  for (const { from, on, target, actions } of rules) {
    const state = config[states[from] ?? 'a'];
    const made = {
      ...(target === undefined ? {} : { target: states[target], reenter: true }),
      actions: actionsOf(actions, self, nodes),
    };
    if (state === undefined) continue;
    if (on === 'timer') state.after.delay = made;
    else state.on[on] = made;
  }
  return createMachine({
    id: 'random',
    context: ({ input }: { input: { recovered: number } }) => ({
      count: 0,
      recovered: input.recovered,
    }),
    initial: 'a',
    states: config,
  } as never);
}

/** Immediate choices lead on to states without one: from b to c, so that they come to an end. */
function leadingOn(rules: readonly Rule[]): readonly Rule[] {
  return rules.map((rule) => (rule.on === 'CHOICE' ? { ...rule, from: 1, target: 2 } : rule));
}

/** Few messages in flight and few marks; always so at the start. */
function within({ inFlight, observed }: View): boolean {
  return inFlight.length < 2 && (observed as { marks: number }).marks < 3;
}

/** How a random system goes with time, where it is checked under timed timing. */
export interface Laws {
  readonly delay: Distribution;
  readonly after: Distribution;
  /** Whether the processes read their clocks. */
  readonly clock: boolean;
}

/** The system of a recipe, with one property of each kind; with laws its timing is timed. */
export function systemOf(recipe: SystemRecipe, laws?: Laws): AnySystem {
  const { nodes, rules, recovers, immediate, timing, starts, bound } = recipe;
  const { order, loss, loses, reliable, duplication, idle } = recipe;
  const machines = rules.map((own, self) =>
    machineOf(immediate ? leadingOn(own) : own, self, nodes),
  );
  const processes = Object.fromEntries(
    names.slice(0, nodes).map((name, index) => {
      const options = {
        machine: machines[index] as never,
        input: { recovered: 0 },
        delays: rules[index]?.some(({ on }) => on === 'timer')
          ? { delay: laws?.delay ?? constant(10) }
          : {},
        suspects: rules[index]?.some(({ on }) => on === 'timer') ? { delay: ['n1'] } : {},
        choices: [
          {
            event: { type: 'CHOICE' },
            immediate,
            ...(immediate || !laws ? {} : { after: laws.after }),
          },
        ],
        clock: laws?.clock ?? false,
        operations: [{ type: 'OPERATION' }],
      };
      const recover = (records: readonly unknown[]) => ({ recovered: Math.min(2, records.length) });
      return [name, defineProcess((recovers ? { ...options, recover } : options) as never)];
    }),
  );
  return defineSystem({
    name: 'random',
    nodes: () => processes,
    network: { order, loss, loses, reliable, duplication, idle },
    timing: laws === undefined ? timing : 'timed',
    // The third equals the first: it is generated and not new.
    starts: () => (starts ? [{}, { n1: { recovered: 1 } }, { n1: { recovered: 0 } }] : [{}]),
    ...(bound === 'none' ? {} : { [bound]: within }),
    observe: { initial: { marks: 0 }, on: ({ marks }) => ({ marks: Math.min(3, marks + 1) }) },
    properties: [
      invariant('not all in c', ({ all }) => !all.every((process) => process.in('c'))),
      invariant('few marks', ({ observed }) => (observed as { marks: number }).marks < 3),
      invariant('no two in flight', ({ inFlight }) => inFlight.length < 3),
      reachable('some in b', ({ all }) => all.some((process) => process.in('b'))),
      alwaysPossible('n1 in a', ({ all }) => all[0]?.in('a') === true),
      alwaysPossible('n2 in b', ({ all }) => all[1]?.in('b') === true, {
        without: ({ type }) => type === 'restart',
      }),
      alwaysPossible('n2 in b, from n1 in a', ({ all }) => all[1]?.in('b') === true, {
        from: ({ all }) => all[0]?.in('a') === true,
      }),
      transition(
        'marks grow by one at most',
        (before, after) =>
          (after.observed as { marks: number }).marks <=
          (before.observed as { marks: number }).marks + 1,
      ),
    ],
  });
}
