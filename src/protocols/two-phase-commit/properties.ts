/**
 * What two-phase commit promises beside the properties of all atomic commitment, and when its runs may
 * end waiting.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import {
  type CommitView,
  type Decision,
  hasDecided,
  participants,
  reaches,
  someDecided,
} from '../atomic-commitment/properties.ts';

function holds(records: readonly unknown[], name: string): boolean {
  for (const one of records)
    if ((one as { readonly record?: unknown }).record === name) return true;
  return false;
}

/**
 * What a process has decided, its disk and the presumption would decide again. A decision that is presumed
 * needs no record of its own: who finds himself prepared asks, and whoever has no record answers so.
 */
export const durabilityOf = (presumed: Decision | 'nothing') =>
  invariant<CommitView>(
    'durability',
    (view) => {
      const { decided } = view.observed;
      for (const address in decided) {
        const { durable } = view.records(address);
        const has = (name: string): boolean => holds(durable, name);
        // Without a `prepared` record abort is what recovery decides, so it needs no record of its own.
        const aborts = !has('commit') && (has('abort') || !has('prepared') || presumed === 'abort');
        const commits =
          has('commit') || (presumed === 'commit' && !has('abort') && !has('initiation'));
        if (decided[address] === 'commit' ? !commits : !aborts) return false;
      }
      return true;
    },
    {
      description: 'What a process has decided, a restart from its disk would decide again.',
      premise: someDecided,
    },
  );

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
        !peer.in('prepared'),
    );
    if (informed) return undefined;
    reasons.push(process.address);
  }
  const why = view.isUp('coordinator') ? 'cut off' : 'down';
  const are = reasons.length === 1 ? 'is' : 'are';
  return `${reasons.join(', ')} ${are} in doubt and the coordinator is ${why}`;
}
