/**
 * Two-phase commit with a backup transaction manager (tlaplus/Examples, 2PCwithBTM.tla). Everybody reads
 * shared variables, so it is a transition system. A choosing step has one successor for each witness of
 * its "there is", as TLC counts them: distinct and depth do not depend on that, generated does.
 */
import { defineTransitionSystem, type Successor } from '../../model/transition-system.ts';
import { noneAbortedWhileOneCommitted, participants } from './tcommit.ts';

type RmState = 'working' | 'prepared' | 'committed' | 'aborted' | 'failed';
type Choosing = 'start' | 'decideCommit' | 'decideAbort' | 'done';

interface State {
  readonly rms: readonly { readonly state: RmState; readonly done: boolean }[];
  /** The decision as the resource managers can see it. */
  readonly tm: 'init' | 'commit' | 'abort' | 'hidden';
  readonly tmStep: Choosing | 'failAfterCommit' | 'failAfterAbort';
  readonly backupStep: Choosing;
}

function count(rms: State['rms'], ...states: readonly RmState[]): number {
  return rms.filter(({ state }) => states.includes(state)).length;
}

/** Every resource manager is prepared, or some is committed: one witness for each way to see that. */
function commitWitnesses(rms: State['rms']): number {
  const committed = count(rms, 'committed');
  return rms.reduce((ways, { state }) => ways * ((state === 'prepared' ? 1 : 0) + committed), 1);
}

/** Some resource manager is aborted or failed, and none is committed. */
function abortWitnesses(rms: State['rms']): number {
  return count(rms, 'committed') > 0 ? 0 : count(rms, 'aborted', 'failed');
}

function* rmSteps(state: State): Generator<Successor<State>> {
  const { rms, tm } = state;
  for (const [i, rm] of rms.entries()) {
    if (rm.done) continue;
    const become = (label: string, after: RmState): Successor<State> => ({
      label: `${label} ${i + 1}`,
      state: { ...state, rms: rms.with(i, { ...rm, state: after }) },
    });
    if (rm.state !== 'working' && rm.state !== 'prepared') {
      yield {
        label: `rmEnd ${i + 1}`,
        state: { ...state, rms: rms.with(i, { ...rm, done: true }) },
      };
      continue;
    }
    if (rm.state === 'working') yield become('rmPrepare', 'prepared');
    if (tm === 'commit') yield become('rmCommit', 'committed');
    // Two alternatives of one "or": both may hold.
    if (rm.state === 'working') yield become('rmAbort', 'aborted');
    if (tm === 'abort') yield become('rmAbort', 'aborted');
    // One resource manager fails at most; after that, failing changes nothing.
    yield become('rmFail', count(rms, 'failed') > 0 ? rm.state : 'failed');
  }
}

function* managerSteps(state: State): Generator<Successor<State>> {
  const { rms, tm, tmStep, backupStep } = state;
  const times = function* (ways: number, label: string, changed: Partial<State>) {
    for (let way = 0; way < ways; way++) yield { label, state: { ...state, ...changed } };
  };
  if (tmStep === 'start') {
    yield* times(commitWitnesses(rms), 'tmChooseCommit', { tmStep: 'decideCommit' });
    yield* times(abortWitnesses(rms), 'tmChooseAbort', { tmStep: 'decideAbort' });
  }
  if (tmStep === 'decideCommit')
    yield* times(1, 'tmWriteCommit', { tm: 'commit', tmStep: 'failAfterCommit' });
  if (tmStep === 'decideAbort')
    yield* times(1, 'tmWriteAbort', { tm: 'abort', tmStep: 'failAfterAbort' });
  if (tmStep === 'failAfterCommit' || tmStep === 'failAfterAbort')
    yield* times(1, 'tmFail', { tm: 'hidden', tmStep: 'done' });
  if (backupStep === 'start' && tm === 'hidden') {
    yield* times(commitWitnesses(rms), 'backupChooseCommit', { backupStep: 'decideCommit' });
    yield* times(abortWitnesses(rms), 'backupChooseAbort', { backupStep: 'decideAbort' });
  }
  if (backupStep === 'decideCommit')
    yield* times(1, 'backupWriteCommit', { tm: 'commit', backupStep: 'done' });
  if (backupStep === 'decideAbort')
    yield* times(1, 'backupWriteAbort', { tm: 'abort', backupStep: 'done' });
  if (rms.every(({ done }) => done) && tmStep === 'done' && backupStep === 'done')
    yield { label: 'terminated', state };
}

export const twoPhaseBackup = defineTransitionSystem({
  name: 'calibration/two-phase-backup',
  description: 'Two-phase commit with a backup transaction manager, as published for TLC.',
  parameters: { participants },
  initial: (parameters): readonly State[] => [
    {
      rms: Array.from({ length: parameters.participants }, () => ({
        state: 'working',
        done: false,
      })),
      tm: 'init',
      tmStep: 'start',
      backupStep: 'start',
    },
  ],
  *next(state) {
    yield* rmSteps(state);
    yield* managerSteps(state);
  },
  properties: ({ invariant }) => [
    invariant(
      'consistency',
      ({ rms }) => noneAbortedWhileOneCommitted(rms.map(({ state }) => state)),
      { description: 'No resource manager is aborted while another is committed.' },
    ),
  ],
});
