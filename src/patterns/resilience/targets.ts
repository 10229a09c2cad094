/** The targets of a failover: what is known of each, which are healthy, which is next, which may be ejected. */
import { legal } from './legal.ts';
import type { Slice } from './window.ts';

/** What a failover knows of one of its targets. */
export interface Target {
  readonly name: string;
  /** Results since it was last ejected or readmitted. */
  readonly window: readonly Slice[];
  /** Its last results, for the comparison with the others. */
  readonly recent: readonly Slice[];
  readonly isEjected: boolean;
  /** How often it was ejected, less what was forgiven since; counted where the ejection time depends on it. */
  readonly times: number;
  /** Which stay in or out this is: the least number that no call under way to it bears. */
  readonly epoch: number;
  /** What probes say, and how many in a row say the opposite. */
  readonly isDown: boolean;
  readonly row: number;
}

export type Choice = 'priority' | 'round-robin' | 'sticky';

/** A target whose share of successes is below the mean of all less `factor` standard deviations is ejected. */
export interface Outlier {
  /** Default 1.9. */
  readonly factor?: number;
  /** There must be so many targets with enough results. Default 5. */
  readonly targets?: number;
  /** The last results that count. Default 100. */
  readonly size?: number;
  /** A target has enough results from so many on. Default: the size. */
  readonly minimum?: number;
}

export function fullOutlier(given: Outlier): Required<Outlier> {
  const check = legal('failover');
  check.names(given, ['factor', 'targets', 'size', 'minimum'], 'outlier.');
  const full = { factor: 1.9, targets: 5, size: 100, minimum: given.size ?? 100, ...given };
  check.number('outlier.factor', full.factor, 0, Number.MAX_VALUE);
  check.whole('outlier.targets', full.targets, 2);
  check.whole('outlier.size', full.size, 1);
  check.whole('outlier.minimum', full.minimum, 1);
  if (full.minimum > full.size)
    check.bad('outlier.minimum', full.minimum, `no more than the size, ${full.size}`);
  return full;
}

export function freshTarget(name: string): Target {
  return {
    ...{ name, window: [], recent: [], isEjected: false, times: 0, epoch: 1 },
    ...{ isDown: false, row: 0 },
  };
}

export function isHealthy({ isEjected, isDown }: Target): boolean {
  return !isEjected && !isDown;
}

/** So few are healthy that the sick ones must serve too (Envoy's panic threshold), or none is. */
export function isPanic(targets: readonly Target[], below: number): boolean {
  const healthy = targets.filter(isHealthy).length;
  return healthy === 0 || healthy / targets.length < below;
}

/** The target of the next call, among these; `last` is where the call before it went. */
export function chosen(
  choice: Choice,
  all: readonly Target[],
  among: readonly Target[],
  last: string | null,
): string | undefined {
  const isAmong = (name: string) => among.some((one) => one.name === name);
  if (choice === 'priority' || last === null) return among[0]?.name;
  if (choice === 'sticky' && isAmong(last)) return last;
  const from = all.findIndex(({ name }) => name === last);
  const inTurn = [...all.slice(from + 1), ...all.slice(0, from + 1)];
  return inTurn.find(({ name }) => isAmong(name))?.name;
}

/** One may always be ejected, and more only up to a share of all. */
export function mayEject(targets: readonly Target[], maxShare: number): boolean {
  const ejected = targets.filter(({ isEjected }) => isEjected).length;
  return ejected === 0 || (ejected + 1) / targets.length <= maxShare;
}

/** Whether its share of successes lies out of those of the targets that have enough results. */
export function isOutlier(
  { factor, targets: least, minimum }: Required<Outlier>,
  targets: readonly Target[],
  name: string,
): boolean {
  const known = targets
    .filter(({ isEjected, recent }) => !isEjected && recent.length >= minimum)
    .map((one) => ({
      name: one.name,
      share: one.recent.filter(({ failed }) => failed === 0).length / one.recent.length,
    }));
  const own = known.find((one) => one.name === name)?.share;
  if (own === undefined || known.length < least) return false;
  const mean = known.reduce((sum, { share }) => sum + share, 0) / known.length;
  const variance = known.reduce((sum, { share }) => sum + (share - mean) ** 2, 0) / known.length;
  return own < mean - factor * Math.sqrt(variance);
}
