/** The state of a whole system: what the relation is a relation on. */
import type { ClientHistory } from './client-history.ts';
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
}

export const noFaults: FaultCount = {
  crashes: 0,
  restarts: 0,
  partitions: 0,
  diskLosses: 0,
};

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
