/** Durations as they are measured: counted at once and forgotten, so that memory does not grow with a run. */

/**
 * Counts durations so that percentiles can be asked for. The core brings none: `hdrHistograms` of
 * `counterpoint/statistics` makes them over HdrHistogram.
 */
export interface Histogram {
  /** One more duration, in whole microseconds of virtual time. */
  record(us: number): void;
  /** The duration in µs that so many of a hundred do not exceed. Without it durations are counted only. */
  readonly percentile?: (percent: number) => number;
}

/** The histogram for what is measured, by its name: `latency`, `latency of read`, `span inDoubt`. */
export type Histograms = (of: string) => Histogram;

/** What many durations amount to, in ms of virtual time; without any, all but the count are null. */
export interface Durations {
  readonly count: number;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** Only where the run was given histograms. */
  readonly percentilesMs?: Percentiles | null;
}

export const percents = [50, 90, 99, 99.9] as const;

/** What so many of a hundred durations do not exceed, in ms. */
export type Percentiles = Readonly<Record<`p${(typeof percents)[number]}`, number>>;

/** What a recorder has counted, as data; the histogram stays with whoever brought it. */
export interface DurationCounts {
  readonly count: number;
  readonly sumUs: number;
  readonly minUs: number;
  readonly maxUs: number;
}

/** Sums stay exact: whole microseconds, of which a number holds 285 years. */
export class DurationRecorder {
  #count = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;
  readonly #histogram: Histogram | undefined;

  constructor(histogram: Histogram | undefined) {
    this.#histogram = histogram;
  }

  record(us: number): void {
    this.#count++;
    this.#sumUs += us;
    if (us < this.#minUs) this.#minUs = us;
    if (us > this.#maxUs) this.#maxUs = us;
    this.#histogram?.record(us);
  }

  /** As if what the other has counted had been recorded here too; for its histogram its owner cares. */
  add({ count, sumUs, minUs, maxUs }: DurationCounts): void {
    this.#count += count;
    this.#sumUs += sumUs;
    this.#minUs = Math.min(this.#minUs, minUs);
    this.#maxUs = Math.max(this.#maxUs, maxUs);
  }

  counts(): DurationCounts {
    return { count: this.#count, sumUs: this.#sumUs, minUs: this.#minUs, maxUs: this.#maxUs };
  }

  durations(): Durations {
    const count = this.#count;
    const percentile = this.#histogram?.percentile;
    const any = <T>(value: T): T | null => (count === 0 ? null : value);
    return {
      count,
      meanMs: any(this.#sumUs / count / 1000),
      minMs: any(this.#minUs / 1000),
      maxMs: any(this.#maxUs / 1000),
      ...(percentile === undefined
        ? {}
        : { percentilesMs: count === 0 ? null : percentilesOf(percentile, this.#maxUs) }),
    };
  }
}

/** A bucket of a histogram ends above the longest duration in it, which is known exactly. */
function percentilesOf(
  percentile: NonNullable<Histogram['percentile']>,
  maxUs: number,
): Percentiles {
  return Object.fromEntries(
    percents.map((percent) => [`p${percent}`, Math.min(percentile(percent), maxUs) / 1000]),
  ) as Percentiles;
}
