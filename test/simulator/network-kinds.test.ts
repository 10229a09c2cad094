/** The simulator on every kind of network, on nodes of several processes, and with clocks. */
import { describe, expect, test } from 'vitest';
import { assign, emit, setup } from 'xstate';
import {
  constant,
  type Decision,
  defineProcess,
  defineSystem,
  type Effect,
  type Executed,
  exponential,
  mark,
  type Received,
  type Run,
  replay,
  replicate,
  run,
  runFileOf,
  type Schedule,
  send,
  uniform,
  variant,
} from '../../src/index.ts';
import { Digest } from '../../src/model/digest.ts';
import { abstractTwoPhaseCommit } from '../../src/protocols/index.ts';
import { createStreams } from '../../src/simulator/random.ts';
import { workshop } from '../model/workshop.ts';

type Number = { readonly type: 'NUMBER'; readonly value: number };

/** Sends the numbers 1 to 20 to everyone, one each time that its timer fires. */
const sender = setup({
  types: {
    context: {} as { readonly next: number; readonly to: readonly string[] },
    input: {} as { readonly to: readonly string[] },
    emitted: {} as Effect<Number>,
  },
  delays: { pause: 1 },
}).createMachine({
  id: 'sender',
  context: ({ input }) => ({ next: 1, to: input.to }),
  initial: 'sending',
  states: {
    sending: {
      entry: [
        emit(({ context }) => send(context.to, { type: 'NUMBER', value: context.next })),
        assign({ next: ({ context }) => context.next + 1 }),
      ],
      after: {
        pause: [
          { guard: ({ context }) => context.next > 20, target: 'done' },
          { target: 'sending', reenter: true },
        ],
      },
    },
    done: {},
  },
});

const receiver = setup({
  types: {
    context: {} as { readonly got: readonly number[] },
    events: {} as Received<Number>,
    emitted: {} as Effect,
  },
}).createMachine({
  id: 'receiver',
  context: { got: [] },
  on: {
    NUMBER: { actions: assign({ got: ({ context, event }) => [...context.got, event.value] }) },
  },
});

const numbers = defineSystem({
  name: 'numbers',
  nodes: () => ({
    s: defineProcess({
      machine: sender,
      input: { to: ['r1', 'r2'] },
      delays: { pause: uniform(0, 3) },
    }),
    ...replicate('r', 2, () => defineProcess({ machine: receiver })),
  }),
});

const got = ({ end }: Run, address: string): readonly number[] => {
  const process = end.all.find((one) => one.address === address);
  return process?.up === true ? (process.context as { readonly got: readonly number[] }).got : [];
};
const order = (network: 'fifo' | 'unordered') =>
  variant(numbers, network, { network: { order: network, loss: true, duplication: true } });
const latency = exponential(5);
const noise: Schedule = [
  { fault: 'loss', probability: 0.3, atMs: 0 },
  { fault: 'duplication', probability: 0.3, atMs: 0 },
];
const copies: Schedule = noise.slice(1);
const isSorted = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));

/** The run again from its file: the relation allows every decision, and the end is the same. */
function expectReplayable(system: Parameters<typeof replay>[0], done: Run): void {
  expect(replay(system, runFileOf(done)).same).toBe(true);
}

describe('a FIFO network', () => {
  const system = order('fifo');
  test('keeps the order of each link, whatever the latencies', () => {
    for (let seed = 0; seed < 30; seed++) {
      const done = run(system, { seed, latency, trace: true });
      for (const receiver of ['r1', 'r2'])
        expect(got(done, receiver)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expectReplayable(system, done);
    }
  });

  test('delivers at the drawn latency, or when the message before has arrived', () => {
    let waited = 0;
    for (let seed = 0; seed < 10; seed++) {
      const done = run(system, { seed, latency, trace: true });
      const streams = createStreams(seed, new Digest());
      const expected: number[] = [];
      const arrived: number[] = [];
      let before = 0;
      const sent = (effects: readonly Executed[], atUs: number): void => {
        for (const effect of effects)
          if (effect.type === 'send' && effect.envelope.to === 'r1') {
            const drawn = atUs + streams.duration('latency', 's->r1', latency);
            if (before > drawn) waited++;
            before = Math.max(before, drawn);
            expected.push(before);
          }
      };
      sent(done.start, 0);
      for (const { atUs = 0, decision, effects } of done.trace) {
        if (decision.type === 'deliver' && decision.to === 'r1') arrived.push(atUs);
        sent(effects, atUs);
      }
      expect(arrived).toEqual(expected);
    }
    expect(waited).toBeGreaterThan(20);
  });

  test('keeps it under loss and duplication too: copies stand next to each other', () => {
    let [lost, copied] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const done = run(system, { seed, latency, faults: noise, trace: true });
      for (const receiver of ['r1', 'r2']) expect(isSorted(got(done, receiver))).toBe(true);
      const { messages } = done.metrics;
      expect(done.end.inFlight).toEqual([]);
      expect(messages.sent + messages.duplicated).toBe(messages.delivered + messages.dropped);
      expectReplayable(system, done);
      lost += messages.dropped;
      copied += messages.duplicated;
    }
    expect(Math.min(lost, copied)).toBeGreaterThan(100);
  });
});

