/**
 * Which processes share a node, by the three ways in which Gray and Lamport (2006) and their readers count
 * messages: sends within a node are none.
 */
import type { Address, NodeId } from '../../model/effects.ts';
import { defineNode, type Node, type Process } from '../../model/process.ts';
import type { Sites } from './ballots.ts';

/**
 * `apart`: a node a process. `leader-is-acceptor`: a leader shares the node of an acceptor, and the initiator's
 * vote to the first of them begins the transaction; it is what the paper counts without co-location.
 * `co-located`: acceptors and leaders are on the nodes of participants, the first leader on the initiator's.
 */
export const placements = ['apart', 'leader-is-acceptor', 'co-located'] as const;
export type Placement = (typeof placements)[number];

export interface Counts {
  readonly participants: number;
  readonly acceptors: number;
  readonly leaders: number;
}

type Role = 'participant' | 'acceptor' | 'leader';
interface Place {
  readonly role: Role;
  readonly node: NodeId;
}

/** Each process and its node: participants, then acceptors, then leaders. */
function places(placement: Placement, { participants, acceptors, leaders }: Counts) {
  const together = placement === 'co-located';
  const list = (role: Role, count: number, node: (index: number) => NodeId): readonly Place[] =>
    Array.from({ length: count }, (_, index) => ({ role, node: node(index + 1) }));
  const participant = (index: number): NodeId => `p${index}`;
  const acceptor = (index: number): NodeId =>
    together && index <= participants ? participant(index) : `a${index}`;
  const leader = (index: number): NodeId => {
    if (together && index <= participants) return participant(index);
    return placement === 'leader-is-acceptor' && index <= acceptors
      ? acceptor(index)
      : `leader${index}`;
  };
  return [
    ...list('participant', participants, participant),
    ...list('acceptor', acceptors, acceptor),
    ...list('leader', leaders, leader),
  ];
}

/** The addresses of all: that of the node where a process is alone on it. */
export function sitesOf(placement: Placement, counts: Counts): Sites {
  const all = places(placement, counts);
  const shared = ({ node }: Place): boolean => all.filter((one) => one.node === node).length > 1;
  const addresses = (role: Role): readonly Address[] =>
    all
      .filter((place) => place.role === role)
      .map((place) => (shared(place) ? `${place.node}/${role}` : place.node));
  return {
    participants: addresses('participant'),
    acceptors: addresses('acceptor'),
    leaders: addresses('leader'),
  };
}

/** The nodes with their processes, made for each role by its place in the order, from 0 on. */
export function hosted(
  placement: Placement,
  counts: Counts,
  make: Readonly<Record<Role, (index: number) => Process>>,
): Record<string, Process | Node> {
  const made: Record<string, Record<string, Process>> = {};
  const next: Record<Role, number> = { participant: 0, acceptor: 0, leader: 0 };
  for (const { role, node } of places(placement, counts)) {
    made[node] = { ...made[node], [role]: make[role](next[role]) };
    next[role] += 1;
  }
  return Object.fromEntries(
    Object.entries(made).map(([node, processes]) => {
      const [only, ...more] = Object.values(processes);
      return [node, more.length === 0 ? (only as Process) : defineNode({ processes })];
    }),
  );
}
