/** The order flow checked exhaustively, with rules broken; soundness; its scenarios. */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, check, defineSystem, run, variant } from '../../../src/index.ts';
import {
  attempt,
  type Composition,
  choice,
  compositionSystem,
  defineClient,
  defineServices,
  fail,
  forEach,
  loop,
  parallel,
  race,
  sequence,
  soundness,
  task,
  withCompositions,
} from '../../../src/patterns/index.ts';

const faultless = { crashes: 0, loss: false, duplication: false };
const asked = (parameters: object, scope: object, system = compositionSystem as AnySystem) =>
  check(system, { parameters: parameters as never, scope: scope as never, maxStates: 50_000 });
const violated = ({ properties }: ReturnType<typeof asked>) =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);

describe('in every execution an order flow', () => {
  test.each([
    [{}, faultless],
    [{ items: 2 }, faultless],
    [{}, { duplication: false }],
  ])('is sound: %o in the scope %o', (parameters, scope) => {
    const answer = asked(parameters, scope);
    expect([answer.verdict, answer.complete, violated(answer)]).toEqual(['holds', true, []]);
  });

  test.each([
    [
      'answers count for nothing',
      { order: { guards: { isItsAnswer: () => false } } },
      'every order ends',
    ],
    [
      'the ends of branches are not seen',
      { order: { guards: { haveAllEnded: () => false } } },
      'every order ends',
    ],
    [
      'a later branch never has its turn',
      {
        order: {
          guards: {
            isItsTurn: ((
              { context }: { context: { turns: string[] } },
              { thread }: { thread: string },
            ) => context.turns[0] === thread && !thread.endsWith('2.2')) as never,
          },
        },
      },
      'order waits in all.branch2.race.branch1.post',
    ],
    [
      'answers are remembered for nobody',
      { 'composition-desk': { actions: { answer: assign({}) } } },
      'every order is answered',
    ],
  ] as const)('of which %s is found out', (name, provide, property) => {
    const broken = variant(compositionSystem as AnySystem, 'broken', { provide: provide as never });
    expect(violated(asked({ items: 2 }, faultless, broken)), name).toContain(property);
  });
});

/** A system in which a composition is called once, and nothing else is asked than that it is sound. */
function soundOf(plan: Composition, errorRate = 0, provide?: object) {
  const one = { errorRate, concurrency: 9 };
  const services = withCompositions(defineServices({ a: one, b: one }), { plan });
  const system = defineSystem({
    name: 'sound',
    nodes: () => ({
      client: defineClient(services, [{ type: 'REQUEST', service: 'plan', call: 'k', input: 1 }]),
      ...services.nodes,
    }),
    network: { order: 'unordered' },
    properties: () => soundness('plan', plan) as never,
  });
  const rules = provide && { provide: { plan: provide } };
  const asked = rules === undefined ? system : variant(system as AnySystem, 'broken', rules);
  return check(asked as AnySystem, { scope: { crashes: 0 }, maxStates: 50_000 });
}

describe('soundness', () => {
  test('holds where every part can be reached and ends', () => {
    const plans = [
      sequence(task('a'), race(task('a'), task('b')), parallel(task('a'), task('b'))),
      forEach(() => [1, 2], sequence(task('a'), task('b')), { concurrency: 1 }),
      loop((_, rounds) => rounds < 2, task('a'), { atMost: 2 }),
    ];
    for (const plan of plans) expect(soundOf(plan).verdict).toBe('holds');
    expect(soundOf(attempt(task('a')).catch(task('b')), 0.5).verdict).toBe('holds');
  });

  test('is refused where a part is dead', () => {
    expect(violated(soundOf(choice([() => true, task('a')], task('b'))))).toEqual([
      'plan waits in b',
    ]);
    expect(violated(soundOf(attempt(task('a')).catch(task('b'))))).toEqual(['plan waits in b']);
    expect(violated(soundOf(sequence(fail('x'), task('a'))))).toEqual(['plan waits in a']);
    expect(violated(soundOf(forEach(() => [], task('a'))))).toEqual([
      'plan waits in each',
      'plan waits in each-1 a',
    ]);
  });
});

test('items that go on when their flow has ended are found out', () => {
  const plan = forEach(() => [1, 2], task('a'));
  expect(soundOf(plan, 0.5).verdict).toBe('holds');
  const broken = soundOf(plan, 0.5, { actions: { cancelItems: assign({}) } });
  expect(violated(broken)).toEqual(['nothing goes on after its plan']);
});

describe('the scenarios', () => {
  test.each([
    ['quiet', 'recovered', 0],
    ['errors', 'recovered', 6],
    ['slow', 'recovered', 0],
    ['carrier', 'recovered', 0],
    ['outage', 'blocked', 0],
    ['orchestrator', 'recovered', 0],
  ])('%s ends as it should', (scenario, expected, errors) => {
    const { verdict, outcome, metrics } = run(compositionSystem, { seed: 1, scenario });
    expect([verdict, outcome]).toEqual(['holds', expected]);
    expect(metrics.operations.arrived).toBeGreaterThan(30);
    // A regression pin, under seed 1.
    expect(metrics.operations.errors).toBe(errors);
  });
});
