/** Metrics against the trace of the same run, and against times that are known beforehand. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import {
  constant,
  defineProcess,
  defineSystem,
  type Effect,
  type Fault,
  type Message,
  type Metrics,
  mark,
  type Received,
  type Run,
  replicate,
  run,
  type Schedule,
  send,
  UserMistake,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { spansIn } from '../../src/simulator/span-recorder.ts';
import { hdrHistograms } from '../../src/statistics/index.ts';
import { tillSystem } from '../fuzzing/till.ts';

const stormy = (seed: number): Run =>
  run(twoPhaseCommit, {
    seed,
    parameters: { participants: 3, votes: 'any' },
    horizonMs: 3000,
    faults: [
      { fault: 'loss', probability: 0.3, atMs: 0, forMs: 200 },
      { fault: 'duplication', probability: 0.3 },
      { fault: 'crash', node: seed % 2 === 0 ? 'coordinator' : 'p1', atMs: 25, forMs: 300 },
    ],
    trace: true,
  });

const nodeOf = (address: string): string => address.split('/')[0] ?? '';

describe('the counts of a run', () => {
  test('are those of its trace: by type, by node, in bytes', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { metrics, trace, start } = stormy(seed);
      const sends = [...start, ...trace.flatMap(({ effects }) => effects)].flatMap((effect) =>
        effect.type === 'send' ? [effect.envelope] : [],
      );
      const bytes = (list: readonly { readonly message: Message }[]): number =>
        list.reduce((sum, { message }) => sum + JSON.stringify(message).length, 0);
      const deliveries = trace.flatMap(({ decision }) =>
        decision.type === 'deliver' ? [decision] : [],
      );
      const drops = trace.flatMap(({ decision }) => (decision.type === 'drop' ? [decision] : []));
      const countedIn = (of: (one: { from: string; to: string; message: Message }) => boolean) => ({
        delivered: deliveries.filter(of).length,
        duplicated: deliveries.filter((one) => of(one) && one.duplicate === true).length,
        dropped: drops.filter(of).length,
      });
      expect(metrics.messages).toEqual({
        sent: sends.length,
        bytes: bytes(sends),
        ...countedIn(() => true),
      });
      for (const [type, counts] of Object.entries(metrics.messagesByType)) {
        const own = sends.filter(({ message }) => message.type === type);
        const ofType = countedIn(({ message }) => message.type === type);
        expect(counts).toEqual({ sent: own.length, bytes: bytes(own), ...ofType });
      }
      for (const [node, counts] of Object.entries(metrics.nodes)) {
        const own = sends.filter(({ from }) => nodeOf(from) === node);
        const toIt = countedIn(({ to }) => nodeOf(to) === node);
        expect(counts.messages).toEqual({ sent: own.length, bytes: bytes(own), ...toIt });
        const fired = trace.filter(
          ({ decision }) => decision.type === 'fire' && nodeOf(decision.process) === node,
        );
        expect(counts.timersFired).toBe(fired.length);
      }
    }
  });

  test('of declared message sizes are in those', () => {
    const { metrics } = run(twoPhaseCommit, { seed: 1, messageBytes: { PREPARE: 1000, VOTE: 50 } });
    expect(metrics.messagesByType.PREPARE).toMatchObject({ sent: 3, bytes: 3000 });
    expect(metrics.messagesByType.VOTE).toMatchObject({ sent: 3, bytes: 150 });
  });

  test('of spans are those of the trace one by one, the open ones until the end of the run', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { metrics, trace, virtualMs } = stormy(seed);
      const seen = spansIn(trace, { from: 'uncertain', to: 'certain' });
      const lengths = seen.map(({ fromMs, toMs }) => (toMs ?? virtualMs) - fromMs);
      const { count, open, maxMs, meanMs, byProcess } = metrics.spans.inDoubt ?? { byProcess: {} };
      expect(count).toBe(seen.length);
      expect(open).toBe(seen.filter(({ toMs }) => toMs === null).length);
      if (seen.length === 0) continue;
      expect(maxMs).toBeCloseTo(Math.max(...lengths), 6);
      expect(meanMs).toBeCloseTo(lengths.reduce((sum, one) => sum + one, 0) / seen.length, 6);
      for (const [process, own] of Object.entries(byProcess))
        expect(own.count).toBe(seen.filter((one) => one.process === process).length);
    }
  });
});

describe('the availability of a node', () => {
  const upMs = (faults: readonly Fault[]): number | undefined => {
    const { metrics, virtualMs } = run(twoPhaseCommit, {
      seed: 1,
      scenario: 'coordinator-crash',
      horizonMs: 3000,
      faults,
    });
    expect(virtualMs).toBe(3000);
    const p1 = metrics.nodes.p1;
    expect(p1?.availability).toBeCloseTo((p1?.upMs ?? 0) / 3000, 9);
    return p1?.upMs;
  };

  test('leaves out the time in which it is down or paused, each moment once', () => {
    expect(upMs([])).toBe(3000);
    expect(upMs([{ fault: 'crash', node: 'p1', atMs: 100, forMs: 400 }])).toBe(2600);
    expect(upMs([{ fault: 'crash', node: 'p1', atMs: 2000 }])).toBe(2000);
    expect(upMs([{ fault: 'pause', node: 'p1', atMs: 100, forMs: 250 }])).toBe(2750);
    const both: Fault[] = [
      { fault: 'pause', node: 'p1', atMs: 100, forMs: 300 },
      { fault: 'pause', node: 'p1', atMs: 200, forMs: 300 },
    ];
    expect(upMs(both)).toBe(2600);
    expect(upMs([...both, { fault: 'crash', node: 'p1', atMs: 300, forMs: 400 }])).toBe(2400);
  });
});

test('the availability of nodes lies between 0 and 1 however late faults begin and end', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { metrics } = run(twoPhaseCommit, {
      seed,
      faults: [
        { fault: 'pause', node: 'p1', atMs: seed, forMs: 500 },
        { fault: 'pause', node: 'p2', atMs: 3 * seed, forMs: 20 },
        { fault: 'crash', node: 'p3', atMs: 2 * seed, forMs: 900 },
        { fault: 'pause', node: 'coordinator', atMs: 60 + seed, forMs: 1 },
      ],
      horizonMs: 3000,
    });
    for (const [node, { availability }] of Object.entries(metrics.nodes)) {
      expect(availability, `${node} under seed ${seed}`).toBeGreaterThanOrEqual(0);
      expect(availability, `${node} under seed ${seed}`).toBeLessThanOrEqual(1);
    }
  }
  // Everything is over at 55 ms: what is paused after that was up all the time.
  const { metrics } = run(twoPhaseCommit, {
    seed: 1,
    faults: [{ fault: 'pause', node: 'p1', atMs: 200, forMs: 100 }],
  });
  expect(metrics.nodes.p1).toMatchObject({ upMs: 55, availability: 1 });
});

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
      ...{ invoked: 10, returned: 10, inTime: 10, attempts: 10 },
      latency,
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
