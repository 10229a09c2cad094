/** When the runs of Paxos may end waiting: where no quorum can be reached, or no ballot is left. */
import { type Address, nodeOfAddress } from '../../model/effects.ts';
import type { LiveProcess, ProcessView } from '../../model/view.ts';
import { reaches } from '../consensus/properties.ts';
import type { LearnerContext } from './learner.ts';
import type { AcceptorRecord } from './messages.ts';
import { type PaxosView, quorumsOf } from './observer.ts';
import { acceptorsOf, declaredLearners, learners, proposers } from './properties.ts';
import type { ProposerContext } from './proposer.ts';

/** A proposer that has begun and has not learnt. */
const isWaiting = (process: ProcessView): process is LiveProcess =>
  process.up && !process.in('idle') && !process.in('learnt');

const waitingLearners = (view: PaxosView): readonly ProcessView[] =>
  view.observed.proposed.length === 0
    ? []
    : declaredLearners(view).filter((one) => one.up && !one.in('learnt'));

/** Whoever is up and has proposed has learnt, and so has every learner that is up. */
export function settled(view: PaxosView): boolean {
  return !proposers(view).some(isWaiting) && waitingLearners(view).length === 0;
}

/** Why proposers and learners may rightly wait, or undefined when somebody should go on. */
export function blocked(view: PaxosView): string | undefined {
  const reasons: string[] = [];
  for (const one of proposers(view)) {
    if (!isWaiting(one)) continue;
    const reason = whyProposerWaits(view, one);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  for (const { address } of waitingLearners(view)) {
    if (canLearn(view, address)) return undefined;
    reasons.push(`${nodeOfAddress(address)} reaches nobody who knows a value`);
  }
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function whyProposerWaits(view: PaxosView, proposer: LiveProcess): string | undefined {
  const { address } = proposer;
  const id = nodeOfAddress(address);
  const context = proposer.context as ProposerContext;
  const { phase1, phase2, acceptors } = quorumsOf(view.parameters);
  const isReached = (one: Address): boolean => reaches(view, address, one);
  const inPhase1 = proposer.in('preparing');
  const answered = inPhase1 ? Object.keys(context.promises) : votersOf(view, id, context.ballot);
  const may = acceptorsOf(view).filter((one) => isReached(one) || answered.includes(one));
  if (proposer.in('exhausted')) return `${id} has no ballot left`;
  if (!inPhase1 && !proposer.in('accepting')) return undefined;
  const [phase, quorum] = inPhase1 ? [1, phase1] : [2, phase2];
  if (may.length >= quorum) return undefined;
  const reached = acceptorsOf(view).filter(isReached).length;
  return `${id} reaches ${reached} of ${acceptors} acceptors, and phase ${phase} needs ${quorum}`;
}

/** The acceptors whose votes in the ballot the learner on the node has counted. */
function votersOf(view: PaxosView, node: string, ballot: number): readonly Address[] {
  const own = learners(view).find(({ address }) => address === `${node}/learner`);
  if (own?.up !== true) return [];
  const { counts } = own.context as LearnerContext;
  return counts.find((one) => one.ballot === ballot)?.acceptors ?? [];
}

/** Whether somebody the learner reaches knows the value, or can with others make it count a quorum. */
function canLearn(view: PaxosView, learner: Address): boolean {
  const knows = learners(view).some(
    (one) => one.in('learnt') && reaches(view, learner, one.address),
  );
  if (knows) return true;
  const { phase2 } = quorumsOf(view.parameters);
  const votes = new Map<number, number>();
  for (const acceptor of acceptorsOf(view)) {
    if (!reaches(view, learner, acceptor)) continue;
    const last = (view.records(acceptor).durable as readonly AcceptorRecord[]).findLast(
      ({ record }) => record === 'vote',
    );
    if (last !== undefined) votes.set(last.ballot, (votes.get(last.ballot) ?? 0) + 1);
  }
  return [...votes.values()].some((count) => count >= phase2);
}
