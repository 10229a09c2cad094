/** The search agrees with a naive checker over XState alone, on every kind of property. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AnyStateMachine, assign, createMachine, emit } from 'xstate';
import {
  type AnySystem,
  check,
  constant,
  defineProcess,
  defineSystem,
  send,
  type View,
} from '../../src/index.ts';
import { naiveVerdicts } from './naive-verdicts.ts';
import { naiveXState } from './naive-xstate.ts';

const states = ['a', 'b', 'c'] as const;
const names = ['n1', 'n2'] as const;

const rule = fc.record({
  from: fc.constantFrom(...states),
  on: fc.constantFrom(
    'X' as const,
    'X' as const,
    'Y' as const,
    'timer' as const,
    'CHOICE' as const,
  ),
  target: fc.constantFrom(...states),
  sends: fc.option(fc.constantFrom('X' as const, 'Y' as const), { nil: undefined }),
  counts: fc.boolean(),
});

const recipes = fc.record({
  rules: fc.tuple(
    fc.array(rule, { minLength: 1, maxLength: 4 }),
    fc.array(rule, { minLength: 1, maxLength: 4 }),
  ),
  order: fc.constantFrom('set' as const, 'unordered' as const, 'fifo' as const),
  loss: fc.boolean(),
  goal: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...states)),
  begin: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...states)),
});

type Rules = readonly (typeof rule extends fc.Arbitrary<infer R> ? R : never)[];

function machineOf(rules: Rules, other: string): AnyStateMachine {
  const config: Record<string, { on: Record<string, unknown>; after: Record<string, unknown> }> =
    {};
  for (const state of states) config[state] = { on: {}, after: {} };
  for (const { from, on, target, sends, counts } of rules) {
    const actions: unknown[] = sends === undefined ? [] : [emit(send(other, { type: sends }))];
    if (counts)
      actions.push(
        assign(({ context }) => ({ count: Math.min(1, (context as { count: number }).count + 1) })),
      );
    const made = { target, reenter: true, actions };
    if (on === 'timer') (config[from] as (typeof config)[string]).after.delay = made;
    else (config[from] as (typeof config)[string]).on[on] = made;
  }
  return createMachine(
    { id: 'random', context: { count: 0 }, initial: 'a', states: config } as never,
    {
      delays: { delay: 10 },
    } as never,
  ) as AnyStateMachine;
}

it('1,000 random small systems have the same states and the same verdicts', {
  timeout: 120_000,
}, () => {
  const violations: Record<string, number> = {};
  let compared = 0;
  fc.assert(
    fc.property(
      recipes,
      ({ rules, order, loss: asked, goal: [where, value], begin: [from, at] }) => {
        const loss = asked && order !== 'set';
        const machines = { n1: machineOf(rules[0], 'n2'), n2: machineOf(rules[1], 'n1') };
        const graph = naiveXState({ machines, order, loss }, 60);
        // Guessing which deliveries stop being possible doubles the work for each of them.
        const owed = Object.values(graph?.fairness ?? {});
        fc.pre(graph !== undefined && owed.filter((one) => one === 'strong').length <= 6);
        if (graph === undefined) return;
        const violated = naiveVerdicts(
          graph,
          (now) => now[where] === value,
          (now) => now[from] === at,
        );
        const isGoal = ({ processes }: View): boolean =>
          (processes as View['processes'] & Record<string, { in(path: string): boolean }>)[
            where
          ]?.in(value) === true;
        const begins = ({ processes }: View): boolean =>
          (processes as View['processes'] & Record<string, { in(path: string): boolean }>)[
            from
          ]?.in(at) === true;
        const process = (machine: AnyStateMachine) =>
          defineProcess({
            machine,
            delays: { delay: constant(10) },
            choices: [{ event: { type: 'CHOICE' } }],
          } as never);
        const system = defineSystem({
          name: 'random',
          nodes: () => ({ n1: process(machines.n1), n2: process(machines.n2) }),
          network: { order, loss },
          properties: (kinds) => [
            kinds.invariant('invariant', (view) => !isGoal(view as View)),
            kinds.transition('transition', (a, b) => !isGoal(a as View) || isGoal(b as View)),
            kinds.reachable('reachable', (view) => isGoal(view as View)),
            kinds.alwaysPossible('alwaysPossible', (view) => isGoal(view as View)),
            kinds.eventually('eventually', (view) => isGoal(view as View)),
            kinds.leadsTo(
              'leadsTo',
              (view) => begins(view as View),
              (view) => isGoal(view as View),
            ),
            kinds.infinitelyOften('infinitelyOften', (view) => isGoal(view as View)),
          ],
        }) as AnySystem;
        const fast = check(system, { stopAtViolation: false, scope: { crashes: 0, copies: 1 } });
        expect([fast.distinct, fast.generated]).toEqual([
          graph.values.length,
          graph.edges.length + 1,
        ]);
        expect(
          Object.fromEntries(
            fast.properties.map(({ name, verdict }) => [name, verdict === 'violated']),
          ),
        ).toEqual(violated);
        compared++;
        for (const [kind, isViolated] of Object.entries(violated))
          if (isViolated) violations[kind] = (violations[kind] ?? 0) + 1;
      },
    ),
    { seed: 8, numRuns: 1000 },
  );
  expect(compared).toBeGreaterThanOrEqual(1000);
  // Each kind fails often enough, and holds often enough, for the comparison to mean something.
  for (const kind of [
    'invariant',
    'transition',
    'reachable',
    'alwaysPossible',
    'eventually',
    'leadsTo',
    'infinitelyOften',
  ]) {
    expect([kind, (violations[kind] ?? 0) > 50]).toEqual([kind, true]);
    expect([kind, (violations[kind] ?? 0) < 950]).toEqual([kind, true]);
  }
});
