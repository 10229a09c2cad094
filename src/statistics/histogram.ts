/** Durations counted by HdrHistogram (Tene): buckets that widen with the values, and with them alone. */
import { build } from 'hdr-histogram-js';
import type { Histogram, Histograms } from '../simulator/durations.ts';

/** Significant decimal digits of every percentile: it is off by less than a thousandth. */
export const significantDigits = 3;

/** One histogram: 60 kB for durations up to a second, 340 kB for any, however many it counts. */
export function hdrHistogram(): Histogram {
  // WebAssembly would have to be compiled first, and the packed variant loses long durations.
  const counts = build({
    bitBucketSize: 64,
    useWebAssembly: false,
    autoResize: true,
    lowestDiscernibleValue: 1,
    numberOfSignificantValueDigits: significantDigits,
  });
  return {
    record: (us) => counts.recordValue(us),
    percentile: (percent) => counts.getValueAtPercentile(percent),
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
      histogram = hdrHistogram();
      byName.set(of, histogram);
    }
    return histogram;
  };
}
