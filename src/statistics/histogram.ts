/** Durations counted by HdrHistogram (Tene): buckets that widen with the values, and with them alone. */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js';
import {
  type DurationCounts,
  DurationRecorder,
  type Durations,
  type Histogram,
  type Histograms,
} from '../simulator/durations.ts';

/** Significant decimal digits of every percentile: it is off by less than a thousandth. */
const significantDigits = 3;
/** Counts of 64 bits: with very many durations the packed variant of the library gets them wrong. */
const bits = 64;

/** 60 kB for durations up to a second, 340 kB for any, however many it counts. */
function newHistogram(): HdrHistogram {
  return build({
    bitBucketSize: bits,
    // It would have to be compiled before a run.
    useWebAssembly: false,
    autoResize: true,
    lowestDiscernibleValue: 1,
    numberOfSignificantValueDigits: significantDigits,
  });
}

function counting(histogram: HdrHistogram): Histogram {
  return {
    record: (us) => histogram.recordValue(us),
    percentile: (percent) => histogram.getValueAtPercentile(percent),
  };
}

/**
 * Histograms by the name of what they count, for a run whose metrics shall have percentiles.
 *
 *     run(system, { seed: 1, histograms: hdrHistograms() }).metrics.operations.latency.percentilesMs
 *
 * Given to several runs, they count the durations of all of these together.
 */
export function hdrHistograms(): Histograms {
  const byName = new Map<string, Histogram>();
  return (of) => {
    let histogram = byName.get(of);
    if (histogram === undefined) {
      histogram = counting(newHistogram());
      byName.set(of, histogram);
    }
    return histogram;
  };
}

/** Durations of one name as plain data, which can be sent to another thread. */
export interface DistributionData extends DurationCounts {
  /** HdrHistogram's own encoding (version 2, compressed, base64). */
  readonly histogram: string;
}

/** The durations of many runs by name, which can be sent elsewhere and added up in any order. */
export class Distributions {
  readonly #byName = new Map<string, { hdr: HdrHistogram; recorder: DurationRecorder }>();

  /** For a run: counts its durations here. Of one run alone there are no percentiles then. */
  readonly histograms: Histograms = (of) => {
    const { recorder } = this.#named(of);
    return { record: (us) => recorder.record(us) };
  };

  data(): Readonly<Record<string, DistributionData>> {
    return Object.fromEntries(
      [...this.#byName].map(([name, { hdr, recorder }]) => [
        name,
        { ...recorder.counts(), histogram: encodeIntoCompressedBase64(hdr) },
      ]),
    );
  }

  add(data: Readonly<Record<string, DistributionData>>): void {
    for (const [name, { histogram, ...counts }] of Object.entries(data)) {
      const { hdr, recorder } = this.#named(name);
      hdr.add(decodeFromCompressedBase64(histogram, bits) as HdrHistogram);
      recorder.add(counts);
    }
  }

  /** By name, sorted, so that it does not matter which came first. */
  durations(): Readonly<Record<string, Durations>> {
    const names = [...this.#byName.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, this.#named(name).recorder.durations()]));
  }

  #named(name: string) {
    let own = this.#byName.get(name);
    if (own === undefined) {
      const hdr = newHistogram();
      own = { hdr, recorder: new DurationRecorder(counting(hdr)) };
      this.#byName.set(name, own);
    }
    return own;
  }
}
