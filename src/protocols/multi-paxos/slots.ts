/** What servers compute over slots: votes, what a new leader adopts, what is missing. Pure functions over data. */
import type { Address } from '../../model/effects.ts';
import type { Ballot } from '../paxos/messages.ts';
import type { Command, Entry, ServerRecord, SlotVote } from './messages.ts';

/** The last vote in each slot, lowest slot first. */
export type Votes = readonly SlotVote[];

export function voteIn(votes: Votes, slot: number): SlotVote | undefined {
  return votes.find((one) => one.slot === slot);
}

/** The votes after voting for the entries in the ballot. */
export function withVotes(votes: Votes, ballot: Ballot, entries: readonly Entry[]): Votes {
  const cast = entries.map(({ slot, command }) => ({ slot, ballot, command }));
  const others = votes.filter(({ slot }) => voteIn(cast, slot) === undefined);
  return [...others, ...cast].sort((a, b) => a.slot - b.slot);
}

/** What promises report. */
export type Reports = Readonly<Record<Address, Votes>>;

/**
 * What a new leader proposes again: in each slot from `first` to the last that anybody has voted in, the command
 * of the highest ballot reported; where nobody reports any, the no-op, so that later slots can be applied.
 */
export function adopted(reports: Reports, first: number): readonly Entry[] {
  const votes = Object.values(reports).flat();
  const last = Math.max(first - 1, ...votes.map(({ slot }) => slot));
  return Array.from({ length: last - first + 1 }, (_, offset): Entry => {
    const slot = first + offset;
    return { slot, command: highest(votes.filter((one) => one.slot === slot))?.command ?? null };
  });
}

function highest(votes: Votes): SlotVote | undefined {
  return votes.reduce<SlotVote | undefined>(
    (best, one) => (best === undefined || one.ballot > best.ballot ? one : best),
    undefined,
  );
}

/**
 * The first slot, of those that the leader of a ballot says are chosen, of which a server cannot know the command
 * by itself: it has not voted there in that ballot. Undefined when it knows all.
 */
export function firstMissing(
  log: readonly Command[],
  votes: Votes,
  announced: { readonly ballot: Ballot; readonly chosen: number },
): number | undefined {
  for (let slot = log.length + 1; slot <= announced.chosen; slot++)
    if (voteIn(votes, slot)?.ballot !== announced.ballot) return slot;
  return undefined;
}

/** What a server finds on its disk. */
export function recoveredServer(records: readonly ServerRecord[]): {
  readonly maxBal: Ballot;
  readonly votes: Votes;
} {
  let maxBal = 0;
  let votes: Votes = [];
  for (const one of records) {
    maxBal = Math.max(maxBal, one.ballot);
    if (one.record === 'votes') votes = withVotes(votes, one.ballot, one.entries);
  }
  return { maxBal, votes };
}
