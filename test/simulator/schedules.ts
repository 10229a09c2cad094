/** Random schedules of every kind of fault for two-phase commit with three participants. */
import fc from 'fast-check';
import type { CrashPoint, Fault, LinkChoice, Schedule } from '../../src/model/index.ts';

const ids = ['coordinator', 'p1', 'p2', 'p3'] as const;
const node = fc.constantFrom(...ids);
const tenths = (max: number) => fc.integer({ min: 0, max: max * 10 }).map((value) => value / 10);
const atMs = tenths(120);
const forMs = tenths(600);
const data = { noNullPrototype: true } as const;

/** A record some of whose fields may be absent, as in a file. */
function records<T>(
  required: { readonly [K in keyof T]?: fc.Arbitrary<unknown> },
  optional: { readonly [K in keyof T]?: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<T> {
  const all = { ...required, ...optional } as Record<string, fc.Arbitrary<unknown>>;
  return fc.record(all, {
    ...data,
    requiredKeys: Object.keys(required),
  }) as unknown as fc.Arbitrary<T>;
}

const name = fc.constantFrom('PREPARE', 'VOTE', 'COMMIT', 'ACK', 'prepared', 'commit', 'end');
const moment = fc.constantFrom('before', 'after');
const nth = fc.integer({ min: 1, max: 4 });
const point: fc.Arbitrary<CrashPoint> = fc.oneof(
  records<CrashPoint>({ moment, nth, message: name }),
  records<CrashPoint>({
    moment,
    nth,
    any: fc.constantFrom('send', 'receive', 'write', 'decision'),
  }),
);

const pair = fc.tuple(node, node).filter(([a, b]) => a !== b);
const links = fc.uniqueArray(pair, { minLength: 1, maxLength: 4, selector: String });
const some = fc.uniqueArray(node, { minLength: 1, maxLength: 3 });
const choice: fc.Arbitrary<LinkChoice> = fc.oneof(
  records<LinkChoice>(
    { groups: some.map((group) => [group]) },
    { direction: fc.constantFrom('out', 'in') },
  ),
  records<LinkChoice>({ links }),
  records<LinkChoice>({
    shape: fc.constantFrom('isolate-one', 'halves', 'bridge', 'majorities-ring', 'primaries'),
  }),
  records<LinkChoice>({
    shape: fc.constantFrom('isolate-one', 'halves', 'bridge', 'majorities-ring'),
    nodes: fc.shuffledSubarray([...ids], { minLength: 2 }),
  }),
);

const factor = fc.integer({ min: 1, max: 60 }).map((value) => value / 4);
const byMs = fc.integer({ min: -400, max: 400 });
const span = { atMs, forMs };

const plain: fc.Arbitrary<Fault> = fc.oneof(
  records<Fault & { fault: 'crash' }>(
    { fault: fc.constant('crash'), node, atMs },
    { forMs, loseDisk: fc.constant(false), tail: fc.constantFrom('drawn', 'lost', 'kept', 'torn') },
  ),
  records<Fault & { fault: 'crash' }>({ fault: fc.constant('crash'), node, point }, { forMs }),
  records<Fault & { fault: 'restart' }>({ fault: fc.constant('restart'), node }, { atMs }),
  records<Fault & { fault: 'pause' }>({ fault: fc.constant('pause'), node }, span),
  records<Fault & { fault: 'slow' }>(
    { fault: fc.constant('slow'), node, factor },
    { handlingMs: tenths(20), ...span },
  ),
  records<Fault & { fault: 'clock-offset' }>(
    { fault: fc.constantFrom('clock-offset', 'clock-jump'), node, byMs },
    span,
  ),
  records<Fault & { fault: 'clock-drift' }>(
    { fault: fc.constant('clock-drift'), node, rate: factor },
    span,
  ),
  records<Fault & { fault: 'clock-strobe' }>(
    {
      fault: fc.constant('clock-strobe'),
      node,
      byMs,
      periodMs: fc.integer({ min: 1, max: 80 }),
      forMs,
    },
    { atMs },
  ),
  records<Fault & { fault: 'slow-disk' }>({ fault: fc.constant('slow-disk'), node, factor }, span),
  records<Fault & { fault: 'lost-force' }>(
    { fault: fc.constantFrom('lost-force', 'failed-write'), node },
    { probability: fc.nat(10).map((p) => p / 10), ...span },
  ),
  records<Fault & { fault: 'read-error' }>({ fault: fc.constant('read-error'), node }, span),
  fc
    .tuple(fc.constantFrom('partition', 'hold'), choice, records({}, span))
    .map(([fault, chosen, when]) => ({ fault, ...chosen, ...when }) as Fault),
  records<Fault & { fault: 'loss' }>(
    { fault: fc.constantFrom('loss', 'duplication'), probability: fc.nat(8).map((p) => p / 10) },
    { links, ...span },
  ),
  records<Fault & { fault: 'delay' }>(
    {
      fault: fc.constant('delay'),
      by: fc.constantFrom(
        { kind: 'uniform', minMs: 0, maxMs: 150 },
        { kind: 'pareto', minMs: 1, shape: 1.1 },
      ),
    },
    { links, ...span },
  ),
  records<Fault & { fault: 'heal' }>({ fault: fc.constant('heal') }, { atMs, nodes: some }),
);

/** What ends may come again. */
const fault: fc.Arbitrary<Fault> = fc
  .tuple(plain, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 100 }))
  .map(([one, times, gapMs]): Fault => {
    const repeats = times > 1 && 'forMs' in one && one.fault !== 'crash';
    if (!repeats || one.forMs === undefined) return one;
    return { ...one, repeat: { everyMs: one.forMs + gapMs, times } };
  });

/** At most five faults. */
export const schedule: fc.Arbitrary<Schedule> = fc.array(fault, { maxLength: 5 });

export const seed = fc.integer({ min: 0, max: 1_000_000 });
