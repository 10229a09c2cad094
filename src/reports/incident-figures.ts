/** Incidents by policies: measured over seeds, each beside the same runs without policies, and judged by claims. */
import { type IncidentClaim, incidentClaims } from '../patterns/incidents/claims.ts';
import { comparedPolicies } from '../patterns/incidents/policies.ts';
import { scenarios } from '../patterns/incidents/scenarios.ts';
import { incidentSystem } from '../patterns/incidents/system.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { runFileOf } from '../simulator/run-file.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { optionsOfRun, runSlice, type Slice, seedOf } from '../statistics/run-many.ts';
import { differencesOf, type ManyRuns, summaryOf } from '../statistics/summary.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { incidentPage } from './incident-page.ts';

/** One incident met by one list of policies. */
export interface IncidentRow {
  readonly scenario: string;
  readonly policy: string;
  /** Share of the requests that were answered within a second, degraded answers among them. */
  readonly good: Estimate | undefined;
  /** Answers that were degraded, in the mean of a run, of so many requests. */
  readonly degraded: number | undefined;
  readonly goodputPerSecond: Estimate | undefined;
  readonly meanMs: Estimate | undefined;
  /** Of all runs together. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly attempts: Estimate | undefined;
  readonly amplification: Estimate | undefined;
  /** The share less that without policies, on the same seeds; none where it is without them. */
  readonly gain: Estimate | undefined;
  /** Runs in which a property was violated: there must be none. */
  readonly violated: number;
  /** The file of its first run, beside the page. */
  readonly file: string;
}

/** A file beside the pages. */
export interface WrittenFile {
  readonly file: string;
  readonly text: string;
}

export interface IncidentOptions {
  readonly quick: boolean;
  readonly seed: Seed;
  /** Runs of each cell. Default 10, and 5 with `quick`. */
  readonly runs?: number;
  /** Some of the incidents and lists of policies. Default: all. */
  readonly scenarios?: readonly string[];
  readonly policies?: readonly string[];
  readonly progress: (what: string, isNew: boolean) => void;
}

/** How many parts {@link incidentFigures} reports. */
export const incidentParts = Object.keys(scenarios).length + 1;

export function incidentFigures(options: IncidentOptions): {
  readonly html: string;
  readonly data: readonly IncidentRow[];
  readonly cells: readonly Cell[];
  readonly files: readonly WrittenFile[];
} {
  const { quick, seed, progress } = options;
  const runs = options.runs ?? (quick ? 5 : 10);
  const policies = options.policies ?? comparedPolicies();
  const rows: IncidentRow[] = [];
  const cells: Cell[] = [];
  const files: WrittenFile[] = [];
  for (const scenario of options.scenarios ?? Object.keys(scenarios)) {
    progress(`incident ${scenario}`, true);
    const slices = new Map<string, Slice>();
    for (const policy of policies)
      slices.set(policy, runSlice(incidentSystem, asked(scenario, policy, runs, seed), 1, runs));
    for (const [policy, slice] of slices) {
      const many = summaryOf(incidentSystem, asked(scenario, policy, runs, seed), [slice]);
      const without = policy === 'none' ? undefined : slices.get('none');
      rows.push(rowOf(many, scenario, policy, without && differencesOf([without], [slice])));
      files.push(firstRun(scenario, policy, runs, seed));
    }
    cells.push(...cellsOf(scenario, slices));
  }
  progress('incidents as a page', true);
  const html = incidentPage({ rows, cells, seed, quick, runs });
  return { html, data: rows, cells, files };
}

function asked(scenario: string, policy: string, runs: number, seed: Seed) {
  return { seed, runs, scenario, parameters: { policy } };
}

function rowOf(
  many: ManyRuns,
  scenario: string,
  policy: string,
  gained: Readonly<Record<string, Estimate>> | undefined,
): IncidentRow {
  const { figures, distributions, violations } = many;
  const { percentilesMs } = distributions.latency ?? {};
  return {
    scenario,
    policy,
    good: figures['availability.inRequests'],
    degraded: degradedShare(figures),
    goodputPerSecond: figures.goodputPerSecond,
    meanMs: figures['operations.latency.meanMs'],
    p50Ms: percentilesMs?.p50,
    p99Ms: percentilesMs?.p99,
    attempts: figures['ratios.attempts a request'],
    amplification: figures['ratios.amplification'],
    gain: gained?.['availability.inRequests'],
    violated: violations.reduce((total, { runs }) => total + runs.count, 0),
    file: fileOf(scenario, policy),
  };
}

function degradedShare(figures: ManyRuns['figures']): number | undefined {
  const [degraded, arrived] = [figures['operations.degraded'], figures['operations.arrived']];
  return degraded === undefined || arrived === undefined ? undefined : degraded.mean / arrived.mean;
}

function fileOf(scenario: string, policy: string): string {
  return `incidents/${scenario}-${policy.replaceAll(',', '-')}.json`;
}

/** The first run of the cell, which `replay` and `explore` take. */
function firstRun(scenario: string, policy: string, runs: number, seed: Seed): WrittenFile {
  const options = optionsOfRun(
    incidentSystem,
    asked(scenario, policy, runs, seed),
    seedOf(seed, 1),
  );
  const done = run(incidentSystem, { ...options, trace: 'decisions' } as Parameters<
    typeof run<typeof incidentSystem>
  >[1]);
  return { file: fileOf(scenario, policy), text: `${JSON.stringify(runFileOf(done))}\n` };
}

/** The claims of which both sides were measured. */
function cellsOf(scenario: string, slices: ReadonlyMap<string, Slice>): readonly Cell[] {
  return incidentClaims.flatMap((claim) => {
    const [one, other] = [slices.get(claim.beside), slices.get(claim.policy)];
    if (claim.scenario !== scenario || one === undefined || other === undefined) return [];
    return [cellOf(claim, differencesOf([one], [other])[claim.figure])];
  });
}

const says: Readonly<Record<IncidentClaim['figure'], string>> = {
  'availability.inRequests': 'requests answered within a second',
  'ratios.amplification': 'calls for each request',
  'operations.latency.maxMs': 'time of the slowest answer',
};

function cellOf(claim: IncidentClaim, difference: Estimate | undefined): Cell {
  const { scenario, policy, beside, figure, is, source } = claim;
  const isEqual = difference !== undefined && isSo(is, difference);
  const what = `${scenario}, ${policy} beside ${beside}: ${says[figure]}`;
  return toleratedCell('incidents', what, is, source, foundWords(figure, difference), isEqual);
}

/** By the 95 % interval of the mean difference on the same seeds. */
function isSo(is: IncidentClaim['is'], { mean, low, high }: Estimate): boolean {
  if (is === 'more') return (low ?? mean) > 0;
  if (is === 'less') return (high ?? mean) < 0;
  return (high ?? mean) >= 0;
}

function foundWords(figure: IncidentClaim['figure'], difference: Estimate | undefined): string {
  if (difference === undefined) return 'no data';
  const { mean, low, high } = difference;
  const shown = (value: number): string => {
    if (figure === 'availability.inRequests') return (100 * value).toFixed(1);
    return value.toFixed(figure === 'ratios.amplification' ? 2 : 0);
  };
  const unit = { 'availability.inRequests': ' %', 'ratios.amplification': '' }[figure as string];
  const interval = low === null || high === null ? '' : ` (${shown(low)} to ${shown(high)})`;
  return `${mean > 0 ? '+' : ''}${shown(mean)}${interval}${unit ?? ' ms'}`;
}
