/**
 * Ballots: numbered 1, 2, ... and dealt out in turn, so that each belongs to one proposer. Proposer `index`
 * (from 1) of `proposers` has `index`, `index + proposers`, ..., one in each round.
 */
import type { Ballot, Value, Vote } from './messages.ts';

/** The ballot of a proposer in a round; rounds count from 1. */
export function ballotOf(round: number, index: number, proposers: number): Ballot {
  return (round - 1) * proposers + index;
}

/** The index of the proposer whose ballot it is, from 1. */
export function ownerOf(ballot: Ballot, proposers: number): number {
  return ((ballot - 1) % proposers) + 1;
}

/** The first round after `used` in which the proposer's ballot is higher than all it has heard of. */
export function roundAfter(used: number, seen: Ballot, index: number, proposers: number): number {
  const higher = Math.floor((seen - index) / proposers) + 2;
  return Math.max(used + 1, higher, 1);
}

/**
 * The choice of a value (P2c of Paxos Made Simple): the value of the highest-numbered vote that the promises
 * report; the proposer is free to propose its own only where none reports any.
 */
export function choiceOf(reported: readonly (Vote | null)[], own: Value): Value {
  let highest: Vote | null = null;
  for (const vote of reported)
    if (vote !== null && (highest === null || vote.ballot > highest.ballot)) highest = vote;
  return highest?.value ?? own;
}

/** How many of `acceptors` are a majority. */
export function majorityOf(acceptors: number): number {
  return Math.floor(acceptors / 2) + 1;
}
