/** What each construct does, against ends that are known beforehand; and what is refused. */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { constant, defineSystem, type PlannedOperation, run } from '../../../src/index.ts';
import {
  attempt,
  type Call,
  type Caught,
  type Composition,
  choice,
  compile,
  compute,
  defineClient,
  defineServices,
  fail,
  forEach,
  loop,
  type Outcome,
  parallel,
  race,
  sequence,
  task,
  wait,
  withCompositions,
} from '../../../src/patterns/index.ts';
import { simulate } from './simulated.ts';

/** `a` takes 10 ms, `b` 20, `c` 30; an input that is a text of an error fails with it. */
const services = (service: string, input: unknown) => {
  const ms = { a: 10, b: 20, c: 30 }[service] ?? 0;
  const isError = typeof input === 'string' && input.startsWith('no ');
  return isError ? { ms, error: input } : { ms, output: [service, input] };
};
const told = (plan: Composition, data: unknown = 1) => simulate(plan, data, services);
const failing = (service: string, error: string) => task(service, () => `no ${error}`);

describe('a composition', () => {
  test('gives the outputs of a parallel in declared order, and after the last', () => {
    expect(told(parallel(task('c'), task('a'), task('b')))).toMatchObject({
      result: {
        output: [
          ['c', 1],
          ['a', 1],
          ['b', 1],
        ],
      },
      endedAtMs: 30,
      cancelled: [],
    });
  });

  test('fails with the first branch that fails, and takes back the calls of the others', () => {
    expect(
      told(parallel(task('b'), failing('a', 'x'), sequence(task('c'), task('a')))),
    ).toMatchObject({
      result: { error: 'no x' },
      endedAtMs: 10,
      cancelled: ['1.1', '1.3.1'],
    });
  });

  test('takes the first success of a race, whatever failed before', () => {
    expect(told(race(failing('a', 'x'), task('c'), task('b')))).toMatchObject({
      result: { output: ['b', 1] },
      endedAtMs: 20,
      cancelled: ['1.2'],
    });
    expect(told(race(failing('b', 'x'), failing('a', 'y')))).toMatchObject({
      result: { error: ['no x', 'no y'] },
      endedAtMs: 20,
    });
  });

  test('starts branches in declared order, and none after one that ends it', () => {
    expect(
      told(
        race(
          task('a'),
          compute(() => 5),
          task('b'),
        ),
      ),
    ).toMatchObject({
      result: { output: 5 },
      calls: [{ key: '1.1', service: 'a' }],
      cancelled: ['1.1'],
    });
  });

  test('works on items so many at once, and keeps their order', () => {
    const each = (concurrency?: number) =>
      told(
        forEach(() => ['c', 'a', 'b'], choice([(x: string) => x === 'c', task('c')], task('a')), {
          ...(concurrency === undefined ? {} : { concurrency }),
        }),
      );
    const output = [
      ['c', 'c'],
      ['a', 'a'],
      ['a', 'b'],
    ];
    expect(each()).toMatchObject({ result: { output }, endedAtMs: 30 });
    expect(each(1)).toMatchObject({ result: { output }, endedAtMs: 50 });
    expect(each(2).calls.map(({ key, atMs }) => `${key} ${atMs}`)).toEqual([
      '1.0:1.1 0',
      '1.1:1.2 0',
      '1.2:1.2 10',
    ]);
    expect(told(forEach(() => [], task('a')))).toMatchObject({ result: { output: [] }, calls: [] });
  });

  test('names its calls by their positions and rounds', () => {
    const plan = sequence(
      task('a'),
      loop(
        (_, rounds) => rounds < 2,
        parallel(
          task('a'),
          loop((_, rounds) => rounds < 1, task('b'), { atMost: 1 }),
        ),
        { atMost: 2 },
      ),
    );
    expect(told(plan).calls.map(({ key }) => key)).toEqual([
      '1',
      '2.#1.1',
      '2.#1.2.#1',
      '2.#2.1',
      '2.#2.2.#1',
    ]);
  });

  test('lets time pass, and hands on what it has', () => {
    expect(
      told(
        sequence(
          wait(constant(5)),
          wait((ms: number) => constant(ms)),
          task('a'),
        ),
        7,
      ),
    ).toMatchObject({
      result: { output: ['a', 7] },
      endedAtMs: 22,
    });
  });

  test('has errors of its own, which are caught by their names', () => {
    expect(told(choice([() => false, task('a')])).result).toEqual({ error: 'no-choice' });
    expect(told(loop(() => true, task('a'), { atMost: 2 })).result).toEqual({
      error: 'too-many-rounds',
    });
    const caught = attempt(race(fail('x'), fail('y')))
      .catch('x', task('a'))
      .catch(
        'all-failed',
        compute(({ error, input }: Caught) => [error, input]),
      );
    expect(told(caught).result).toEqual({ output: [['x', 'y'], 1] });
    expect(told(attempt(fail('x')).catch(fail('y'))).result).toEqual({ error: 'y' });
  });

  test('is a plain tree', () => {
    const plan = attempt(sequence(task('a'), race(task('b')))).catch(['x', 'y'], fail('z'));
    expect(JSON.parse(JSON.stringify(plan))).toEqual({
      kind: 'attempt',
      body: {
        kind: 'sequence',
        steps: [
          { kind: 'task', service: 'a' },
          { kind: 'race', branches: [{ kind: 'task', service: 'b' }] },
        ],
      },
      catchers: [{ errors: ['x', 'y'], handler: { kind: 'fail', error: 'z' } }],
    });
    expect({ ...plan }).toEqual(plan);
  });

  test('is refused in one sentence where it is wrong', () => {
    const refused = (make: () => unknown) => expect(make);
    refused(() => race()).toThrow('a race has no branches');
    refused(() => task('')).toThrow('a task calls ""');
    refused(() => sequence('a' as never)).toThrow(
      'of a sequence, step 1 is "a"; it must be a composition',
    );
    refused(() => loop(() => true, task('a'), { atMost: 1.5 })).toThrow('a loop has atMost 1.5');
    refused(() => forEach(() => [], task('a'), { concurrency: -1 })).toThrow(
      'a forEach has concurrency -1',
    );
    refused(() => wait(5 as never)).toThrow('a wait takes 5; it must be a distribution');
    refused(() => choice(task('a') as never, task('b'))).toThrow('of a choice, rule 1 is no pair');
    refused(() => told(forEach(() => 5 as never, task('a')))).toThrow(
      'the items of the forEach at 1 are 5; they must be a list',
    );
    const own = defineServices({ stock: {} });
    refused(() => withCompositions(own, { order: task('stok') })).toThrow(
      'the composition order calls "stok", which is no service; did you mean "stock"?',
    );
    refused(() => withCompositions(own, { stock: task('stock') })).toThrow(
      'the composition stock has the id of a service',
    );
  });
});

