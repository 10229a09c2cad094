/** What is observed of Multi-Paxos beside the log: every vote that a server has forced, slot by slot. */
import type { Address } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import type { Observer } from '../../model/system.ts';
import type { View } from '../../model/view.ts';
import { type GivenQuorums, type Quorums, quorumSizes } from '../paxos/quorums.ts';
import {
  type ObservedLog,
  observeLog,
  replicatedLogObserver,
} from '../replicated-log/properties.ts';
import type { SlotVote } from './messages.ts';

/** The servers that have ever voted for this command, as canonical text, in this slot and ballot. */
export interface CountedVotes {
  readonly slot: number;
  readonly ballot: number;
  readonly command: string;
  readonly servers: readonly Address[];
}

export interface ObservedMultiPaxos extends ObservedLog {
  /** In the order of slots, then ballots, then commands. */
  readonly votes: readonly CountedVotes[];
}

export type MultiPaxosView = Pick<
  View<Record<never, never>, ObservedMultiPaxos>,
  'parameters' | 'all' | 'observed' | 'isUp' | 'isConnected' | 'records'
>;

export const observer: Observer<ObservedMultiPaxos> = {
  initial: { ...replicatedLogObserver.initial, votes: [] },
  on(observed, mark) {
    if (mark.name !== 'voted') return observeLog(observed, mark);
    const { votes } = mark.data as { readonly votes: readonly SlotVote[] };
    return votes.reduce((sofar, vote) => withVote(sofar, vote, mark.process), observed);
  },
};

function withVote(
  observed: ObservedMultiPaxos,
  { slot, ballot, command }: SlotVote,
  by: Address,
): ObservedMultiPaxos {
  const text = canonical(command);
  const isIt = (one: CountedVotes): boolean =>
    one.slot === slot && one.ballot === ballot && one.command === text;
  const before = observed.votes.find(isIt)?.servers ?? [];
  if (before.includes(by)) return observed;
  const now: CountedVotes = { slot, ballot, command: text, servers: [...before, by].sort() };
  const votes = [...observed.votes.filter((one) => !isIt(one)), now].sort(
    (a, b) => a.slot - b.slot || a.ballot - b.ballot || (a.command < b.command ? -1 : 1),
  );
  return { ...observed, votes };
}

/** The sizes of the quorums, as the parameters of the system say them. */
export function quorumsOf(
  parameters: Readonly<Record<string, unknown>>,
): Quorums & { readonly servers: number } {
  const { servers } = parameters as { readonly servers: number };
  return { servers, ...quorumSizes(servers, parameters as unknown as GivenQuorums) };
}

/** The commands that a phase 2 quorum has voted for in one ballot, by slot: what is chosen, whoever knows it. */
export function chosenIn({
  observed,
  parameters,
}: MultiPaxosView): ReadonlyMap<number, Set<string>> {
  const { phase2 } = quorumsOf(parameters);
  const chosen = new Map<number, Set<string>>();
  for (const { slot, command, servers } of observed.votes)
    if (servers.length >= phase2) chosen.set(slot, (chosen.get(slot) ?? new Set()).add(command));
  return chosen;
}
