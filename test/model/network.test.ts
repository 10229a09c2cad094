/** The network's semantics by name, against naive lists. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deliverable,
  emptyFlight,
  type Flight,
  laneOf,
  losable,
  type NetworkOptions,
  networkSemantics,
  takeable,
  without,
  withSent,
} from '../../src/model/network.ts';
import type { RoutedEnvelope } from '../../src/model/node.ts';

const nodes = ['a', 'b', 'c'];
const envelopeOf = (source: number, target: number, type: string): RoutedEnvelope => ({
  from: nodes[source] ?? '',
  to: nodes[target] ?? '',
  message: { type },
  source,
  target,
});
const semantics = (options: NetworkOptions) => networkSemantics(options, 'test');

type Command = {
  readonly source: number;
  readonly target: number;
  readonly type: string;
  readonly take: boolean;
};
const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc
    .record({
      source: fc.nat(2),
      hop: fc.integer({ min: 1, max: 2 }),
      type: fc.constantFrom('X', 'Y', 'Z'),
      take: fc.boolean(),
    })
    .map(({ hop, ...command }) => ({ ...command, target: (command.source + hop) % 3 })),
  { maxLength: 40 },
);

/** Sends and takes on both, and compares what may be delivered after each. */
function compare(
  options: NetworkOptions,
  copies: number,
  /** Of the messages to one target in order of sending, the ones that may be delivered now. */
  expected: (waiting: readonly RoutedEnvelope[]) => readonly RoutedEnvelope[],
  /** Of equal messages, how many there are at most. */
  atMost = copies,
): void {
  const network = semantics(options);
  const text = ({ from, to, message }: RoutedEnvelope): string => `${from}${to}${message.type}`;
  fc.assert(
    fc.property(commands, (list) => {
      let flight: Flight = emptyFlight(3);
      let sent: RoutedEnvelope[] = [];
      for (const { source, target, type, take } of list) {
        const envelope = envelopeOf(source, target, type);
        const lane = () => flight[laneOf(network, envelope)]?.[target] ?? [];
        if (take) {
          const found = takeable(lane(), network, { ...envelope });
          const may = expected(sent.filter((one) => one.target === target)).map(text);
          expect(found !== undefined).toBe(may.includes(text(envelope)));
          if (found === undefined) continue;
          flight = without(flight, network, found);
          const index = sent.findIndex((one) => text(one) === text(envelope));
          sent = sent.toSpliced(index, 1);
        } else {
          flight = withSent(flight, network, envelope, copies);
          if (sent.filter((one) => text(one) === text(envelope)).length < atMost)
            sent = [...sent, envelope];
        }
        for (let to = 0; to < 3; to++) {
          const now = flight.flatMap((row) => deliverable(row[to] ?? [], network)).map(text);
          const waiting = sent.filter((one) => one.target === to);
          expect(now.sort()).toEqual([...new Set(expected(waiting).map(text))].sort());
        }
        expect(flight.flat(2).map(text).sort()).toEqual(sent.map(text).sort());
      }
    }),
    { seed: 71, numRuns: 200 },
  );
}

const heads = (waiting: readonly RoutedEnvelope[]): readonly RoutedEnvelope[] =>
  waiting.filter((one, i) => waiting.findIndex(({ source }) => source === one.source) === i);

describe('what may be delivered next', () => {
  test('is every message on an unordered network', () =>
    compare({ order: 'unordered' }, Number.POSITIVE_INFINITY, (all) => all));
  test('is every message up to a limit of copies', () =>
    compare({ order: 'unordered' }, 2, (all) => all));
  test('is the oldest of each link on a FIFO network', () =>
    compare({ order: 'fifo' }, Number.POSITIVE_INFINITY, heads));
  test('is the oldest of all senders in a mailbox', () =>
    compare({ order: 'mailbox' }, Number.POSITIVE_INFINITY, (all) => all.slice(0, 1)));
  test('is one copy of each message that was ever sent, in a set', () =>
    compare({ order: 'set' }, Number.POSITIVE_INFINITY, (all) => all, 1));
});

test('a queue that loses any loses each place by itself, another its head', () => {
  const queue = ['X', 'Y', 'X'].map((type) => envelopeOf(0, 1, type));
  const places = (options: NetworkOptions) =>
    losable(queue, semantics({ order: 'fifo', loss: true, ...options })).map(
      ({ envelope, position }) => [envelope.message.type, position],
    );
  expect(places({ loses: 'any' })).toEqual([
    ['X', 0],
    ['Y', 1],
    ['X', 2],
  ]);
  expect(places({})).toEqual([['X', undefined]]);
});

const wrong: readonly (readonly [object, RegExp])[] = [
  [{ order: 'ordered' }, /order is "ordered"; it must be set, duplicating, unordered, fifo or/],
  [{ order: 'set', loss: true }, /a set network declares loss, which a set implies/],
  [{ order: 'duplicating', duplication: true }, /declares duplication, which it implies/],
  [{ order: 'set', idle: 'consume' }, /never consumes a message; idle must be wait or disabled/],
  [{ idle: 'never' }, /idle is "never"; it must be consume, wait or disabled/],
  [{ loses: 'any' }, /has no queues/],
  [{ reliable: 'X' }, /reliable is "X"; it must be a list of message types/],
];

test('a wrong network is told in one sentence that names the system', () => {
  for (const [options, sentence] of wrong) {
    expect(() => semantics(options as NetworkOptions)).toThrow(sentence);
    expect(() => semantics(options as NetworkOptions)).toThrow(/^system "test": /);
  }
});