test('an unordered network does reorder, so that the tests above can tell', () => {
  const system = order('unordered');
  const reordered = Array.from({ length: 30 }, (_, seed) => {
    const done = run(system, { seed, latency, faults: noise, trace: true });
    expectReplayable(system, done);
    return !isSorted(got(done, 'r1'));
  });
  expect(reordered.filter((one) => one).length).toBeGreaterThan(20);
});

describe('a set network', () => {
  test('keeps every message, drops none, and the abstract protocol ends on it', () => {
    for (let seed = 0; seed < 40; seed++) {
      const done = run(abstractTwoPhaseCommit, { seed, latency, faults: copies, trace: true });
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      expect(done.metrics.messages.dropped + done.metrics.messages.duplicated).toBe(0);
      const sent = done.trace.flatMap(({ effects }) =>
        effects.filter((effect) => effect.type === 'send'),
      );
      expect(done.end.inFlight).toHaveLength(sent.length);
      expectReplayable(abstractTwoPhaseCommit, done);
    }
  });
});

describe('nodes with several processes and families', () => {
  test('run deterministically and replay, through crashes and restarts', () => {
    const faults: Schedule = [
      { fault: 'crash', node: 'shop', atMs: 25, forMs: 20 },
      { fault: 'crash', node: 'client', atMs: 60, forMs: 5 },
      ...noise,
    ];
    const marks = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const options = { seed, latency, faults, parameters: { orders: 4 }, horizonMs: 400 };
      const done = run(workshop, { ...options, trace: true });
      expect(run(workshop, options).digest).toBe(done.digest);
      expectReplayable(workshop, done);
      for (const { effects } of done.trace) for (const { type } of effects) marks.add(type);
    }
    for (const type of ['start', 'stop', 'local', 'replace', 'durable', 'cancel'])
      expect(marks, 'the workshop does everything').toContain(type);
  });
});

describe('a machine that declares a clock', () => {
  type Read = { readonly now: number; readonly waited?: number };
  const read = ({ context, event }: { context: { reads: readonly Read[] }; event: unknown }) => {
    const { now, waited } = event as Read;
    return { reads: [...context.reads, { now, waited }] as readonly Read[] };
  };
  const watch = setup({
    types: {
      context: {} as { readonly reads: readonly Read[] },
      events: {} as { readonly type: 'LOOK' },
      emitted: {} as Effect,
    },
    delays: { tick: 1 },
  }).createMachine({
    id: 'watch',
    context: { reads: [] },
    initial: 'on',
    states: {
      on: {
        on: { LOOK: { actions: assign(read) } },
        after: { tick: { target: 'on', reenter: true, actions: assign(read) } },
      },
    },
  });
  const clocked = (clock: boolean) =>
    defineSystem({
      name: 'clocked',
      nodes: () => ({
        w: defineProcess({
          machine: watch,
          clock,
          delays: { tick: constant(2.5) },
          operations: [{ type: 'LOOK' }],
        }),
      }),
    });
  const reads = (clock: boolean): { readonly done: Run; readonly reads: readonly Read[] } => {
    const done = run(clocked(clock), { seed: 1, think: constant(4), horizonMs: 8, trace: true });
    const [process] = done.end.all;
    return { done, reads: process?.up === true ? process.context.reads : [] };
  };

  test('gets the node clock’s reading with each event, and a fired timer says how long it waited', () => {
    expect(reads(true).reads).toEqual([
      { now: 2.5, waited: 2.5 },
      { now: 4, waited: undefined },
      { now: 5, waited: 2.5 },
      { now: 7.5, waited: 2.5 },
    ]);
  });

  test('has them in its decisions, so that a replay reads the same clock', () => {
    const { done } = reads(true);
    expectReplayable(clocked(true), done);
    const fired = done.trace
      .map(({ decision }) => decision)
      .filter(
        (decision): decision is Extract<Decision, { type: 'fire' }> => decision.type === 'fire',
      );
    expect(fired.map(({ now, waitedMs }) => [now, waitedMs])).toEqual([
      [2.5, 2.5],
      [5, 2.5],
      [7.5, 2.5],
    ]);
  });

  test('and one that does not gets neither', () => {
    for (const read of reads(false).reads)
      expect(read).toEqual({ now: undefined, waited: undefined });
  });
});

describe('what would never end', () => {
  const restless = setup({
    types: { events: {} as { readonly type: 'AGAIN' }, emitted: {} as Effect },
  }).createMachine({ id: 'restless', on: { AGAIN: { actions: emit(mark('again')) } } });
  const system = (after: number | undefined) =>
    defineSystem({
      name: 'restless',
      nodes: () => ({
        p: defineProcess({
          machine: restless,
          choices: [
            {
              event: { type: 'AGAIN' },
              ...(after === undefined ? {} : { after: constant(after) }),
            },
          ],
        }),
      }),
    });

  test('and takes no time is refused with a sentence', () => {
    expect(() => run(system(undefined), { seed: 1 })).toThrow(
      /^100000 events happen at 0 ms and time does not go on \(last: choice at p\)/,
    );
  });

  test('ends at the horizon when it takes time', () => {
    const done = run(system(1), { seed: 1, horizonMs: 50 });
    expect([done.virtualMs, done.metrics.marks.again]).toEqual([50, 50]);
  });
});
