/** The event queue against a sorted array: the earliest first, ties in the order of pushing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../src/simulator/event-queue.ts';

interface Numbered {
  readonly at: number;
  readonly number: number;
}

test('the queue gives what a stably sorted array would give', () => {
  let ties = 0;
  fc.assert(
    // Few distinct times, so that ties are the rule; undefined takes one out.
    fc.property(
      fc.array(fc.option(fc.nat(12), { nil: undefined, freq: 3 }), {
        minLength: 20,
        maxLength: 80,
      }),
      (commands) => {
        const queue = new EventQueue<Numbered>();
        let sorted: Numbered[] = [];
        for (const [number, at] of commands.entries()) {
          if (at === undefined) {
            expect(queue.pop()).toBe(sorted.shift());
          } else {
            const event = { at, number };
            queue.push(event);
            if (sorted.some((other) => other.at === at)) ties++;
            sorted = [...sorted, event].sort((a, b) => a.at - b.at || a.number - b.number);
          }
          expect(queue.size).toBe(sorted.length);
        }
        for (const event of sorted) expect(queue.pop()).toBe(event);
        expect(queue.pop()).toBeUndefined();
      },
    ),
    { seed: 41, numRuns: 500 },
  );
  expect(ties).toBeGreaterThan(500);
});

test('a thousand events at one time come in the order in which they were pushed', () => {
  const queue = new EventQueue<Numbered>();
  for (let number = 0; number < 1000; number++) queue.push({ at: 7, number });
  for (let number = 0; number < 1000; number++) expect(queue.pop()?.number).toBe(number);
});

test('an event pushed at the time of the last one taken comes after those already there', () => {
  const queue = new EventQueue<Numbered>();
  queue.push({ at: 5, number: 1 });
  queue.push({ at: 5, number: 2 });
  expect(queue.pop()?.number).toBe(1);
  queue.push({ at: 5, number: 3 });
  expect([queue.pop()?.number, queue.pop()?.number]).toEqual([2, 3]);
});
