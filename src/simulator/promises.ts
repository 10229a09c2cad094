/**
 * What a system promises to survive, read off its declaration: faults that are generated go no further
 * unless somebody asks for it.
 */
import type { NodeId } from '../model/effects.ts';
import type { Fault } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';

export interface Promises {
  /** The kinds of faults that it says something about. */
  readonly survives: (kind: Fault['fault']) => boolean;
  /** The nodes whose processes all say how they recover. */
  readonly recovering: readonly NodeId[];
  /** Whether disks may be lost. */
  readonly losesDisks: boolean;
}

/**
 * - Messages are lost, and links cut, where the network declares loss; duplicated where it declares that.
 * - What changes only times strikes systems that claim something under asynchronous timing.
 * - Nodes crash where some recover. Disks fail, lie or are lost where the system's own scope has failed
 *   writes, lost forces or disk losses.
 */
export function promisesOf({ network, nodes, timing, system }: Instance): Promises {
  const recovering = nodes
    .filter(({ processes }) => processes.every(({ process }) => process.recover !== undefined))
    .map(({ id }) => id);
  const { failedWrites = 0, lostForces = 0, diskLosses = 0 } = system.scope ?? {};
  const survives = (kind: Fault['fault']): boolean => {
    switch (kind) {
      case 'loss':
        return network.loss;
      case 'partition':
        return network.loss && nodes.length > 1;
      case 'duplication':
        return network.duplication;
      case 'crash':
      case 'restart':
        return recovering.length > 0;
      case 'failed-write':
      case 'read-error':
        return failedWrites > 0 && recovering.length > 0;
      case 'lost-force':
        return lostForces > 0;
      case 'heal':
        return true;
      case 'hold':
        return timing === 'asynchronous' && nodes.length > 1;
      default:
        return timing === 'asynchronous';
    }
  };
  return { survives, recovering, losesDisks: diskLosses > 0 && recovering.length > 0 };
}
