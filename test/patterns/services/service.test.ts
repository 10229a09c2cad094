/** What each option of a service does, against times that are known beforehand. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import {
  constant,
  defineProcess,
  defineSystem,
  type Effect,
  type Fault,
  mark,
  type PlannedOperation,
  type Received,
  run,
} from '../../../src/index.ts';
import {
  type DeskContext,
  defineClient,
  defineService,
  defineServices,
  type ServiceMessage,
  type ServiceOptions,
} from '../../../src/patterns/services/index.ts';

/** Calls that arrive at these times, and how each ends: `a reply 20`, `b full 3`. */
function served(
  options: ServiceOptions,
  calls: readonly (readonly [call: string, atMs: number, input?: unknown])[],
  more: { readonly faults?: readonly Fault[]; readonly seed?: number } = {},
) {
  const services = defineServices({ desk: options });
  const system = defineSystem({
    name: 'one-service',
    nodes: () => ({ client: defineClient(services), ...services.nodes }),
  });
  const operations = calls.map(
    ([call, atMs, input]): PlannedOperation => ({
      process: 'client',
      operation: { type: 'REQUEST', service: 'desk', call, input },
      atMs,
    }),
  );
  const done = run(system, {
    seed: 1,
    operations,
    latency: constant(0),
    forceLatency: constant(0),
    trace: true,
    ...more,
  });
  const ends = done.trace.flatMap(({ atUs = 0, decision }) => {
    if (decision.type !== 'deliver' || decision.to !== 'client') return [];
    const { type, key, error, output } = decision.message as unknown as {
      readonly type: string;
      readonly key: string;
      readonly error?: string;
      readonly output?: unknown;
    };
    const what = type === 'reply' ? (output === null ? 'reply' : JSON.stringify(output)) : error;
    return [`${key} ${what} ${atUs / 1000}`];
  });
  const desk = done.end.all.find(({ address }) => address === 'desk/desk');
  const context = desk?.up === true ? (desk.context as DeskContext) : undefined;
  return { ends, context, metrics: done.metrics, trace: done.trace };
}

const time = constant(10);

describe('a service', () => {
  test('works on so many calls at once, lets so many wait, and refuses the rest at once', () => {
    const calls = ['a', 'b', 'c', 'd', 'e'].map((call, index) => [call, index] as const);
    expect(served({ time, concurrency: 2, queue: 2 }, calls).ends).toEqual([
      'e full 4',
      'a reply 10',
      'b reply 11',
      'c reply 20',
      'd reply 21',
    ]);
  });

  test('serves who came first, or who came last', () => {
    const calls = ['a', 'b', 'c', 'd'].map((call, index) => [call, index] as const);
    const order = (discipline: 'fifo' | 'lifo') =>
      served({ time, discipline }, calls).ends.map((line) => line[0]);
    expect(order('fifo')).toEqual(['a', 'b', 'c', 'd']);
    expect(order('lifo')).toEqual(['a', 'd', 'c', 'b']);
  });

  test('lets calls wait no longer than it says, and work on them is not cut short', () => {
    const calls = [
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ] as const;
    expect(served({ time, waitsAtMost: constant(7) }, calls).ends).toEqual([
      'b waited 8',
      'c waited 9',
      'a reply 10',
    ]);
    expect(served({ time, waitsAtMost: constant(9.5) }, calls).ends).toEqual([
      'a reply 10',
      'c waited 11.5',
      'b reply 20',
    ]);
  });

  test('takes as long as the input says', () => {
    const byInput = (input: unknown) => constant(input as number);
    expect(
      served({ time: byInput }, [
        ['a', 0, 7],
        ['b', 0, 3],
      ]).ends,
    ).toEqual(['a 7 7', 'b 3 10']);
  });

  test('fails by input, by a script of attempts, and as often as its error rate says', () => {
    const refuses = (input: unknown) => (input === 'bad' ? 'no such thing' : undefined);
    expect(
      served({ refuses }, [
        ['a', 0, 'bad'],
        ['b', 1, 'good'],
      ]).ends,
    ).toEqual(['a no such thing 0', 'b "good" 1']);
    const again = [
      ['a', 0],
      ['a', 20],
      ['b', 30],
      ['a', 40],
    ] as const;
    expect(served({ script: ['fail', 'silent', 'reply'] }, again).ends).toEqual([
      'a error 0',
      'b error 30',
      'a reply 40',
    ]);
    const many = Array.from({ length: 1000 }, (_, index) => [`c${index}`, index] as const);
    const { errors } = served({ errorRate: 0.2 }, many).metrics.operations;
    // The standard deviation is 12.6.
    expect(Math.abs(errors - 200)).toBeLessThan(3.3 * 12.6);
  });

  test('has an effect for every call, or once for each key, which it remembers over a crash', () => {
    const calls = [
      ['a', 0],
      ['a', 20],
      ['b', 40],
    ] as const;
    const answer = () => 'done';
    expect(served({ time, effects: 'every', answer }, calls)).toMatchObject({
      ends: ['a "done" 10', 'a "done" 30', 'b "done" 50'],
      context: { effects: 3 },
    });
    expect(served({ time, effects: 'once', answer }, calls)).toMatchObject({
      // Answered from memory, without any work.
      ends: ['a "done" 10', 'a "done" 20', 'b "done" 50'],
      context: { effects: 2 },
    });
    const faults: readonly Fault[] = [{ fault: 'crash', node: 'desk', atMs: 15, forMs: 1 }];
    expect(served({ time, effects: 'once', answer }, calls, { faults })).toMatchObject({
      ends: ['a "done" 10', 'a "done" 20', 'b "done" 50'],
      context: { effects: 2 },
    });
  });

  test('has nothing to do twice for a key that it is at', () => {
    const twice = [
      ['a', 0],
      ['a', 5],
    ] as const;
    expect(served({ time, effects: 'once' }, twice).ends).toEqual(['a reply 10']);
    expect(served({ time, effects: 'every' }, twice).ends).toHaveLength(2);
  });

  test('loses what it was at when it crashes', () => {
    const faults: readonly Fault[] = [{ fault: 'crash', node: 'desk', atMs: 5, forMs: 1 }];
    const { ends } = served(
      { time },
      [
        ['a', 0],
        ['b', 1],
        ['c', 7],
      ],
      { faults },
    );
    expect(ends).toEqual(['c reply 17']);
  });

  test('on a slow node takes so many times as long to work, and not to let calls wait', () => {
    const faults: readonly Fault[] = [{ fault: 'slow', node: 'desk', factor: 3 }];
    const { ends } = served(
      { time, waitsAtMost: constant(12) },
      [
        ['a', 0],
        ['b', 0],
      ],
      { faults },
    );
    expect(ends).toEqual(['b waited 12', 'a reply 30']);
  });

  test('that breaks refuses new calls until it is repaired, and ends those that it has', () => {
    const breakdowns = { after: constant(15), repair: constant(10) };
    const calls = [
      ['a', 10],
      ['b', 16],
      ['c', 24],
      ['d', 26],
    ] as const;
    const { ends } = served({ time, breakdowns }, calls);
    expect(ends).toEqual(['b unavailable 16', 'a reply 20', 'c unavailable 24', 'd reply 36']);
  });

  test('has options that are checked', () => {
    const refused = (options: object) => expect(() => defineService('s', options));
    refused({ concurrency: 0 }).toThrow(
      'service s: concurrency is 0; it must be a whole number, 1 or more',
    );
    refused({ queue: -1 }).toThrow('service s: queue is -1; it must be a whole number, 0 or more');
    refused({ errorRate: 2 }).toThrow('service s: errorRate is 2; it must be a number from 0 to 1');
    refused({ discipline: 'random' }).toThrow('service s: discipline is "random"');
    refused({ effects: 'twice' }).toThrow('service s: effects is "twice"');
    refused({ script: [] }).toThrow('service s: script is []');
    refused({ script: ['stop'] }).toThrow('service s: script is "stop"');
    refused({ time: 5 }).toThrow('service s: time is no distribution');
  });
});

