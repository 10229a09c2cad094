/**
 * What two-phase commit promises beside the properties of all atomic commitment, and when its runs may
 * end waiting.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible } from '../../model/property.ts';
import {
  type CommitView,
  hasDecided,
  participants,
  reaches,
} from '../atomic-commitment/properties.ts';

const everyoneDecided = (view: CommitView): boolean =>
  view.all.every((process) =>
    process.address === 'coordinator'
      ? process.in('forgotten') || process.in('presuming')
      : hasDecided(process),
  );

/** AC5: once failures are repaired and stay away, everybody decides. */
export const termination = alwaysPossible<CommitView>('AC5 termination', everyoneDecided, {
  description:
    'Whatever has happened, when failures are repaired every process can still decide and forget.',
});

/** Nobody who is up is in doubt, and the coordinator waits only for those it cannot reach. */
export function settled(view: CommitView): boolean {
  const decided = participants(view).every((process) => !process.up || hasDecided(process));
  return decided && !coordinatorWaits(view);
}

function coordinatorWaits(view: CommitView): boolean {
  const coordinator = view.all.find(({ address }) => address === 'coordinator');
  if (coordinator?.up !== true || coordinator.in('idle')) return false;
  if (coordinator.in('forgotten') || coordinator.in('presuming')) return false;
  if (coordinator.in('collecting')) return true;
  const { awaiting } = coordinator.context as { readonly awaiting: readonly Address[] };
  return awaiting.some((participant) => reaches(view, 'coordinator', participant));
}

/** Why participants may rightly wait: nobody they can reach may tell them the decision. */
export function blocked(view: CommitView): string | undefined {
  const inDoubt = participants(view).filter((process) => process.in('prepared'));
  if (inDoubt.length === 0 || coordinatorWaits(view)) return undefined;
  const reasons: string[] = [];
  for (const process of inDoubt) {
    if (process.up && reaches(view, process.address, 'coordinator')) return undefined;
    const { peers } = (process.up ? process.context : {}) as { readonly peers: readonly Address[] };
    const informed = participants(view).some(
      (peer) =>
        peers.includes(peer.address) &&
        reaches(view, process.address, peer.address) &&
        !peer.in('prepared') &&
        !peer.in('released'),
    );
    if (informed) return undefined;
    reasons.push(process.address);
  }
  const why = view.isUp('coordinator') ? 'cut off' : 'down';
  const are = reasons.length === 1 ? 'is' : 'are';
  return `${reasons.join(', ')} ${are} in doubt and the coordinator is ${why}`;
}
