/** Links: laws of their own, bandwidth, bounded queues, order; and nodes in regions. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import {
  type AnySystem,
  constant,
  type Decision,
  defineProcess,
  defineSystem,
  type Effect,
  exponential,
  type LinkRule,
  type Received,
  type RegionalLatency,
  type Run,
  regions,
  replay,
  run,
  runFileOf,
  send,
  variant,
} from '../../src/index.ts';
import { regionalLaw } from '../../src/model/latency.ts';
import { awsRegions } from '../../src/model/regions-aws.ts';
import { gcpRegions } from '../../src/model/regions-gcp.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

type Item = { readonly type: 'ITEM'; readonly number: number };

/** Sends ten numbered items to `near` and to `far`, all at once, and gets one back from `near`. */
const source = setup({
  types: { events: {} as { readonly type: 'GO' } | Received<Item>, emitted: {} as Effect<Item> },
}).createMachine({
  id: 'source',
  on: {
    GO: {
      actions: Array.from({ length: 10 }, (_, number) =>
        emit(send(['near', 'far'], { type: 'ITEM', number } satisfies Item)),
      ),
    },
    ITEM: {},
  },
});
const sink = setup({
  types: { events: {} as Received<Item>, emitted: {} as Effect<Item> },
}).createMachine({ id: 'sink', on: { ITEM: {} } });
const near = setup({
  types: { events: {} as Received<Item>, emitted: {} as Effect<Item> },
}).createMachine({
  id: 'near',
  on: {
    ITEM: {
      guard: ({ event }) => event.number === 0,
      actions: emit(send('source', { type: 'ITEM', number: 100 } satisfies Item)),
    },
  },
});

const burst = defineSystem({
  name: 'burst',
  nodes: () => ({
    source: defineProcess({ machine: source, operations: [{ type: 'GO' }] }),
    near: defineProcess({ machine: near }),
    far: defineProcess({ machine: sink }),
  }),
});
const fifo = variant(burst, 'fifo', { network: { order: 'fifo' } });

type Weather = Partial<Parameters<typeof run>[1]>;
const traced = (weather: Weather, system: AnySystem = burst, seed = 1): Run => {
  const done = run(system, { seed, latency: constant(10), ...weather, trace: true });
  expect(replay(system, runFileOf(done)).same).toBe(true);
  const { sent, duplicated, delivered, dropped } = done.metrics.messages;
  expect(sent + duplicated).toBe(delivered + dropped + done.end.inFlight.length);
  return done;
};
const of = <T extends 'deliver' | 'drop'>({ trace }: Run, type: T, to: string) =>
  trace.flatMap(({ atUs = 0, decision }) =>
    decision.type === type && decision.to === to
      ? [{ at: atUs / 1000, ...(decision as Extract<Decision, { readonly type: T }>) }]
      : [],
  );
const arrivals = (done: Run, to: string): number[] => of(done, 'deliver', to).map(({ at }) => at);
const numbers = (done: Run, to: string): number[] =>
  of(done, 'deliver', to).map(({ message }) => (message as Item).number);
const inOrder = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));

describe('a rule', () => {
  test('concerns its own links in their own direction, and the last that says something counts', () => {
    const links: readonly LinkRule[] = [
      { to: ['near', 'far'], latency: constant(30) },
      { from: 'source', to: 'far', fifo: true },
      { from: 'source', to: 'near', latency: constant(2) },
    ];
    const done = traced({ links });
    expect(new Set(arrivals(done, 'near'))).toEqual(new Set([2]));
    expect(new Set(arrivals(done, 'far'))).toEqual(new Set([30]));
    expect(arrivals(done, 'source')).toEqual([12]);
  });

  test('about one link moves no draw of another', () => {
    for (let seed = 0; seed < 10; seed++) {
      const latency = exponential(10);
      const plain = traced({ latency }, burst, seed);
      const ruled = traced(
        { latency, links: [{ to: 'far', latency: exponential(99) }] },
        burst,
        seed,
      );
      expect(arrivals(ruled, 'near')).toEqual(arrivals(plain, 'near'));
      expect(arrivals(ruled, 'far')).not.toEqual(arrivals(plain, 'far'));
    }
  });
});

