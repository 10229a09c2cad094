/** Rules broken one at a time: random compositions against the second interpreter notice each. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign, emit } from 'xstate';
import { type AnySystem, send, type Variation, variant } from '../../../src/index.ts';
import type { FlowContext } from '../../../src/patterns/composition/index.ts';
import { loop } from '../../../src/patterns/index.ts';
import { behaviour, behaviours, compositions } from './random.ts';
import { interpret } from './reference.ts';
import { simulate, systemOf } from './simulated.ts';

type Rules = NonNullable<NonNullable<Variation['provide']>[string]>;
interface Params {
  readonly at: string;
  readonly thread: string;
  readonly branches: readonly string[];
}

/** A changed action: what it assigns. */
const assigning = (change: (context: FlowContext, params: Params) => Partial<FlowContext>) =>
  assign((({ context }: { context: FlowContext }, params: Params) =>
    change(context, params)) as never);
const nothing = assign({});
const answers = ({ event }: { event: { type: string } }) =>
  event.type === 'reply' || event.type === 'failed';

const bugs: Readonly<Record<string, Rules>> = {
  'outputs of a parallel in the order of their ends': {
    actions: {
      endBranch: assigning((context, { thread, branches }) => {
        const ended = [...context.ended, thread];
        const isLast = branches.every((one) => ended.includes(one));
        return {
          ended,
          turns: isLast ? context.turns : context.turns.filter((one) => one !== thread),
        };
      }),
      join: assigning((context, { at, thread }) => {
        const own = context.ended.filter((one) => one.startsWith(`${at}.`));
        const outputs = own.map((one) => context.data[one]);
        const turns = [thread, ...context.turns.filter((one) => one !== thread)];
        const ended = context.ended.filter((one) => !own.includes(one));
        return { data: { ...context.data, [thread]: outputs }, turns, ended };
      }),
    },
  },
  'calls of a branch that is given up are not taken back': { actions: { abandon: nothing } },
  'items of a forEach that is given up go on': { actions: { cancelItems: nothing } },
  'one round more than the loop has': {
    actions: {
      nextRound: assigning(({ rounds }, { at }) => ({
        rounds: { ...rounds, [at]: (rounds[at] ?? -1) + 1 },
      })),
    },
  },
  'a loop at its bound ends well': { guards: { isPastItsBound: () => false } },
  'the first branch to end decides': {
    guards: {
      haveAllEnded: (({ context }: { context: FlowContext }, { branches }: Params) =>
        branches.length === 0 || branches.some((one) => context.ended.includes(one))) as never,
    },
  },
  'a race is won by a failure': {
    actions: {
      failWithAll: assigning((context, { thread, branches }) => ({
        data: { ...context.data, [thread]: context.data[branches[0] ?? ''] },
      })),
    },
  },
  'any answer is the answer': { guards: { isItsAnswer: answers as never } },
  'branches start before it is their turn': { guards: { isItsTurn: () => true } },
  'every catcher catches everything': { guards: { catches: () => true } },
  'no catcher catches': { guards: { catches: () => false } },
  'a handler does not see what the attempt began with': {
    actions: {
      handle: assigning(({ data }, { thread }) => ({
        data: { ...data, [thread]: { error: data[thread] } },
      })),
    },
  },
  'the last rule that is true wins': { guards: { isTrue: () => true } },
  'the end of one item is the end of all': {
    guards: {
      isLastItem: (({ event }: { event: { type: string } }) => event.type === 'FINISHED') as never,
    },
  },
  'a failed item is an item': { guards: { isFailedItem: () => false } },
  'a call asks nobody': {
    actions: { call: emit(() => send('client', { type: 'failed', key: 'k', error: 'e1' })) },
  },
};

/** Loops in loops, in which what one round leaves behind shows in the next. */
const nested = compositions.map((body) =>
  loop(
    (_, rounds) => rounds < 2,
    loop((_, rounds) => rounds < 2, body, { atMost: 2 }),
    { atMost: 2 },
  ),
);

function found(rules: Rules | undefined, runs: number, plans = compositions): boolean {
  return fc.check(
    fc.property(plans, behaviours, fc.nat(5), (plan, { seed, failPercent }, data) => {
      const services = behaviour(seed, failPercent);
      const sound = systemOf(plan, services) as unknown as AnySystem;
      const provide = rules && { provide: { plan: rules } };
      const system = provide === undefined ? sound : variant(sound, 'broken', provide);
      const told = simulate(plan, data, services, system as never);
      expect(told).toEqual(interpret(plan, data, services));
    }),
    { seed: 5, numRuns: runs, endOnFailure: true },
  ).failed;
}

test.each(Object.entries(bugs))('%s', (_, rules) => {
  expect(found(rules, 600)).toBe(true);
});

test('a loop that is left remembers its rounds', () => {
  expect(found({ actions: { leaveLoop: nothing } }, 50, nested)).toBe(true);
});

test('and with no rule broken nothing is found', () => {
  expect(found(undefined, 50)).toBe(false);
  expect(found(undefined, 20, nested)).toBe(false);
});
