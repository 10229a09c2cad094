/**
 * Random streams: one a purpose, created on first use, all derived from one seed by name. So a fault
 * that is added moves no other draw, and two protocols meet the same weather under one seed.
 */
import seedrandom from 'seedrandom';
import type { Digest } from '../model/digest.ts';
import type { Distribution } from '../model/distribution.ts';
import { UserMistake } from '../model/errors.ts';
import { sample } from './sampling.ts';

/** What a run is seeded with: a whole number or a text. */
export type Seed = number | string;

export interface Streams {
  /** The next number of the stream of that purpose and owner: 0 <= draw < 1. */
  draw(purpose: string, owner: string): number;
  /** A duration drawn from the stream, in whole microseconds of virtual time. */
  duration(purpose: string, owner: string, distribution: Distribution): number;
}

/** The streams of a seed. Every draw is mixed into the digest. */
export function createStreams(seed: Seed, digest: Digest): Streams {
  // In two levels, since a name put together for each draw would cost more than the draw.
  const streams = new Map<string, Map<string, () => number>>();
  const draw = (purpose: string, owner: string): number => {
    let ofPurpose = streams.get(purpose);
    if (ofPurpose === undefined) {
      ofPurpose = new Map();
      streams.set(purpose, ofPurpose);
    }
    let stream = ofPurpose.get(owner);
    if (stream === undefined) {
      stream = seedrandom.alea(`${seed}/${purpose} ${owner}`);
      ofPurpose.set(owner, stream);
    }
    const drawn = stream();
    digest.number(drawn);
    return drawn;
  };
  return {
    draw,
    duration: (purpose, owner, distribution) => sample(distribution, () => draw(purpose, owner)),
  };
}

/** The seed as given, or a {@link UserMistake}. Digits in a text are the same seed as the number. */
export function legalSeed(seed: unknown): Seed {
  if (typeof seed === 'number' && Number.isSafeInteger(seed)) return seed;
  if (typeof seed === 'string' && seed !== '') return seed;
  throw new UserMistake(
    `the seed is ${JSON.stringify(seed)}; it must be a whole number or a text, such as 1`,
  );
}
