/**
 * The relation and its enabled decisions agree: what is listed can be applied, and what is not listed
 * cannot, or changes nothing.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  apply,
  type Decision,
  describeDecision,
  enabledDecisions,
  fullScope,
  type Instance,
  initialState,
  instantiate,
  isUserMistake,
  type NetworkOptions,
  type State,
  stateKey,
  variant,
} from '../../src/model/index.ts';
import { faultNames } from '../../src/model/state.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { workshop } from './workshop.ts';

const wide = { ...Object.fromEntries(faultNames.map((name) => [name, 999])), copies: 3 };
const keyOf = (decision: Decision): string => {
  const { cause: _, ...rest } = decision as Decision & { readonly cause?: unknown };
  return JSON.stringify(rest, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
};

/** The states of a random walk, with the decisions that were possible in each. */
function walk(instance: Instance, choices: readonly number[], loss: boolean): State[] {
  const scope = fullScope({ ...wide, loss, duplication: loss }, {}, instance.network);
  const states = [initialState(instance).state];
  for (const choice of choices) {
    const state = states.at(-1) as State;
    const enabled = enabledDecisions(instance, state, { scope, timing: 'asynchronous' });
    // Faults are many; without a bias towards steps a walk is mostly cuts and crashes.
    const steps = enabled.filter(({ type }) => !/drop|crash|cut|lose|fail/.test(type));
    const list = choice % 5 === 0 || steps.length === 0 ? enabled : steps;
    const decision = list[choice % list.length];
    if (decision === undefined) break;
    states.push(apply(instance, state, decision, { copies: 3 }).state);
  }
  return states;
}

const networks: readonly NetworkOptions[] = [
  { order: 'unordered', loss: true, duplication: true },
  { order: 'fifo', loss: true, duplication: true },
  { order: 'set' },
];
const systems: readonly AnySystem[] = networks.flatMap((network) => [
  variant(twoPhaseCommit, String(network.order), { network, parameters: { participants: 2 } }),
  variant(workshop, String(network.order), { network }),
]);

describe('the relation and the list of enabled decisions', () => {
  for (const system of systems)
    test(`agree in ${system.name}`, () => {
      const instance = instantiate(system);
      const loss = instance.network.order !== 'set';
      const scope = fullScope({ ...wide, loss, duplication: loss }, {}, instance.network);
      let refusals = 0;
      let applied = 0;
      fc.assert(
        fc.property(fc.array(fc.nat(1000), { minLength: 30, maxLength: 60 }), (choices) => {
          const states = walk(instance, choices, loss);
          const question = { scope, timing: 'asynchronous' } as const;
          const pool = new Map<string, Decision>();
          for (const state of states)
            for (const decision of enabledDecisions(instance, state, question))
              pool.set(keyOf(decision), decision);
          for (const state of states.filter((_, index) => index % 4 === 0)) {
            const listed = enabledDecisions(instance, state, question);
            const keys = listed.map(keyOf);
            expect(new Set(keys).size, 'no decision is listed twice').toBe(keys.length);
            for (const decision of listed) {
              apply(instance, state, decision);
              applied++;
            }
            for (const [key, decision] of pool) {
              if (keys.includes(key)) continue;
              const { type } = decision;
              // Any link can be cut or mended at any time; the list offers what a check needs.
              if (type === 'cut' || type === 'mend') continue;
              // A disk with nothing on it can be lost, to no effect but the count of faults.
              if (type === 'loseDisk') continue;
              expect(() => apply(instance, state, decision), describeDecision(decision)).toThrow(
                `"${describeDecision(decision)}" is not possible here: `,
              );
              refusals++;
            }
          }
        }),
        { seed: 31, numRuns: 15 },
      );
      expect(applied).toBeGreaterThan(500);
      expect(refusals).toBeGreaterThan(500);
    });
});

