/** Fault schedules as generated data: drawn whole before the run, so that shrinking costs nothing extra. */
import fc from 'fast-check';
import type { NodeId } from '../model/effects.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Fault, Schedule } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { Loops } from '../model/loops.ts';
import type { AnySystem } from '../model/system.ts';
import { faultKinds } from '../simulator/catalogue.ts';
import { crashPointsOf } from '../simulator/crash-points.ts';
import { promisesOf } from '../simulator/promises.ts';
import { run } from '../simulator/run.ts';
import { type Situation, situationOf } from '../simulator/weather.ts';
import { type Bounds, faultOf } from './generated-faults.ts';

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
   * The kinds of faults, any of the catalogue. Default: crashes and partitions, and what the system
   * promises to survive, so that no protocol is blamed for what it never promised: loss and duplication
   * where the network declares them; held and delayed messages, pauses, slowness and wrong clocks where
   * the timing is asynchronous; disks that fail or lie where the system's scope has such.
   */
  readonly kinds?: readonly Fault['fault'][];
  /** Whether crashes may lose the disk. Default: where the system's own scope has disk losses. */
  readonly diskLosses?: boolean;
  /** Faults in one schedule. Default 3: what breaks a protocol usually takes one or two. */
  readonly atMost?: number;
  /** Every fault begins before this time of the run, in ms. Default 500. */
  readonly beginsBeforeMs?: number;
  /** A fault that ends lasts no longer than this, in ms. Default 500. */
  readonly lastsAtMostMs?: number;
  /** Loops by which the run is asked whose points are crashed at. Default: those of the scenario. */
  readonly workload?: Loops;
  /** Every fault ends: crashed nodes restart, cuts mend. Default false: some are for ever. */
  readonly everyFaultEnds?: boolean;
}

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
  const bounds: Bounds = {
    beginsBeforeMs: legalCount('beginsBeforeMs', options.beginsBeforeMs ?? 500, 1),
    lastsAtMostMs: legalCount('lastsAtMostMs', options.lastsAtMostMs ?? 500, 1),
    everyFaultEnds: options.everyFaultEnds ?? false,
    diskLosses: options.diskLosses ?? promisesOf(instance).losesDisks,
  };
  const asked = legalKinds(options.kinds ?? defaultKinds(instance)).filter(
    (kind) => (kind !== 'partition' && kind !== 'hold') || instance.nodes.length > 1,
  );
  const points =
    asked.includes('crash') && (options.crashPoints ?? true)
      ? pointsOf(system, situation, options.workload)
      : [];
  const faults = asked.map((kind) => ({
    arbitrary: faultOf(kind, instance, bounds),
    weight: changing.includes(kind) ? 4 : 1,
  }));
  if (points.length > 0) {
    // Rare moments are hit by counting, not by the clock: just over half are crashes at points.
    const others = faults.reduce((sum, { weight }) => sum + weight, 0);
    faults.push({ arbitrary: pointedCrash(points, bounds), weight: others + 2 });
  }
  if (faults.length === 0) return fc.constant([]);
  return fc
    .uniqueArray(fc.oneof(...faults), { maxLength: atMost, selector: sameFault })
    .map((schedule) => schedule.toSorted((a, b) => (a.atMs ?? -1) - (b.atMs ?? -1)));
}

/** Kinds that change what happens, and not only when: they come more often. */
const changing: readonly Fault['fault'][] = [
  'crash',
  'partition',
  'loss',
  'duplication',
  'lost-force',
  'failed-write',
];

function defaultKinds(instance: Instance): readonly Fault['fault'][] {
  const { survives } = promisesOf(instance);
  return faultKinds.filter((kind) => {
    if (kind === 'crash' || kind === 'partition') return true;
    // Crashed nodes restart by themselves, and healing only ends other faults.
    return kind !== 'restart' && kind !== 'heal' && survives(kind);
  });
}

interface NodePoints {
  readonly node: NodeId;
  /** How often each message and record occurs in the run that was looked at. */
  readonly occurrences: readonly (readonly [message: string, times: number])[];
}

/** The points that each node has in a run of the scenario. */
function pointsOf(
  system: AnySystem,
  { instance, named }: Situation,
  workload: Loops | undefined,
): readonly NodePoints[] {
  const { parameters } = instance;
  const own = {
    ...(named === undefined ? {} : { scenario: named.name }),
    ...(workload === undefined ? {} : { workload }),
  };
  const { trace } = run(system, { seed: 1, ...own, parameters, trace: true });
  return instance.nodes.flatMap(({ id: node }) => {
    const times = new Map<string, number>();
    for (const { message, nth } of crashPointsOf(trace, node)) times.set(message, nth);
    return times.size === 0 ? [] : [{ node, occurrences: [...times] }];
  });
}

function pointedCrash(points: readonly NodePoints[], span: Bounds): fc.Arbitrary<Fault> {
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

/** A second rate of loss would only end the first one early, so there is one of each. */
function sameFault(fault: Fault): string {
  const { fault: kind } = fault;
  return kind === 'loss' || kind === 'duplication' ? kind : JSON.stringify(fault);
}

function legalKinds(given: readonly Fault['fault'][]): readonly Fault['fault'][] {
  for (const kind of given)
    if (!faultKinds.includes(kind))
      throw new UserMistake(
        `the schedules' kinds name "${kind}", which is no fault${suggestion(kind, faultKinds)}`,
      );
  return given;
}

function legalCount(option: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min) return value;
  throw new UserMistake(
    `the schedules' ${option} is ${value}; it must be a whole number, ${min} or more`,
  );
}