describe('order', () => {
  test('is kept where a rule promises it, and on no other link', () => {
    let reordered = 0;
    for (let seed = 0; seed < 20; seed++) {
      const done = traced(
        { latency: exponential(20), links: [{ to: 'far', fifo: true }] },
        burst,
        seed,
      );
      expect(inOrder(numbers(done, 'far'))).toBe(true);
      if (!inOrder(numbers(done, 'near'))) reordered++;
    }
    expect(reordered).toBeGreaterThan(15);
  });
});

describe('bandwidth', () => {
  // {"number":0,"type":"ITEM"} is 26 bytes.
  test('sends one message after the other, each for as long as its bytes take', () => {
    const done = traced({ links: [{ to: 'far', msPerByte: 0.5 }] });
    expect(arrivals(done, 'far')).toEqual(Array.from({ length: 10 }, (_, i) => 10 + 13 * (i + 1)));
    expect(new Set(arrivals(done, 'near'))).toEqual(new Set([10]));
  });

  test('takes declared bytes where there are some, and bytes of UTF-8 where not', () => {
    const declared = traced({ links: [{ msPerByte: 1 }], messageBytes: { ITEM: 4 } });
    expect(arrivals(declared, 'far').slice(0, 2)).toEqual([14, 18]);
    const word = setup({
      types: { events: {} as { readonly type: 'GO' }, emitted: {} as Effect },
    }).createMachine({
      id: 'word',
      on: { GO: { actions: emit(send('far', { type: 'É' })) } },
    });
    const utf8 = defineSystem({
      name: 'utf8',
      nodes: () => ({
        source: defineProcess({ machine: word, operations: [{ type: 'GO' }] }),
        far: defineProcess({ machine: sink }),
      }),
    });
    // {"type":"É"}: twelve characters, of which one takes two bytes.
    expect(arrivals(traced({ links: [{ msPerByte: 1 }] }, utf8), 'far')).toEqual([23]);
  });

  test('with a bounded queue drops what finds it full, at the tail', () => {
    const done = traced({ links: [{ to: 'far', msPerByte: 0.5, capacity: 3 }] });
    expect(numbers(done, 'far')).toEqual([0, 1, 2]);
    const drops = of(done, 'drop', 'far');
    expect(drops.map(({ cause, at }) => `${cause} ${at}`)).toEqual(Array(7).fill('overflow 0'));
    expect(done.metrics.drops).toEqual({ loss: 0, cut: 0, down: 0, overflow: 7 });
    expect(numbers(done, 'near')).toHaveLength(10);
  });

  test('with a bounded queue on a network of queues drops the same messages, in their turn', () => {
    const done = traced({ links: [{ to: 'far', msPerByte: 0.5, capacity: 3 }] }, fifo);
    expect(numbers(done, 'far')).toEqual([0, 1, 2]);
    expect(of(done, 'drop', 'far').map(({ message }) => (message as Item).number)).toEqual([
      3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  test('never drops a message whose type is never lost', () => {
    const reliable = variant(burst, 'reliable', { network: { reliable: ['ITEM'], loss: true } });
    const done = traced({ links: [{ msPerByte: 0.5, capacity: 1 }] }, reliable);
    expect(done.metrics.messages.dropped).toBe(0);
  });

  test('counts copies: a copy enters the link again', () => {
    for (let seed = 0; seed < 10; seed++) {
      const faults = [{ fault: 'duplication', probability: 0.5 }] as const;
      const links = [{ msPerByte: 0.3, capacity: 2 }];
      for (const system of [burst, fifo]) traced({ faults, links }, system, seed);
    }
  });
});

describe('regions', () => {
  test('give each link half the measured round trip between the regions', () => {
    const latency = regions(
      { source: 'eu-west-1', near: 'eu-west-1' },
      { otherwise: 'ap-southeast-2', scatter: false },
    );
    const done = traced({ latency });
    const between = (a: string, b: string): number =>
      (awsRegions.meanMs[awsRegions.regions.indexOf(a)]?.[awsRegions.regions.indexOf(b)] ?? 0) / 2;
    const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
    expect(arrivals(done, 'near')[0]).toBe(rounded(between('eu-west-1', 'eu-west-1')));
    expect(arrivals(done, 'far')[0]).toBe(rounded(between('eu-west-1', 'ap-southeast-2')));
    // From the published file: row eu-west-1, column ap-southeast-2.
    expect(between('eu-west-1', 'ap-southeast-2')).toBe(253.657 / 2);
  });

  test('scatter above half the shortest round trip, with the measured mean and deviation', () => {
    let scattered = 0;
    for (const { regions: names, meanMs, minMs, deviationMs } of [awsRegions, gcpRegions])
      for (const [i, from] of names.entries())
        for (const [j, to] of names.entries()) {
          const cell = (table: readonly (readonly number[])[]): number => table[i]?.[j] ?? 0;
          const law = regionalLaw(regions({ a: from, b: to }), 'a', 'b');
          if (law.kind === 'constant') {
            expect(law.ms).toBe(cell(minMs) / 2);
            continue;
          }
          if (law.kind !== 'logNormal') throw new Error(`the law is ${law.kind}`);
          scattered++;
          // The moments of the log-normal law, as textbooks give them.
          const { medianMs, sigma, offsetMs } = law;
          expect(offsetMs).toBe(cell(minMs) / 2);
          const beyond = medianMs * Math.exp(sigma ** 2 / 2);
          expect(offsetMs + beyond).toBeCloseTo(cell(meanMs) / 2, 9);
          const variance = (Math.exp(sigma ** 2) - 1) * beyond ** 2;
          expect(2 * variance).toBeCloseTo(cell(deviationMs) ** 2, 6);
        }
    expect(scattered).toBeGreaterThan(700);
  });

  test('are all measured with all others of their provider, both ways nearly alike', () => {
    for (const { regions: names, meanMs, minMs, deviationMs } of [awsRegions, gcpRegions]) {
      for (const table of [meanMs, minMs, deviationMs]) {
        expect(table).toHaveLength(names.length);
        for (const row of table) expect(row).toHaveLength(names.length);
      }
      for (const [i, row] of meanMs.entries())
        for (const [j, mean] of row.entries()) {
          expect(mean).toBeGreaterThanOrEqual(minMs[i]?.[j] ?? 0);
          expect(Math.abs(mean - (meanMs[j]?.[i] ?? 0))).toBeLessThan(0.2);
        }
    }
  });
});

test('wrong links are told in one sentence', () => {
  const links = (rule: object) => () => traced({ links: [rule as LinkRule] });
  const set = variant(burst, 'set', { network: { order: 'set' } });
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [links({ from: 'sorce' }), /no node "sorce"; did you mean "source"\?/],
    [links({ latncy: constant(1) }), /link rule 1: there is no "latncy"; did you mean "latency"\?/],
    [links({ latency: 5 }), /link rule 1 is no distribution/],
    [links({ msPerByte: -1 }), /link rule 1: msPerByte is -1; it must be/],
    [links({ msPerByte: 1, capacity: 0 }), /the capacity is 0; it must be a whole number/],
    [links({ capacity: 5 }), /from source to near has a capacity of 5 and no msPerByte/],
    [
      () => traced({ links: [{ fifo: false }] }, fifo),
      /the network is fifo, which keeps the order/,
    ],
    [() => traced({ links: [{ msPerByte: 1, capacity: 1 }] }, set), /a set network has no queues/],
    [() => traced({ messageBytes: { ITEM: -4 } }), /messageBytes of ITEM is -4/],
    [() => traced({ latency: regions({ source: 'eu-west-1' }) }), /places no node "near"/],
    [() => regions({ source: 'eu-west-11' }), /no measured region "eu-west-11"; did you mean/],
    [() => regions({ a: 'eu-west-1', b: 'us-west1' }), /between which nothing was measured/],
    [() => regions({}), /places no node in a region/],
    [
      () =>
        run(twoPhaseCommit, {
          seed: 1,
          latency: {
            kind: 'regions',
            places: { p9: 'eu-west-1' },
            scatter: true,
          } as RegionalLatency,
        }),
      /no node "p9"/,
    ],
  ];
  for (const [action, sentence] of wrong) expect(action).toThrow(sentence);
});
