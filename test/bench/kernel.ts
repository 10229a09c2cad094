/** The event queue against a bare loop over tinyqueue: the hold model with a thousand events pending. */
import seedrandom from 'seedrandom';
import TinyQueue from 'tinyqueue';
import { EventQueue } from '../../src/simulator/event-queue.ts';

const pending = 1000;
const turns = 100_000;

/** Delays drawn once, so that both loops do the same and neither pays for drawing. */
const delays = new Float64Array(1 << 16);
const draw = seedrandom.alea('kernel');
for (let i = 0; i < delays.length; i++) delays[i] = Math.round(-10_000 * Math.log(1 - draw()));

interface Event {
  readonly at: number;
  readonly handler: (at: number) => void;
}

/** Takes the earliest event and plans one later, `turns` times; returns the last virtual time. */
export function ownKernel(): number {
  let handled = 0;
  const handler = (at: number): void => {
    handled += at & 1;
  };
  const queue = new EventQueue<Event>();
  for (let i = 0; i < pending; i++) queue.push({ at: delays[i] ?? 0, handler });
  let now = 0;
  for (let i = 0; i < turns; i++) {
    const event = queue.pop();
    if (event === undefined) throw new Error('the queue ran empty');
    now = event.at;
    event.handler(now);
    queue.push({ at: now + (delays[i & 0xffff] ?? 0), handler });
  }
  return now + handled * 0;
}

interface NakedEvent extends Event {
  readonly sequence: number;
}

/** The same over tinyqueue, with the sequence number by which ties must break. */
export function nakedKernel(): number {
  let handled = 0;
  const handler = (at: number): void => {
    handled += at & 1;
  };
  const queue = new TinyQueue<NakedEvent>([], (a, b) => a.at - b.at || a.sequence - b.sequence);
  let sequence = 0;
  for (let i = 0; i < pending; i++)
    queue.push({ at: delays[i] ?? 0, sequence: sequence++, handler });
  let now = 0;
  for (let i = 0; i < turns; i++) {
    const event = queue.pop();
    if (event === undefined) throw new Error('the queue ran empty');
    now = event.at;
    event.handler(now);
    queue.push({ at: now + (delays[i & 0xffff] ?? 0), sequence: sequence++, handler });
  }
  return now + handled * 0;
}

export const kernelTurns = turns;