test('applying a decision leaves the state before it as it was', () => {
  for (const system of systems) {
    const instance = instantiate(system);
    const states = walk(instance, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3], true);
    const keys = states.map((state) => stateKey(instance, state));
    const again = walk(instance, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3], true);
    expect(again.map((state) => stateKey(instance, state))).toEqual(keys);
    expect(states.map((state) => stateKey(instance, structuredCloneless(state)))).toEqual(keys);
  }
});

/** A copy without the objects by which keys are remembered. */
function structuredCloneless(state: State): State {
  return {
    ...state,
    nodes: state.nodes.map((node) => ({
      ...node,
      running: node.running.map((running) => ({ ...running })),
    })),
    flight: state.flight.map((row) => row.map((link) => link.map((envelope) => ({ ...envelope })))),
  };
}

const impossible: readonly (readonly [Decision, RegExp])[] = [
  [
    { type: 'deliver', from: 'p1', to: 'coordinator', message: { type: 'ACK' } },
    /no such message is in flight/,
  ],
  [{ type: 'drop', from: 'p1', to: 'p2', message: { type: 'ACK' } }, /no such message/],
  [{ type: 'fire', process: 'p1', timer: 'doubt' }, /p1 has not armed it \(armed: xstate\.after/],
  [
    { type: 'choose', process: 'p1', event: { type: 'CAN_COMMIT' } },
    /has no transition for it now/,
  ],
  [{ type: 'choose', process: 'p1', event: { type: 'COMMIT' } }, /declares no such choice/],
  [{ type: 'invoke', process: 'p1', operation: { type: 'BEGIN' } }, /has no operation left/],
  [
    { type: 'invoke', process: 'coordinator', operation: { type: 'START' } },
    /the next operation is BEGIN/,
  ],
  [{ type: 'durable', node: 'p1' }, /no forced write under way/],
  [{ type: 'loseForce', node: 'p1' }, /no forced write under way/],
  [{ type: 'failWrite', node: 'p1' }, /no forced write under way/],
  [{ type: 'restart', node: 'p1', tail: 0 }, /p1 is up/],
  [{ type: 'loseDisk', node: 'p1' }, /p1 is up/],
  [{ type: 'crash', node: 'p9' }, /no node "p9"; did you mean "p1"\?/],
  [{ type: 'fire', process: 'p9', timer: 'x' }, /"p9", which is no process/],
  [{ type: 'cut', links: [['p1', 'nobody']] }, /no node "nobody"; known are coordinator, p1/],
];

for (const [decision, sentence] of impossible)
  test(`"${describeDecision(decision)}" is refused at the start in one sentence`, () => {
    const instance = instantiate(twoPhaseCommit);
    const { state } = initialState(instance);
    try {
      apply(instance, state, decision);
    } catch (error) {
      expect(isUserMistake(error)).toBe(true);
      expect((error as Error).message).toMatch(sentence);
      return;
    }
    throw new Error('it was applied');
  });

test('a crash after more effects than the step has is refused', () => {
  const instance = instantiate(twoPhaseCommit);
  const { state } = initialState(instance);
  const begin = { type: 'invoke', process: 'coordinator', operation: { type: 'BEGIN' } } as const;
  expect(() => apply(instance, state, { ...begin, crashAfter: 2 })).not.toThrow();
  expect(() => apply(instance, state, { ...begin, crashAfter: 3 })).toThrow(
    'coordinator performs 3 sends and writes in this step, so it cannot crash after 3 of them',
  );
});

test('a node that is down takes no step, and its tail has a length', () => {
  const instance = instantiate(twoPhaseCommit);
  const down = apply(instance, initialState(instance).state, { type: 'crash', node: 'p1' }).state;
  expect(() => apply(instance, down, { type: 'crash', node: 'p1' })).toThrow('is down already');
  const late = { type: 'fire', process: 'p1', timer: 'x' } as const;
  expect(() => apply(instance, down, late)).toThrow('p1 is down');
  expect(() => apply(instance, down, { type: 'restart', node: 'p1', tail: 1 })).toThrow(
    'the unforced tail has 0 entries',
  );
});
