/** Random schedules for two-phase commit with three participants, as fast-check data. */
import fc from 'fast-check';
import type { Fault, Schedule } from '../../src/model/index.ts';

const node = fc.constantFrom('coordinator', 'p1', 'p2', 'p3');
const ms = (max: number) => fc.integer({ min: 0, max: max * 10 }).map((tenths) => tenths / 10);
const length = fc.option(ms(600), { nil: undefined, freq: 4 });
const lasting = <T extends object>(record: T, forMs: number | undefined): T & { forMs?: number } =>
  forMs === undefined ? record : { ...record, forMs };

const name = fc.constantFrom('PREPARE', 'VOTE', 'COMMIT', 'ACK', 'prepared', 'commit', 'end');

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .tuple(node, ms(120), length)
    .map(([node, atMs, forMs]): Fault => lasting({ fault: 'crash', node, atMs } as const, forMs)),
  fc
    .tuple(node, fc.constantFrom('before', 'after'), fc.integer({ min: 1, max: 3 }), name, length)
    .map(
      ([node, moment, nth, message, forMs]): Fault =>
        lasting({ fault: 'crash', node, point: { moment, nth, message } } as const, forMs),
    ),
  fc
    .tuple(fc.uniqueArray(node, { minLength: 1, maxLength: 3 }), ms(120), length)
    .map(
      ([group, atMs, forMs]): Fault =>
        lasting({ fault: 'partition', groups: [group], atMs } as const, forMs),
    ),
  fc
    .tuple(fc.constantFrom('loss', 'duplication'), fc.nat(8), ms(100), length)
    .map(
      ([fault, tenths, atMs, forMs]): Fault =>
        lasting({ fault, probability: tenths / 10, atMs } as const, forMs),
    ),
);

/** At most four faults; a node has at most one crash point, as runs demand. */
export const schedule: fc.Arbitrary<Schedule> = fc.array(fault, { maxLength: 4 }).map((faults) => {
  const pointed = new Set<string>();
  return faults.filter((one) => {
    if (one.fault !== 'crash' || one.point === undefined) return true;
    const isFirst = !pointed.has(one.node);
    pointed.add(one.node);
    return isFirst;
  });
});

export const seed = fc.integer({ min: 0, max: 1_000_000 });
