/** What many runs amount to. */
import { Digest } from '../model/digest.ts';
import type { Schedule } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { Property, PropertyVerdict, Verdict } from '../model/property.ts';
import type { AnySystem } from '../model/system.ts';
import type { Durations } from '../simulator/durations.ts';
import { mergeVerdicts } from '../simulator/merge-verdicts.ts';
import type { Outcome } from '../simulator/options.ts';
import type { Seed } from '../simulator/random.ts';
import { situationOf } from '../simulator/weather.ts';
import { type Estimate, estimate, type Share, share } from './estimate.ts';
import { figureIn } from './figures.ts';
import { Distributions } from './histogram.ts';
import { type ManyOptions, type RunRecord, type Slice, seedOf } from './run-many.ts';

/** Runs that violate a property, or, as `stuck`, that wait although they could go on. */
export interface ManyViolation {
  readonly property: string;
  readonly runs: Share;
  /** The seeds of the first ten. */
  readonly seeds: readonly string[];
}

/** The result of many runs. `holds` means: not violated in these runs, no more. */
export interface ManyRuns {
  readonly system: string;
  readonly scenario: string | undefined;
  readonly parameters: Instance['parameters'];
  readonly seed: Seed;
  readonly preset: string | undefined;
  /** The faults of every run, beside those that its preset drew. */
  readonly faults: Schedule;
  /** Runs that were made; fewer than asked when they were stopped. */
  readonly runs: number;
  readonly asked: number;
  /** `unknown` when they were stopped, or a budget was spent, and nothing was violated. */
  readonly verdict: Verdict;
  readonly outcomes: Readonly<Record<Outcome, Share>>;
  /** Why runs were blocked, and how many. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Runs in which a planned crash never came to its point. */
  readonly unreached: number;
  readonly properties: readonly PropertyVerdict[];
  readonly violations: readonly ManyViolation[];
  /** Means over the runs, by the path of the figure in a run's metrics. */
  readonly figures: Readonly<Record<string, Estimate>>;
  /** Durations of all runs together: `latency`, `latency of BEGIN`, `latency at c1`, `span inDoubt`. */
  readonly distributions: Readonly<Record<string, Durations>>;
  /** Sixteen hexadecimal digits over the digests of the runs, in their order. */
  readonly digest: string;
}

const firstSeeds = 10;

/** Sums slices up, which may come in any order and cut the runs anywhere. */
export function summaryOf(
  system: AnySystem,
  options: ManyOptions,
  slices: readonly Slice[],
): ManyRuns {
  const { named, instance } = situationOf(system, options);
  const runs = recordsOf(slices);
  const distributions = new Distributions();
  for (const slice of slices) distributions.add(slice.distributions);
  const merged = mergeVerdicts(instance.properties as readonly Property[]);
  const digest = new Digest();
  for (const { properties, digest: own } of runs) {
    merged.add(properties);
    digest.text(own);
  }
  const ended = (outcome: Outcome): Share =>
    share(runs.filter((one) => one.outcome === outcome).length, runs.length);
  const violations = violationsIn(runs, options.seed);
  const isWhole = runs.length >= options.runs && runs.every(({ verdict }) => verdict !== 'unknown');
  return {
    system: system.name,
    scenario: named?.name,
    parameters: instance.parameters,
    seed: options.seed,
    preset: options.preset,
    faults: [...(named?.scenario.faults ?? []), ...(options.faults ?? [])],
    runs: runs.length,
    asked: options.runs,
    verdict: violations.length > 0 ? 'violated' : isWhole ? 'holds' : 'unknown',
    outcomes: {
      recovered: ended('recovered'),
      blocked: ended('blocked'),
      stuck: ended('stuck'),
    },
    reasons: reasonsIn(runs),
    unreached: runs.filter(({ unreached }) => unreached > 0).length,
    properties: merged.verdicts(),
    violations,
    figures: estimated(runs, ({ figures }, name) => figureIn(figures, name)),
    distributions: distributions.durations(),
    digest: digest.hex(),
  };
}

/**
 * The differences of two systems on the same seeds, other minus one, with 95 % intervals of the mean
 * difference: pairs that met the same weather differ less than runs that did not. Figures that only one
 * of the systems has are left out.
 */
export function differencesOf(
  one: readonly Slice[],
  other: readonly Slice[],
): Readonly<Record<string, Estimate>> {
  const others = new Map(recordsOf(other).map((record) => [record.index, record]));
  const known = new Set(recordsOf(other).flatMap(({ figures }) => Object.keys(figures)));
  const pairs = recordsOf(one).flatMap((record) => {
    const partner = others.get(record.index);
    return partner === undefined ? [] : [{ figures: record.figures, partner: partner.figures }];
  });
  return estimated(pairs, ({ figures, partner }, name) => {
    if (!known.has(name)) return null;
    const [before, after] = [figureIn(figures, name), figureIn(partner, name)];
    return before === null || after === null ? null : after - before;
  });
}

function recordsOf(slices: readonly Slice[]): readonly RunRecord[] {
  return slices.flatMap(({ runs }) => runs).sort((a, b) => a.index - b.index);
}

function estimated<T extends Pick<RunRecord, 'figures'>>(
  runs: readonly T[],
  valueIn: (run: T, name: string) => number | null,
): Readonly<Record<string, Estimate>> {
  // Together what belongs together: a type of message that the first run never sent is with the others.
  const groups = new Map<string, Set<string>>();
  for (const { figures } of runs)
    for (const name of Object.keys(figures)) {
      const [group = ''] = name.split('.');
      groups.set(group, (groups.get(group) ?? new Set()).add(name));
    }
  const names = [...groups.values()].flatMap((group) => [...group]);
  const estimates: Record<string, Estimate> = {};
  for (const name of names) {
    const values = runs.map((one) => valueIn(one, name)).filter((value) => value !== null);
    const made = estimate(values);
    if (made !== undefined) estimates[name] = made;
  }
  return estimates;
}

function violationsIn(runs: readonly RunRecord[], seed: Seed): readonly ManyViolation[] {
  const found = new Map<string, number[]>();
  for (const { index, verdict, outcome, properties } of runs) {
    const violated = properties.filter((one) => one.verdict === 'violated').map(({ name }) => name);
    if (violated.length === 0 && verdict === 'violated' && outcome === 'stuck')
      violated.push('stuck');
    for (const name of violated) found.set(name, [...(found.get(name) ?? []), index]);
  }
  return [...found].map(([property, indices]) => ({
    property,
    runs: share(indices.length, runs.length),
    seeds: indices.slice(0, firstSeeds).map((index) => seedOf(seed, index)),
  }));
}

function reasonsIn(runs: readonly RunRecord[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  for (const { outcome, reason = 'for no reason given' } of runs)
    if (outcome === 'blocked') reasons[reason] = (reasons[reason] ?? 0) + 1;
  return reasons;
}
