/** Availability in time against its definition, moment by moment. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Open, Waiting } from '../../src/simulator/waiting.ts';

interface Asked {
  readonly client: string;
  readonly from: number;
  /** When its answer came, when its client asked anew, or undefined: neither. */
  to: number | undefined;
  answered: boolean;
}

const acts = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 9 }),
    client: fc.constantFrom('a', 'b', 'c'),
    isAnswer: fc.boolean(),
  }),
  { maxLength: 40 },
);

test('the shares of time are those of the definition, counted in every microsecond', () => {
  fc.assert(
    fc.property(acts, fc.integer({ min: 0, max: 12 }), fc.nat(30), (list, limit, rest) => {
      const waiting = new Waiting(limit);
      const asked: Asked[] = [];
      const underWay = new Map<string, Open>();
      let now = 0;
      for (const { after, client, isAnswer } of list) {
        now += after;
        const open = asked.find((one) => one.client === client && one.to === undefined);
        if (open !== undefined) {
          open.to = now;
          open.answered = isAnswer;
        }
        const under = underWay.get(client);
        // The next question of a client gives up the one before it.
        const inTime = under && waiting.ended(under, now);
        expect(inTime).toBe(open && now - open.from <= limit);
        underWay.delete(client);
        if (isAnswer) continue;
        underWay.set(client, waiting.asked(client, 'x', now));
        asked.push({ client, from: now, to: undefined, answered: false });
      }
      const end = now + rest;
      const clients = [...new Set(asked.map(({ client }) => client))];
      /** In the microsecond from t on: whether the client has waited for longer than the limit. */
      const isLate = (client: string, t: number): boolean =>
        asked.some((one) => one.client === client && one.from + limit <= t && t < (one.to ?? end));
      const times = Array.from({ length: end }, (_, t) => t);
      const share = (served: (t: number) => boolean): number =>
        end === 0 ? 1 : times.filter(served).length / end;
      if (clients.length === 0) expect(waiting.shares(end)).toBeUndefined();
      else {
        const { everyClient, someClient } = waiting.shares(end) ?? {};
        expect(everyClient).toBeCloseTo(
          share((t) => clients.every((client) => !isLate(client, t))),
          9,
        );
        expect(someClient).toBeCloseTo(
          share((t) => clients.some((client) => !isLate(client, t))),
          9,
        );
      }
      for (const client of clients)
        expect(waiting.shareOf(client, end)).toBeCloseTo(
          share((t) => !isLate(client, t)),
          9,
        );
      const open = asked.filter(({ to }) => to === undefined);
      expect(
        waiting
          .stillOpen(end)
          .map(({ late }) => late)
          .sort(),
      ).toEqual(open.map(({ from }) => from + limit < end).sort());
    }),
    { seed: 1, numRuns: 300 },
  );
});
