/** What metrics say of operations, against times that are known beforehand; and that none of it grows. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import {
  constant,
  defineProcess,
  defineSystem,
  type Effect,
  type Metrics,
  mark,
  type Received,
  replicate,
  run,
  type Schedule,
  send,
  UserMistake,
} from '../../src/index.ts';
import { hdrHistograms } from '../../src/statistics/index.ts';
import { tillSystem } from '../fuzzing/till.ts';

type Question = { type: 'ASK' } | { type: 'ANSWER' };

/** Looks something up at a server, and asks again every 100 ms without an answer. */
const asker = setup({
  types: {
    events: {} as Received<Question> | { type: 'LOOK_UP' },
    emitted: {} as Effect<Question>,
  },
  delays: { patience: 100 },
}).createMachine({
  id: 'asker',
  initial: 'idle',
  states: {
    idle: { on: { LOOK_UP: { target: 'asking', actions: emit(send('server', { type: 'ASK' })) } } },
    asking: {
      on: { ANSWER: { target: 'idle', actions: emit(mark('returned')) } },
      after: {
        patience: {
          target: 'asking',
          reenter: true,
          actions: [emit(mark('retried')), emit(send('server', { type: 'ASK' }))],
        },
      },
    },
  },
});

const server = setup({
  types: { events: {} as Received<Question>, emitted: {} as Effect<Question> },
}).createMachine({
  id: 'server',
  on: { ASK: { actions: emit(({ event }) => send(event.from, { type: 'ANSWER' })) } },
});

const lookingUp = defineSystem({
  name: 'looking-up',
  parameters: { clients: 2, lookUps: 5 },
  nodes: ({ clients, lookUps }) => ({
    server: defineProcess({ machine: server }),
    ...replicate('c', clients, () =>
      defineProcess({
        machine: asker,
        delays: { patience: constant(100) },
        operations: Array.from({ length: lookUps }, () => ({ type: 'LOOK_UP' as const })),
      }),
    ),
  }),
});

/** 10 ms a message, so 20 ms a look-up, one every 50 ms of thinking after the last. */
const looked = (faults: Schedule, more: object = {}): Metrics =>
  run(lookingUp, {
    seed: 1,
    latency: constant(10),
    think: constant(50),
    horizonMs: 1000,
    answerWithinMs: 200,
    faults,
    ...more,
  }).metrics;

describe('operations', () => {
  test('have latencies, by type and by client, and a system without faults is available', () => {
    const { operations, operationsByType, clients, availability } = looked([]);
    const latency = { count: 10, meanMs: 20, minMs: 20, maxMs: 20 };
    expect(operations).toEqual({
      ...{
        arrived: 10,
        invoked: 10,
        returned: 10,
        inTime: 10,
        attempts: 10,
        degraded: 0,
        errors: 0,
      },
      // Five look-ups of 20 ms after 50 ms of thinking each.
      throughputPerSecond: 10 / 0.35,
      latency,
      wait: null,
      availability: 1,
    });
    expect(operationsByType).toEqual({ LOOK_UP: operations });
    expect(clients.c1).toMatchObject({ returned: 5, availability: 1, availabilityInTime: 1 });
    expect(availability).toEqual({
      answerWithinMs: 200,
      inRequests: 1,
      everyClient: 1,
      someClient: 1,
    });
  });

  test('that come late count against availability, in requests and for as long as they are late', () => {
    // Cut off from 115 to 515 ms, c1 asks for the second time at 120, and again until 520.
    const { operations, clients, availability } = looked([
      { fault: 'partition', groups: [['c1']], atMs: 115, forMs: 400 },
    ]);
    expect(operations).toMatchObject({ invoked: 10, returned: 10, inTime: 9, attempts: 14 });
    expect(operations.latency.maxMs).toBe(420);
    expect(operations.availability).toBeCloseTo(0.9, 9);
    expect(clients.c2?.availability).toBe(1);
    expect(clients.c1?.availability).toBeCloseTo(0.8, 9);
    // The look-ups of c1 end at 70, 540, 610, 680 and 750 ms; it was late from 320 to 540.
    expect(clients.c1?.availabilityInTime).toBeCloseTo(1 - 220 / 750, 9);
    expect(availability.everyClient).toBeCloseTo(1 - 220 / 750, 9);
    expect(availability.someClient).toBe(1);
  });

  test('that never return are late until the end, and a server that is down serves nobody', () => {
    const { operations, availability, nodes } = looked([
      { fault: 'crash', node: 'server', atMs: 115 },
    ]);
    expect(operations).toMatchObject({ invoked: 4, returned: 2, inTime: 2 });
    expect(operations.availability).toBe(0.5);
    // Both ask for the second time at 120 ms.
    expect(availability.everyClient).toBeCloseTo(0.32, 9);
    expect(availability.someClient).toBeCloseTo(0.32, 9);
    expect(nodes.server?.availability).toBeCloseTo(0.115, 9);
  });

  test('that the end of the run cuts short before the limit count neither way', () => {
    const { operations } = looked([{ fault: 'crash', node: 'server', atMs: 115 }], {
      horizonMs: 300,
    });
    expect(operations).toMatchObject({ invoked: 4, returned: 2, availability: 1 });
  });

  test('that nothing will ever answer count against it, however early nothing more happens', () => {
    const { metrics, virtualMs } = run(tillSystem, {
      seed: 1,
      faults: [{ fault: 'crash', node: 'till', atMs: 0 }],
    });
    expect(virtualMs).toBeLessThan(1000);
    expect(metrics.operations).toMatchObject({ invoked: 2, returned: 0, availability: 0 });
  });

  test('of a run that asks for none have no availability', () => {
    const { operations, availability } = looked([], { operations: [] });
    expect(operations).toMatchObject({ invoked: 0, availability: null });
    expect(operations.latency).toEqual({ count: 0, meanMs: null, minMs: null, maxMs: null });
    expect(availability).toMatchObject({ inRequests: null, everyClient: null, someClient: null });
  });

  test('refuse a limit that is none', () => {
    for (const answerWithinMs of [0, -1, Number.NaN])
      expect(() => looked([], { answerWithinMs })).toThrow(UserMistake);
  });
});

describe('memory', () => {
  const leaves = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, one) => sum + leaves(one), 0)
      : 1;

  test('does not grow with the run: a hundred times the operations, as many figures', () => {
    const faults: Schedule = [{ fault: 'loss', probability: 0.1 }];
    const asked = (lookUps: number) =>
      looked(faults, {
        parameters: { lookUps },
        horizonMs: 1e6,
        histograms: hdrHistograms(),
      });
    const [few, many] = [asked(20), asked(2000)];
    expect(many.operations.returned).toBe(4000);
    expect(leaves(many)).toBe(leaves(few));
  });
});
