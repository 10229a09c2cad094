/** The state of a whole system: what the relation is a relation on. */
import type { ClientHistory } from './client-history.ts';
import type { Decision } from './decision.ts';
import type { Flight } from './network.ts';
import type { NodeState, RoutedEnvelope } from './node.ts';

/**
 * How many faults have happened; scopes bound them. Losses are counted by
 * metrics, not here: they would tell apart states that are the same.
 */
export interface FaultCount {
  readonly crashes: number;
  readonly restarts: number;
  readonly partitions: number;
  readonly diskLosses: number;
  /** Forced writes that a disk acknowledged without carrying them out. */
  readonly lostForces: number;
  readonly failedWrites: number;
}

export const noFaults: FaultCount = {
  crashes: 0,
  restarts: 0,
  partitions: 0,
  diskLosses: 0,
  lostForces: 0,
  failedWrites: 0,
};

/** The faults that the scope bounds, as counted in a state. */
export const faultNames = Object.keys(noFaults) as readonly (keyof FaultCount)[];

/** As which fault a decision counts, beside the crash that may cut it short. */
export function countedAs({ type }: Decision): keyof FaultCount | undefined {
  switch (type) {
    case 'crash':
      return 'crashes';
    case 'restart':
      return 'restarts';
    case 'cut':
      return 'partitions';
    case 'loseDisk':
      return 'diskLosses';
    case 'loseForce':
      return 'lostForces';
    case 'failWrite':
      return 'failedWrites';
    default:
      return undefined;
  }
}

export interface State {
  /** By node index. */
  readonly nodes: readonly NodeState[];
  readonly flight: Flight;
  /** On a duplicating network, what was delivered last. */
  readonly delivered?: RoutedEnvelope;
  /** Cut links as source * nodes + target, sorted. */
  readonly cuts: readonly number[];
  readonly faults: FaultCount;
  /** What the system's observer has made of the marks so far. */
  readonly observed: unknown;
  /** What clients have seen; only of a system with a property that asks for it. */
  readonly history?: ClientHistory;
}

/** The node of that index. */
export function nodeAt(state: State, index: number): NodeState {
  const node = state.nodes[index];
  if (node === undefined) throw new Error('broken promise: the state lacks a node');
  return node;
}
