/**
 * Random streams: one a purpose, created on first use, all derived from one seed by name. So a fault
 * that is added moves no other draw, and two protocols meet the same weather under one seed.
 */
import seedrandom from 'seedrandom';
import type { Digest } from '../model/digest.ts';
import type { Distribution } from '../model/distribution.ts';
import { UserMistake } from '../model/errors.ts';

/** What a run is seeded with: a whole number or a text. */
export type Seed = number | string;

export interface Streams {
  /** The next number of the stream of that name: 0 <= draw < 1. */
  draw(name: string): number;
  /** A duration drawn from the stream, in whole microseconds of virtual time. */
  duration(name: string, distribution: Distribution): number;
}

/** The streams of a seed. Every draw is mixed into the digest. */
export function createStreams(seed: Seed, digest: Digest): Streams {
  const streams = new Map<string, () => number>();
  const draw = (name: string): number => {
    let stream = streams.get(name);
    if (stream === undefined) {
      stream = seedrandom.alea(`${seed}/${name}`);
      streams.set(name, stream);
    }
    const drawn = stream();
    digest.number(drawn);
    return drawn;
  };
  return {
    draw,
    duration(name, distribution) {
      switch (distribution.kind) {
        case 'constant':
          return microseconds(distribution.ms);
        case 'uniform': {
          const { minMs, maxMs } = distribution;
          return microseconds(minMs + draw(name) * (maxMs - minMs));
        }
        case 'exponential':
          // Rounded at once: engines may differ in the last bit of a logarithm.
          return microseconds(
            Math.max(distribution.minMs, -distribution.meanMs * Math.log(1 - draw(name))),
          );
      }
    },
  };
}

/** Milliseconds as people write them, in whole microseconds. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

/** The seed as given, or a {@link UserMistake}. Digits in a text are the same seed as the number. */
export function legalSeed(seed: unknown): Seed {
  if (typeof seed === 'number' && Number.isSafeInteger(seed)) return seed;
  if (typeof seed === 'string' && seed !== '') return seed;
  throw new UserMistake(
    `the seed is ${JSON.stringify(seed)}; it must be a whole number or a text, such as 1`,
  );
}
