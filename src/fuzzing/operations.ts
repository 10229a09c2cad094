/** Client operations as generated data: which are started, in which order and with which gaps. */
import fc from 'fast-check';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Loops } from '../model/loops.ts';
import type { PlannedOperation, Scenario, Workload } from '../model/scenario.ts';
import type { AnySystem } from '../model/system.ts';
import { declaredOperations } from '../model/workload.ts';
import { situationOf } from '../simulator/weather.ts';
import { generatedBy } from './generated-operations.ts';

/** Which workloads to generate. All have defaults. */
export interface OperationOptions {
  /** Parameters of the system, since they decide which processes there are. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The scenario whose operations they are. Default: the first that the system declares, if any. */
  readonly scenario?: string;
  /**
   * `declared`: each process starts a beginning of its list, in its order, so that every run is one of
   * those that a check visits. `any`: each process starts some of its list, in any order. Default
   * `declared`. How the operations of different processes interleave is generated in both.
   */
  readonly order?: 'declared' | 'any';
  /** The environment waits no longer than this before an operation, in ms. Default 200. */
  readonly gapsUpToMs?: number;
  /**
   * Loops whose operations they are. Default: those of the scenario, if it has any. Which operations
   * there may be is theirs, and whether these arrive or are waited for; when they come is generated.
   */
  readonly workload?: Loops;
  /** Operations of each client of each loop, at most. Default 5. */
  readonly operationsAtMost?: number;
}

/**
 * Workloads of the system as plain data, for `run(system, { operations })`. Shrinks to few operations
 * and no gaps. Of a system whose processes declare no operations, always the empty workload.
 *
 *     test.prop([operations(system), fc.nat()])('no debt', (operations, seed) => {
 *       expect(run(system, { seed, operations }).verdict).toBe('holds');
 *     });
 *
 * Throws a UserMistake for a wrong parameter or option.
 */
export function operations(
  system: AnySystem,
  options: OperationOptions = {},
): fc.Arbitrary<Workload> {
  const { order = 'declared', gapsUpToMs = 200 } = options;
  if (order !== 'declared' && order !== 'any')
    throw new UserMistake(
      `the operations' order is ${JSON.stringify(order)}; it must be "declared" or "any"`,
    );
  if (!(Number.isInteger(gapsUpToMs) && gapsUpToMs >= 0))
    throw new UserMistake(
      `the operations' gapsUpToMs is ${gapsUpToMs}; it must be a whole number of milliseconds, 0 or more`,
    );
  const { operationsAtMost = 5 } = options;
  if (!(Number.isInteger(operationsAtMost) && operationsAtMost >= 0))
    throw new UserMistake(
      `the operations' operationsAtMost is ${operationsAtMost}; it must be a whole number, 0 or more`,
    );
  const { instance, named } = situationOf(system, options);
  const loops = options.workload ?? named?.scenario.workload;
  if (loops !== undefined) return generatedBy(instance, loops, { gapsUpToMs, operationsAtMost });
  const lists = listsOf(instance, named?.scenario);
  const gap = fc.integer({ min: 0, max: gapsUpToMs });
  const ofProcess = lists.map((list) =>
    fc
      .tuple(
        order === 'any' ? someOf(list) : beginningOf(list),
        fc.array(gap, { minLength: list.length, maxLength: list.length }),
      )
      .map(
        ([chosen, gaps]): Workload =>
          chosen.map((one, index) => ({ ...one, afterMs: gaps[index] ?? 0 })),
      ),
  );
  return fc.tuple(...ofProcess).map((workloads) => workloads.flat());
}

type Unplanned = Omit<PlannedOperation, 'afterMs'>;

/** For each process with operations, those of the scenario, or else those that it declares. */
function listsOf(instance: Instance, scenario: Scenario | undefined): (readonly Unplanned[])[] {
  const declared = declaredOperations(instance);
  return [...declared].map(([process, own]) =>
    scenario?.operations === undefined
      ? own.map((operation) => ({ process, operation }))
      : scenario.operations
          .filter((one) => one.process === process)
          .map(({ operation }) => ({ process, operation })),
  );
}

/** Mostly the whole list, since what happens late takes all that comes before; shrinks to none of it. */
function beginningOf(list: readonly Unplanned[]): fc.Arbitrary<readonly Unplanned[]> {
  const some = fc.integer({ min: 0, max: list.length });
  const all = fc.constant(list.length);
  return fc
    .oneof({ withCrossShrink: true }, some, { arbitrary: all, weight: 3 })
    .map((length) => list.slice(0, length));
}

function someOf(list: readonly Unplanned[]): fc.Arbitrary<readonly Unplanned[]> {
  return fc.shuffledSubarray([...list]);
}