describe('a composition is a service', () => {
  const own = { time: constant(10), concurrency: 9 };
  const registry = withCompositions(defineServices({ a: { ...own, effects: 'once' }, b: own }), {
    inner: sequence(task('a'), task('b')),
    outer: parallel(
      task('inner'),
      task('b'),
      attempt(task('failing')).catch(
        'all-failed',
        compute(({ error }: Caught) => error),
      ),
    ),
    failing: race(fail('x'), fail('y')),
    hasty: race(
      task('inner'),
      sequence(
        wait(constant(5)),
        compute(() => 'hasty'),
      ),
    ),
  });
  const system = defineSystem({
    name: 'nested',
    nodes: () => ({
      client: defineClient(registry),
      other: defineClient(registry),
      ...registry.nodes,
    }),
    spans: { flow: { from: 'flow-started', to: 'flow-ended' } },
  });
  const asked = (
    list: readonly (readonly [string, string, number, string?])[],
    more: object = {},
  ) => {
    const operations = list.map(
      ([service, call, atMs, process = 'client']): PlannedOperation => ({
        process,
        operation: { type: 'REQUEST', service, call, input: call } as never,
        atMs,
      }),
    );
    return run(system, {
      seed: 1,
      operations,
      latency: constant(0),
      forceLatency: constant(0),
      trace: true,
      ...more,
    });
  };
  const answers = ({ trace }: ReturnType<typeof asked>) =>
    trace.flatMap(({ atUs = 0, decision }) =>
      decision.type === 'deliver' && ['client', 'other'].includes(decision.to)
        ? [[(decision.message as unknown as { key: string; output: unknown }).output, atUs / 1000]]
        : [],
    );

  test('that is called by another over the network, with errors that arrive whole', () => {
    const done = asked([['outer', 'k', 0]]);
    expect(answers(done)).toEqual([[['k', 'k', ['x', 'y']], 20]]);
    expect(done.metrics.spans.flow).toMatchObject({ count: 3, open: 0 });
    expect(done.metrics.spans.flow?.byProcess['inner/flow']).toMatchObject({
      count: 1,
      meanMs: 20,
    });
  });

  test('of which several are under way at once', () => {
    const done = asked([
      ['inner', 'k/1', 0],
      ['inner', 'k2', 5],
      ['inner', '', 6],
    ]);
    expect(answers(done)).toEqual([
      ['k/1', 20],
      ['k2', 25],
      ['', 26],
    ]);
  });

  test('that answers a key that comes again without doing anything twice', () => {
    const done = asked([
      ['inner', 'k', 0],
      ['inner', 'k', 5],
      ['inner', 'k', 50, 'other'],
    ]);
    expect(answers(done)).toEqual([
      ['k', 20],
      ['k', 50],
    ]);
    expect(done.metrics.messagesByType.call?.sent).toBe(3 + 2);
  });

  test('that is cancelled over the network, and takes back its own calls', () => {
    const done = asked([['hasty', 'k', 0]]);
    expect(answers(done)).toEqual([['hasty', 5]]);
    // To the inner one, and from it to a.
    expect(done.metrics.messagesByType.cancel?.sent).toBe(2);
    expect(done.metrics.marks).toMatchObject({ 'flow-cancelled': 1, 'flow-completed': 1 });
    expect(done.metrics.marks['call-abandoned']).toBe(2);
  });

  test('that asks under the same keys after a crash, so that nothing takes effect twice', () => {
    const faults = [{ fault: 'crash', node: 'inner', atMs: 15, forMs: 1 }];
    const done = asked(
      [
        ['inner', 'k', 0],
        ['inner', 'k', 30],
      ],
      { faults },
    );
    expect(answers(done)).toEqual([['k', 40]]);
    const effects = done.trace.flatMap(({ effects }) =>
      effects.filter((one) => one.type === 'mark' && one.name === 'effect'),
    );
    expect(effects).toHaveLength(1);
  });
});

