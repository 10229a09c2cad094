/**
 * TwoPhase (tlaplus/Examples, TwoPhase.tla): the machines of two-phase-commit/abstract, with the claim
 * that makes it a two-phase commit: each of its steps is a step of TCommit, or none.
 */

import { invariant, transition } from '../../model/property.ts';
import type { View } from '../../model/view.ts';
import { abstractTwoPhaseCommit } from '../two-phase-commit/abstract.ts';
import { noneAbortedWhileOneCommitted, type RmState, tcommitSteps } from './tcommit.ts';

function resourceManagers({ all }: Pick<View, 'all'>): readonly RmState[] {
  return all
    .filter(({ address }) => address !== 'tm')
    .map((rm) => (rm.up ? rm.value : 'down') as RmState);
}

export const twoPhase: typeof abstractTwoPhaseCommit = {
  ...abstractTwoPhaseCommit,
  name: 'calibration/two-phase',
  properties: [
    invariant('consistency', (view) => noneAbortedWhileOneCommitted(resourceManagers(view)), {
      description: 'No resource manager is aborted while another is committed.',
    }),
    transition(
      'refines TCommit',
      (before, after) => {
        const from = resourceManagers(before);
        const to = resourceManagers(after).join();
        if (from.join() === to) return true;
        for (const { state } of tcommitSteps(from)) if (state.join() === to) return true;
        return false;
      },
      { description: 'Looking at resource managers only, each step is one of TCommit or none.' },
    ),
  ],
};
