/** What tree two-phase commit promises beside the properties of all atomic commitment, and when it may wait. */
import type { Address } from '../../../model/effects.ts';
import { alwaysPossible } from '../../../model/property.ts';
import { type CommitView, reaches } from '../../atomic-commitment/properties.ts';
import { allDecided, blockedInDoubt } from '../doubt.ts';

/** AC5: once failures are repaired and stay away, everybody decides, and knows that all below have. */
export const termination = alwaysPossible<CommitView>(
  'AC5 termination',
  ({ all }) => all.every((process) => process.in('committed.done') || process.in('aborted.done')),
  {
    description:
      'Whatever has happened, when failures are repaired every process can still decide and be done.',
  },
);

/** Nobody who is up is undecided, and a parent waits only for children that it cannot reach. */
export const settled = (view: CommitView): boolean => allDecided(view) && !someParentWaits(view);

/** Why sites may rightly wait. */
export const blocked = (view: CommitView): string | undefined =>
  someParentWaits(view) ? undefined : blockedInDoubt(view);

function someParentWaits(view: CommitView): boolean {
  return view.all.some((process) => {
    if (!process.up || !(process.in('committed.telling') || process.in('aborted.telling')))
      return false;
    const { awaiting } = process.context as { readonly awaiting: readonly Address[] };
    return awaiting.some((child) => reaches(view, process.address, child));
  });
}
