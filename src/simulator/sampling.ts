/** Durations drawn from distributions, in whole microseconds of virtual time. */
import type { Distribution } from '../model/distribution.ts';

/** Heavy tails end here (about 31 years), so that times stay exact whole numbers. */
const longestMs = 1e12;

/**
 * A duration of the law, by inversion from draws with 0 <= draw < 1. Rounded at once: engines may differ
 * in the last bit of a logarithm or a power.
 */
export function sample(law: Distribution, draw: () => number): number {
  switch (law.kind) {
    case 'constant':
      return microseconds(law.ms);
    case 'uniform':
      return microseconds(law.minMs + draw() * (law.maxMs - law.minMs));
    case 'exponential':
      return microseconds(Math.max(law.minMs, -law.meanMs * Math.log(1 - draw())));
    case 'logNormal': {
      // Box and Muller (1958): the cosine half of the pair.
      const radius = Math.sqrt(-2 * Math.log(1 - draw()));
      const normal = radius * Math.cos(2 * Math.PI * draw());
      return microseconds(law.offsetMs + law.medianMs * Math.exp(law.sigma * normal));
    }
    case 'pareto':
      return microseconds(law.minMs * (1 - draw()) ** (-1 / law.shape));
    case 'empirical': {
      const { samplesMs } = law;
      return microseconds(samplesMs[Math.floor(draw() * samplesMs.length)] ?? 0);
    }
  }
}

/** Milliseconds as people write them, in whole microseconds. */
export function microseconds(ms: number): number {
  return Math.round(Math.min(ms, longestMs) * 1000);
}
