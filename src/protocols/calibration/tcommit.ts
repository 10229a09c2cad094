/**
 * TCommit, the specification of transaction commit (Gray and Lamport, Consensus on Transaction Commit,
 * 2006; tlaplus/Examples, TCommit.tla). Resource managers see each other's state: there are no messages,
 * so it is a transition system.
 */
import { integer } from '../../model/parameters.ts';
import { defineTransitionSystem, type Successor } from '../../model/transition-system.ts';

export type RmState = 'working' | 'prepared' | 'committed' | 'aborted';

/** The parameter of all models of commit. */
export const participants = integer(3, { min: 1, max: 12, description: 'resource managers' });

export function noneAbortedWhileOneCommitted(rms: readonly string[]): boolean {
  return !(rms.includes('committed') && rms.includes('aborted'));
}

/** The steps of the specification; every correct protocol takes only these, or none. */
export function* tcommitSteps(rms: readonly RmState[]): Generator<Successor<readonly RmState[]>> {
  const mayCommit = rms.every((rm) => rm === 'prepared' || rm === 'committed');
  const mayAbort = !rms.includes('committed');
  for (const [i, rm] of rms.entries()) {
    const step = (name: string, state: RmState) => ({
      label: `${name} ${i + 1}`,
      state: rms.with(i, state),
    });
    if (rm === 'working') yield step('prepare', 'prepared');
    if (rm === 'prepared' && mayCommit) yield step('commit', 'committed');
    if ((rm === 'working' || rm === 'prepared') && mayAbort) yield step('abort', 'aborted');
  }
}

export const tcommit = defineTransitionSystem({
  name: 'calibration/tcommit',
  description: 'Gray and Lamport’s TCommit, the specification of transaction commit.',
  parameters: { participants },
  initial: (parameters): readonly (readonly RmState[])[] => [
    Array.from({ length: parameters.participants }, () => 'working'),
  ],
  next: tcommitSteps,
  symmetry: {
    sets: (parameters) => [Array.from({ length: parameters.participants }, (_, i) => String(i))],
    permute: (rms, to) => rms.map((_, i) => rms[Number(to(String(i)))] as RmState),
  },
  properties: ({ invariant }) => [
    invariant('consistency', noneAbortedWhileOneCommitted, {
      description: 'No resource manager is aborted while another is committed.',
    }),
  ],
});
