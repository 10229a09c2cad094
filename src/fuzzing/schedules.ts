/** Fault schedules as generated data: drawn whole before the run, so that shrinking costs nothing extra. */
import fc from 'fast-check';
import type { NodeId } from '../model/effects.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Fault, Schedule } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { AnySystem } from '../model/system.ts';
import { crashPointsOf } from '../simulator/crash-points.ts';
import { run } from '../simulator/run.ts';
import { type Situation, situationOf } from '../simulator/weather.ts';

/** Which schedules to generate. All have defaults. */
export interface ScheduleOptions {
  /** Parameters of the system, since they decide which nodes there are. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The scenario beside whose faults they come. Default: the first that the system declares, if any. */
  readonly scenario?: string;
  /**
   * Crashes also right before and after a message or record, not only at a time. Default true. Which
   * names there are is read off one run of the scenario; a point that a run never reaches is no crash.
   */
  readonly crashPoints?: boolean;
  /**
   * The kinds of faults. Default: crashes and partitions, and of loss and duplication what the network
   * declares, so that no protocol is blamed for what it never promised to survive.
   */
  readonly kinds?: readonly GeneratedFault[];
  /** Faults in one schedule. Default 3: what breaks a protocol usually takes one or two. */
  readonly atMost?: number;
  /** Every fault begins before this time of the run, in ms. Default 500. */
  readonly beginsBeforeMs?: number;
  /** A fault that ends lasts no longer than this, in ms. Default 500. */
  readonly lastsAtMostMs?: number;
  /** Every fault ends: crashed nodes restart, cuts mend. Default false: some are for ever. */
  readonly everyFaultEnds?: boolean;
}

const kinds = ['crash', 'partition', 'loss', 'duplication'] as const;
type GeneratedFault = (typeof kinds)[number];

/**
 * Schedules of faults that are legal for the system, as plain data: crash points first, then the
 * others in the order of their times. Shrinks to few faults, few nodes, and early and short times; times are whole milliseconds.
 *
 *     test.prop([schedules(system), fc.integer()])('agreement', (faults, seed) => {
 *       expect(run(system, { seed, faults }).verdict).toBe('holds');
 *     });
 *
 * Throws a UserMistake for a wrong parameter or option.
 */
export function schedules(
  system: AnySystem,
  options: ScheduleOptions = {},
): fc.Arbitrary<Schedule> {
  const situation = situationOf(system, options);
  const { instance } = situation;
  const atMost = legalCount('atMost', options.atMost ?? 3, 0);
  const span: Span = {
    beginsBeforeMs: legalCount('beginsBeforeMs', options.beginsBeforeMs ?? 500, 1),
    lastsAtMostMs: legalCount('lastsAtMostMs', options.lastsAtMostMs ?? 500, 1),
    everyFaultEnds: options.everyFaultEnds ?? false,
  };
  const asked = legalKinds(options.kinds ?? defaultKinds(instance)).filter(
    (kind) => kind !== 'partition' || instance.nodes.length > 1,
  );
  const points =
    asked.includes('crash') && (options.crashPoints ?? true) ? pointsOf(system, situation) : [];
  const faults = asked.map((kind) => faultOf(kind, instance, span));
  if (points.length > 0) faults.push(pointedCrash(points, span));
  if (faults.length === 0) return fc.constant([]);
  return fc
    .uniqueArray(fc.oneof(...faults), { maxLength: atMost, selector: sameFault })
    .map((schedule) => schedule.toSorted((a, b) => (a.atMs ?? -1) - (b.atMs ?? -1)));
}

interface Span {
  readonly beginsBeforeMs: number;
  readonly lastsAtMostMs: number;
  readonly everyFaultEnds: boolean;
}

function defaultKinds({ network }: Instance): readonly GeneratedFault[] {
  return kinds.filter(
    (kind) => (kind !== 'loss' || network.loss) && (kind !== 'duplication' || network.duplication),
  );
}

interface NodePoints {
  readonly node: NodeId;
  /** How often each message and record occurs in the run that was looked at. */
  readonly occurrences: readonly (readonly [message: string, times: number])[];
}