/** Answers the calls of a composition in a plain actor: the whole adapter. */
function perform(
  plan: Composition,
  data: unknown,
  call: (service: string, input: unknown) => Promise<unknown>,
) {
  const actor = createActor(compile(plan, 'order').machine, { input: { key: 'k', data } });
  actor.on('*', (effect) => {
    if (effect.type !== 'send' || effect.message.type !== 'call') return;
    const { service, key, input } = effect.message as Call;
    call(service, input).then(
      (output) => actor.send({ type: 'reply', key, output, from: service }),
      (error) => actor.send({ type: 'failed', key, error: String(error), from: service }),
    );
  });
  actor.start();
  return new Promise<Outcome>((resolve) =>
    actor.subscribe({ complete: () => resolve(actor.getSnapshot().output as Outcome) }),
  );
}

describe('in a plain actor', () => {
  test('a composition runs with an adapter of ten lines', async () => {
    const plan = sequence(
      parallel(
        task('a'),
        attempt(task('down')).catch(
          'unavailable',
          compute(({ input }: Caught) => input),
        ),
        wait(constant(1)),
      ),
      loop((_, rounds) => rounds < 2, task('b'), { atMost: 2 }),
      race(task('never'), task('c')),
    );
    const call = (service: string, input: unknown): Promise<unknown> =>
      service === 'down'
        ? Promise.reject('unavailable')
        : service === 'never'
          ? new Promise(() => {})
          : Promise.resolve([service, input]);
    expect(await perform(plan, 1, call)).toEqual({
      status: 'completed',
      output: ['c', ['b', ['b', [['a', 1], 1, 1]]]],
      abandoned: { 'k:3.1': { service: 'never', ended: 'unknown' } },
    });
    expect(await perform(task('down'), 1, call)).toMatchObject({
      status: 'failed',
      error: 'unavailable',
    });
  });

  test('is told that it is cancelled, and what became of the calls that it gave up', () => {
    const sent: string[] = [];
    const start = (plan: Composition) => {
      const actor = createActor(compile(plan, 'order').machine, { input: { key: 'k', data: 1 } });
      actor.on('*', (effect) => {
        if (effect.type === 'send')
          sent.push(`${effect.message.type} ${(effect.message as unknown as { key: string }).key}`);
      });
      return actor.start();
    };
    const reply = (key: string) => ({ type: 'reply', key, output: 1, from: 's' }) as const;
    const cancelled = start(parallel(task('a'), task('b')));
    cancelled.send({ type: 'CANCEL', from: 'desk' });
    expect(sent).toEqual(['call k:1.1', 'call k:1.2', 'cancel k:1.2', 'cancel k:1.1']);
    expect(cancelled.getSnapshot().output).toMatchObject({ status: 'cancelled' });
    const late = start(sequence(race(task('a'), task('b'), task('c'), task('d')), task('e')));
    late.send(reply('k:1.1'));
    // Too late, twice: the effect of b took place; c says that it did not; d says nothing.
    late.send(reply('k:1.2'));
    late.send({ type: 'failed', key: 'k:1.3', error: 'cancelled', from: 's' });
    late.send(reply('k:2'));
    expect(late.getSnapshot().output).toEqual({
      status: 'completed',
      output: 1,
      abandoned: {
        'k:1.2': { service: 'b', ended: 'completed' },
        'k:1.3': { service: 'c', ended: 'cancelled' },
        'k:1.4': { service: 'd', ended: 'unknown' },
      },
    });
  });
});
