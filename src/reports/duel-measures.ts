/** What duels of proposers come to in many runs, beside what follows without a machine. */
import type { Seed } from '../simulator/random.ts';
import { type Estimate, estimate, type Share, share } from '../statistics/estimate.ts';
import { binomialRange, type CountRange } from '../statistics/order-statistics.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { endlessProbability, referenceDuel } from './duel-reference.ts';
import { type BackOff, backOffs, duelEnding, type Ending, fixedBackOffMs } from './duels.ts';

export interface DuelPoint {
  readonly proposers: number;
  readonly backOff: BackOff;
}

/** Runs that are undecided so long after the start. */
export interface Undecided {
  readonly afterMs: number;
  readonly found: Share;
  /** The same of the model without machines. */
  readonly expected: Share;
  /** How many there may be, with 99.9 %; wider where the model itself is sampled. */
  readonly allowed: CountRange;
}

/** A figure of the runs that are decided. */
export interface Compared {
  readonly found: Estimate;
  readonly expected: Estimate;
  /** Whether the two means differ by no more than the 99.9 % interval of their difference. */
  readonly isAsExpected: boolean;
}

export interface DuelRow extends DuelPoint {
  readonly runs: number;
  readonly undecided: readonly Undecided[];
  /** Never decided, by the closed form, where there is one. */
  readonly endless?: { readonly probability: number; readonly allowed: CountRange };
  /** Of back-off that is drawn, under which all runs are decided. */
  readonly decidedMs?: Compared;
  readonly ballots?: Compared;
}

export const duelPoints: readonly DuelPoint[] = backOffs.flatMap((backOff) =>
  [1, 2, 3, 5, 8].map((proposers) => ({ proposers, backOff })),
);

/** Of the curves; at the last one nothing is decided any more that is not decided by then. */
export const momentsMs = [90, 120, 160, 200, 250, 300, 400, 500, 600, 800] as const;

/** Run `i` has the seed `seed/i`, and the model draws from seeds of its own. */
export function measureDuel(
  point: DuelPoint,
  runs: number,
  referenceRuns: number,
  seed: Seed,
): DuelRow {
  const duel = { ...point, acceptors: 3 };
  const found = endings(runs, (i) => duelEnding(duel, `${seed}/${i}`));
  const reference = endings(referenceRuns, (i) => referenceDuel(duel, `reference/${seed}/${i}`));
  const undecided = momentsMs.map((afterMs): Undecided => {
    const expected = share(undecidedAt(reference, afterMs), referenceRuns);
    const allowed = {
      low: binomialRange(runs, expected.low, 0.999).low,
      high: binomialRange(runs, expected.high, 0.999).high,
    };
    return { afterMs, found: share(undecidedAt(found, afterMs), runs), expected, allowed };
  });
  const probability = closedForm(point);
  return {
    ...point,
    runs,
    undecided,
    ...(probability !== undefined && {
      endless: { probability, allowed: binomialRange(runs, probability, 0.999) },
    }),
    ...(point.backOff === 'random' && {
      decidedMs: compared(found, reference, ({ decidedMs }) => decidedMs ?? Number.NaN),
      ballots: compared(found, reference, ({ ballots }) => ballots),
    }),
  };
}

function endings(runs: number, ending: (index: number) => Ending): readonly Ending[] {
  return Array.from({ length: runs }, (_, index) => ending(index + 1));
}

function undecidedAt(of: readonly Ending[], afterMs: number): number {
  return of.filter(({ decidedMs }) => decidedMs === undefined || decidedMs > afterMs).length;
}

function closedForm({ proposers, backOff }: DuelPoint): number | undefined {
  if (proposers !== 2 || backOff === 'random') return undefined;
  return endlessProbability(backOff === 'fixed' ? fixedBackOffMs : 0);
}

function compared(
  ours: readonly Ending[],
  model: readonly Ending[],
  figure: (ending: Ending) => number,
): Compared {
  const [found, expected] = [ours, model].map((of) => estimate(of.map(figure), 0.999)) as [
    Estimate,
    Estimate,
  ];
  const half = ({ mean, high }: Estimate): number => (high ?? Number.POSITIVE_INFINITY) - mean;
  const isAsExpected =
    Math.abs(found.mean - expected.mean) <= Math.hypot(half(found), half(expected));
  return { found, expected, isAsExpected };
}

export function isAllowed({ found: { count }, allowed }: Undecided): boolean {
  return count >= allowed.low && count <= allowed.high;
}

const reference = 'derived: a race of arrivals at one acceptor, without machines';

export function duelCells(rows: readonly DuelRow[]): readonly Cell[] {
  return rows.flatMap((row) => {
    const who = `${row.proposers} ${row.proposers === 1 ? 'proposer' : 'proposers'}, back-off ${row.backOff}`;
    const cells = row.undecided.map((one) =>
      toleratedCell(
        'duels',
        `${who}: undecided after ${one.afterMs} ms`,
        `${one.allowed.low} to ${one.allowed.high} of ${row.runs}`,
        `${reference}, with its 99.9 % interval`,
        String(one.found.count),
        isAllowed(one),
      ),
    );
    return [...cells, ...endlessCells(row, who), ...meanCells(row, who)];
  });
}

function endlessCells({ endless, undecided, runs }: DuelRow, who: string): readonly Cell[] {
  const found = undecided.at(-1)?.found.count ?? Number.NaN;
  if (endless === undefined) return [];
  const { probability, allowed } = endless;
  return [
    toleratedCell(
      'endless duels',
      `${who}: never decided`,
      `${probability.toFixed(3)}: ${allowed.low} to ${allowed.high} of ${runs}`,
      'derived: closed form, with its 99.9 % interval',
      String(found),
      found >= allowed.low && found <= allowed.high,
    ),
  ];
}

function meanCells({ decidedMs, ballots }: DuelRow, who: string): readonly Cell[] {
  const figures = [
    ['time until decided (ms)', decidedMs],
    ['ballots until decided', ballots],
  ] as const;
  return figures.flatMap(([name, figure]) => {
    if (figure === undefined) return [];
    const { found, expected, isAsExpected } = figure;
    const shown = ({ mean, low, high }: Estimate): string =>
      `${mean.toFixed(2)} (${(low ?? mean).toFixed(2)} to ${(high ?? mean).toFixed(2)})`;
    const source = `${reference}; 99.9 % intervals`;
    return [
      toleratedCell('time', `${who}: ${name}`, shown(expected), source, shown(found), isAsExpected),
    ];
  });
}