/** The points that each node has in a run of the scenario. */
function pointsOf(system: AnySystem, { instance, named }: Situation): readonly NodePoints[] {
  const { parameters } = instance;
  const own = named === undefined ? {} : { scenario: named.name };
  const { trace } = run(system, { seed: 1, ...own, parameters, trace: true });
  return instance.nodes.flatMap(({ id: node }) => {
    const times = new Map<string, number>();
    for (const { message, nth } of crashPointsOf(trace, node)) times.set(message, nth);
    return times.size === 0 ? [] : [{ node, occurrences: [...times] }];
  });
}

function pointedCrash(points: readonly NodePoints[], span: Span): fc.Arbitrary<Fault> {
  const whereOf = ({ node, occurrences }: NodePoints) =>
    fc
      .oneof(
        ...occurrences.map(([message, times]) =>
          fc.record(
            {
              moment: fc.constantFrom('before' as const, 'after' as const),
              // Faults make some messages come again, so one more than were seen.
              nth: fc.integer({ min: 1, max: times + 1 }),
              message: fc.constant(message),
            },
            { noNullPrototype: true },
          ),
        ),
      )
      .map((point) => ({ node, point }));
  const where = fc.oneof(...points.map(whereOf));
  const forMs = fc.integer({ min: 1, max: span.lastsAtMostMs });
  const ending = fc
    .tuple(where, forMs)
    .map(([place, down]): Fault => ({ fault: 'crash', ...place, forMs: down }));
  if (span.everyFaultEnds) return ending;
  const forEver = where.map((place): Fault => ({ fault: 'crash', ...place }));
  return fc.oneof({ withCrossShrink: true }, { arbitrary: ending, weight: 2 }, forEver);
}

function faultOf(kind: GeneratedFault, instance: Instance, span: Span): fc.Arbitrary<Fault> {
  const ids = instance.nodes.map(({ id }) => id);
  switch (kind) {
    case 'crash':
      return timed(span, { fault: fc.constant('crash'), node: fc.constantFrom(...ids) });
    case 'partition': {
      const side = fc.subarray(ids, { minLength: 1, maxLength: ids.length - 1 });
      return timed(span, { fault: fc.constant('partition'), groups: side.map((one) => [one]) });
    }
    case 'loss':
      return timed(span, { fault: fc.constant('loss'), probability });
    case 'duplication':
      return timed(span, { fault: fc.constant('duplication'), probability });
  }
}

/** Up to a half: beyond it little arrives, and little is learnt. */
const probability = fc.integer({ min: 1, max: 50 }).map((percent) => percent / 100);

/** The fault with a beginning and, unless it is for ever, a duration. */
function timed<T extends object>(
  { beginsBeforeMs, lastsAtMostMs, everyFaultEnds }: Span,
  what: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T & { readonly atMs: number; readonly forMs?: number }> {
  const atMs = fc.integer({ min: 0, max: beginsBeforeMs - 1 });
  const forMs = fc.integer({ min: 1, max: lastsAtMostMs });
  const data = { noNullPrototype: true } as const;
  type Timed = T & { readonly atMs: number; readonly forMs?: number };
  const ending = fc.record({ ...what, atMs, forMs }, data) as unknown as fc.Arbitrary<Timed>;
  if (everyFaultEnds) return ending;
  const forEver = fc.record({ ...what, atMs }, data) as unknown as fc.Arbitrary<Timed>;
  // A fault that ends is the lesser one, so shrinking tries it in place of one that does not.
  return fc.oneof({ withCrossShrink: true }, { arbitrary: ending, weight: 2 }, forEver);
}

/** A second rate of loss would only end the first one early, so there is one of each. */
function sameFault(fault: Fault): string {
  const { fault: kind } = fault;
  return kind === 'loss' || kind === 'duplication' ? kind : JSON.stringify(fault);
}

function legalKinds(given: readonly GeneratedFault[]): readonly GeneratedFault[] {
  for (const kind of given)
    if (!kinds.includes(kind))
      throw new UserMistake(
        `the schedules' kinds name "${kind}", which is no fault${suggestion(kind, kinds)}`,
      );
  return given;
}

function legalCount(option: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min) return value;
  throw new UserMistake(
    `the schedules' ${option} is ${value}; it must be a whole number, ${min} or more`,
  );
}
