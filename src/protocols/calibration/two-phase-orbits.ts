/**
 * TwoPhase counted up to permutation of the resource managers. The state is canonical by construction:
 * each resource manager is a triple of its state, whether the transaction manager has recorded its
 * Prepared message, and whether that message was sent, and the triples are sorted as wholes. Sorting by
 * the state alone is no canonical form: it gave Stateright the 665 states of its example, a count that
 * depends on the order of the search.
 *
 * A transition system, because a system of machines tells its nodes apart by their names.
 */
import { defineTransitionSystem, type Successor } from '../../model/transition-system.ts';
import { noneAbortedWhileOneCommitted, participants, type RmState } from './tcommit.ts';

interface Rm {
  readonly state: RmState;
  readonly recorded: boolean;
  readonly sent: boolean;
}

interface State {
  readonly tm: 'init' | 'committed' | 'aborted';
  readonly rms: readonly Rm[];
}

function canonicalForm({ tm, rms }: State): State {
  const key = ({ state, recorded, sent }: Rm): string => `${state} ${recorded} ${sent}`;
  return { tm, rms: rms.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

function* steps({ tm, rms }: State): Generator<Successor<State>> {
  if (tm === 'init') {
    if (rms.every(({ recorded }) => recorded))
      yield { label: 'tmCommit', state: { tm: 'committed', rms } };
    yield { label: 'tmAbort', state: { tm: 'aborted', rms } };
  }
  for (const [i, rm] of rms.entries()) {
    const become = (label: string, changed: Partial<Rm>): Successor<State> => ({
      label,
      state: { tm, rms: rms.with(i, { ...rm, ...changed }) },
    });
    if (tm === 'init' && rm.sent) yield become('tmReceivePrepared', { recorded: true });
    if (rm.state === 'working') {
      yield become('rmPrepare', { state: 'prepared', sent: true });
      yield become('rmChooseToAbort', { state: 'aborted' });
    }
    // The message Commit or Abort is in the set exactly when the transaction manager has decided so.
    if (tm === 'committed') yield become('rmReceiveCommit', { state: 'committed' });
    if (tm === 'aborted') yield become('rmReceiveAbort', { state: 'aborted' });
  }
}

export const twoPhaseOrbits = defineTransitionSystem({
  name: 'calibration/two-phase-orbits',
  description: 'Gray and Lamport’s TwoPhase, states counted up to permutation of participants.',
  parameters: { participants },
  initial: (parameters): readonly State[] => [
    {
      tm: 'init',
      rms: Array.from({ length: parameters.participants }, () => ({
        state: 'working',
        recorded: false,
        sent: false,
      })),
    },
  ],
  *next(state) {
    for (const { label, state: after } of steps(state))
      yield { label, state: canonicalForm(after) };
  },
  properties: ({ invariant }) => [
    invariant(
      'consistency',
      ({ rms }) => noneAbortedWhileOneCommitted(rms.map(({ state }) => state)),
      { description: 'No resource manager is aborted while another is committed.' },
    ),
  ],
});