describe('a caller', () => {
  const services = defineServices({ stock: { time: constant(10) }, payments: {} });

  /** Calls the service of that id, having left a mark and written a record before. */
  const caller = (id: string) =>
    setup({
      types: {
        events: {} as Received<ServiceMessage> | { type: 'GO' } | { type: 'STOP' },
        emitted: {} as Effect<ServiceMessage>,
      },
    }).createMachine({
      id: 'caller',
      on: {
        GO: {
          actions: [emit(mark('calling')), emit(() => services.call(id as 'stock', 'k', 5))],
        },
        STOP: { actions: emit(() => services.cancel(id as 'stock', 'k')) },
        reply: { actions: emit(mark('returned')) },
      },
    });
  const calling = (id: string) =>
    defineSystem({
      name: 'calling',
      nodes: () => ({
        caller: defineProcess({
          machine: caller(id),
          operations: [{ type: 'GO' }, { type: 'STOP' }],
        }),
        ...services.nodes,
      }),
    });

  test('reaches a service by its id', () => {
    const operations = [{ process: 'caller', operation: { type: 'GO' } }];
    const { metrics } = run(calling('payments'), { seed: 1, operations });
    expect(metrics.operations.returned).toBe(1);
  });

  test('of an id that the registry does not hold is refused before any effect', () => {
    expect(() => run(calling('payment'), { seed: 1 })).toThrow(
      'there is no service "payment"; did you mean "payments"?',
    );
  });

  test('may cancel a call that waits, but not one that is worked on', () => {
    const operations = (['GO', 'STOP'] as const).map((type, index) => ({
      process: 'caller',
      operation: { type },
      atMs: index,
    }));
    const options = { seed: 1, latency: constant(0), operations };
    expect(run(calling('stock'), options).metrics.messagesByType.reply?.sent).toBe(1);
    const two = defineSystem({
      name: 'two',
      nodes: () => ({
        first: defineProcess({ machine: caller('stock'), operations: [{ type: 'GO' }] }),
        second: defineProcess({
          machine: caller('stock'),
          operations: [{ type: 'GO' }, { type: 'STOP' }],
        }),
        ...services.nodes,
      }),
    });
    const list = [
      { process: 'first', operation: { type: 'GO' }, atMs: 0 },
      { process: 'second', operation: { type: 'GO' }, atMs: 1 },
      { process: 'second', operation: { type: 'STOP' }, atMs: 2 },
    ];
    const done = run(two, { seed: 1, latency: constant(0), operations: list });
    expect(done.metrics.messagesByType.reply?.sent).toBe(1);
  });
});
