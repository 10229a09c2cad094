/** A third opinion: @xstate/graph walks the relation as one composed actor and counts the same states. */
import { getAdjacencyMap } from '@xstate/graph';
import { expect, it } from 'vitest';
import type { ActorLogic, EventObject, Snapshot } from 'xstate';
import {
  apply,
  check,
  type Decision,
  enabledDecisions,
  fullScope,
  initialState,
  instantiate,
  type State,
  stateKey,
} from '../../src/index.ts';
import { abstractTwoPhaseCommit, twoPhaseCommit } from '../../src/protocols/index.ts';

type Whole = Snapshot<undefined> & { readonly state: State };

interface Step extends EventObject {
  readonly type: 'step';
  readonly decision: Decision;
}

function statesByGraph(
  system: typeof abstractTwoPhaseCommit | typeof twoPhaseCommit,
  parameters: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): number {
  const instance = instantiate(system, parameters);
  const scope = fullScope(given, {}, instance.network);
  const { copies } = scope;
  const snapshot = (state: State): Whole => ({
    status: 'active',
    output: undefined,
    error: undefined,
    state,
  });
  const logic: ActorLogic<Whole, Step> = {
    transition: ({ state }, { decision }) =>
      snapshot(apply(instance, state, decision, { copies }).state),
    getInitialSnapshot: () => snapshot(initialState(instance, { copies }).state),
    getPersistedSnapshot: (whole) => whole,
  };
  const map = getAdjacencyMap(logic, {
    events: ({ state }) =>
      enabledDecisions(instance, state, { scope, timing: 'asynchronous' }).map(
        (decision): Step => ({ type: 'step', decision }),
      ),
    serializeState: ({ state }) => stateKey(instance, state),
    serializeEvent: ({ decision }) => JSON.stringify(decision),
  });
  return Object.keys(map).length;
}

it.each([2, 3])('Gray and Lamport’s TwoPhase with %i resource managers', (participants) => {
  const { distinct } = check(abstractTwoPhaseCommit, { parameters: { participants } });
  expect(statesByGraph(abstractTwoPhaseCommit, { participants }, {})).toBe(distinct);
});

it('two-phase commit of one participant with losses and duplicates', () => {
  const parameters = { participants: 1 };
  const scope = { crashes: 0, loss: true, duplication: true };
  const { distinct } = check(twoPhaseCommit, { parameters, scope, reduce: false });
  expect(statesByGraph(twoPhaseCommit, parameters, scope)).toBe(distinct);
});
