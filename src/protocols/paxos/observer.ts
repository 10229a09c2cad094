/**
 * What is observed of Paxos beside proposals and decisions: every vote that an acceptor has forced, and every
 * 2a that was issued. So it is known what is chosen before, and whether or not, any learner knows.
 */
import type { Address } from '../../model/effects.ts';
import type { Observer } from '../../model/system.ts';
import {
  type ConsensusView,
  consensusObserver,
  including,
  type ObservedConsensus,
  observeConsensus,
} from '../consensus/properties.ts';
import type { Ballot, Value, Vote } from './messages.ts';
import { type GivenQuorums, type Quorums, quorumSizes } from './quorums.ts';

/** The acceptors that have ever voted for this value in this ballot. */
export interface Votes extends Vote {
  readonly acceptors: readonly Address[];
}

export interface ObservedPaxos extends ObservedConsensus {
  /** In the order of ballots, then values. */
  readonly votes: readonly Votes[];
  /** The values of the 2a of each ballot: one, or an invariant is broken. */
  readonly issued: Readonly<Record<Ballot, readonly Value[]>>;
}

export type PaxosView = ConsensusView<ObservedPaxos>;

export const observer: Observer<ObservedPaxos> = {
  initial: { ...consensusObserver.initial, votes: [], issued: {} },
  on(observed, mark) {
    if (mark.name === 'voted') return withVote(observed, mark.data as Vote, mark.process);
    if (mark.name === 'issued') return withIssued(observed, mark.data as Vote);
    return observeConsensus(observed, mark);
  },
};

function withVote(observed: ObservedPaxos, { ballot, value }: Vote, by: Address): ObservedPaxos {
  const same = (one: Votes): boolean => one.ballot === ballot && one.value === value;
  const before = observed.votes.find(same)?.acceptors ?? [];
  const acceptors = including(before, by);
  if (acceptors === before) return observed;
  const votes = [...observed.votes.filter((one) => !same(one)), { ballot, value, acceptors }];
  votes.sort((a, b) => a.ballot - b.ballot || (a.value < b.value ? -1 : 1));
  return { ...observed, votes };
}

function withIssued(observed: ObservedPaxos, { ballot, value }: Vote): ObservedPaxos {
  const before = observed.issued[ballot] ?? [];
  const values = including(before, value);
  if (values === before) return observed;
  return { ...observed, issued: { ...observed.issued, [ballot]: values } };
}

/** The sizes of the quorums, as the parameters of the system say them. */
export function quorumsOf(
  parameters: Readonly<Record<string, unknown>>,
): Quorums & { readonly acceptors: number } {
  const { acceptors } = parameters as { readonly acceptors: number };
  return { acceptors, ...quorumSizes(acceptors, parameters as unknown as GivenQuorums) };
}

/** The values that a phase 2 quorum has voted for in one ballot: what is chosen, whoever knows it. */
export function chosen(view: Pick<PaxosView, 'observed' | 'parameters'>): readonly Value[] {
  const { phase2 } = quorumsOf(view.parameters);
  const values = new Set<Value>();
  for (const { value, acceptors } of view.observed.votes)
    if (acceptors.length >= phase2) values.add(value);
  return [...values];
}
