/** Quorums of two sizes (Howard, Malkhi and Spiegelman 2016): only those of different phases must meet. */
import { UserMistake } from '../../model/errors.ts';
import { majorityOf } from './ballots.ts';

/** As parameters say them; 0 is a majority. */
export interface GivenQuorums {
  readonly phase1Quorum: number;
  readonly phase2Quorum: number;
}

export interface Quorums {
  readonly phase1: number;
  readonly phase2: number;
}

export function quorumSizes(
  acceptors: number,
  { phase1Quorum, phase2Quorum }: GivenQuorums,
): Quorums {
  const majority = majorityOf(acceptors);
  return { phase1: phase1Quorum || majority, phase2: phase2Quorum || majority };
}

/** Throws a {@link UserMistake} for quorums that are too large, or that can miss each other. */
export function refuseQuorums(
  acceptors: number,
  { phase1, phase2 }: Quorums,
  mayMiss: boolean,
  noun = 'acceptors',
): void {
  for (const [name, quorum] of [
    ['phase1Quorum', phase1],
    ['phase2Quorum', phase2],
  ] as const)
    if (quorum > acceptors)
      throw new UserMistake(
        `${name} is ${quorum}, more than there are ${noun}; it must be a whole number from 1 to ${acceptors}, or 0 for a majority`,
      );
  if (phase1 + phase2 <= acceptors && !mayMiss)
    throw new UserMistake(
      `phase 1 quorums of ${phase1} and phase 2 quorums of ${phase2} of ${acceptors} ${noun} can miss each other; they must add up to ${acceptors + 1} or more (mayMiss=true shows what breaks otherwise)`,
    );
}
