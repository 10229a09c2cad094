/**
 * The reused-scope step against XState's documented pure functions, over random machines: `transition()`
 * is the reference, the reused scope an optimisation of it.
 */
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from 'xstate';
import { createStepper, type LocalStep, type ProcessState } from '../../src/model/local-step.ts';
import { defineProcess } from '../../src/model/process.ts';
import { eventTypes, machineOf, machineSpec } from './random-machines.ts';

interface ReferenceTimer {
  readonly event: EventObject;
  readonly ms: number;
}

interface Reference {
  readonly snapshot: AnyMachineSnapshot;
  readonly timers: ReadonlyMap<string, ReferenceTimer>;
  readonly effects: readonly unknown[];
  readonly armed: readonly string[];
  readonly cancelled: readonly string[];
}

interface Action {
  readonly type: string;
  readonly params: unknown;
}

/** What the documented functions say: effects in order, timers armed and cancelled. */
function interpreted(
  [snapshot, actions]: [AnyMachineSnapshot, readonly Action[]],
  before: ReadonlyMap<string, ReferenceTimer>,
): Reference {
  // What is thrown while a machine starts, XState keeps in the snapshot.
  if (snapshot.status === 'error') throw snapshot.error;
  const timers = new Map(before);
  const effects: unknown[] = [];
  const armed: string[] = [];
  const cancelled: string[] = [];
  for (const { type, params } of actions) {
    if (type === 'xstate.emit') effects.push((params as { event: unknown }).event);
    else if (type === 'xstate.raise') {
      const { event, id, delay } = params as { event: EventObject; id?: string; delay?: number };
      if (delay === undefined) continue;
      timers.set(id ?? event.type, { event, ms: delay });
      armed.push(id ?? event.type);
    } else if (type === 'xstate.cancel') {
      const { sendId } = params as { sendId: string };
      if (timers.delete(sendId)) cancelled.push(sendId);
    } else throw new Error(`the reference met ${type}`);
  }
  if (snapshot.status !== 'active') {
    cancelled.push(...[...timers.keys()].sort());
    timers.clear();
  }
  return { snapshot, timers, effects, armed, cancelled };
}

/** Everything that two steps have in common, as data. */
function described({ value, context, status, output, historyValue }: AnyMachineSnapshot): unknown {
  const history = Object.entries(historyValue).map(([id, nodes]) => [
    id,
    (nodes as readonly { readonly id: string }[]).map((node) => node.id),
  ]);
  return { value, context, status, output, history };
}

function expectSame(step: LocalStep, reference: Reference): void {
  deepStrictEqual(described(step.state.snapshot), described(reference.snapshot));
  deepStrictEqual(step.effects, reference.effects);
  deepStrictEqual(
    step.armed.map(({ id }) => id),
    reference.armed,
  );
  deepStrictEqual(step.cancelled, reference.cancelled);
  const timers = [...reference.timers].sort(([a], [b]) => (a < b ? -1 : 1));
  deepStrictEqual(
    step.state.timers.map(({ id, event, distribution }) => [id, event, distribution]),
    timers.map(([id, { event, ms }]) => [id, event, { kind: 'constant', ms }]),
  );
}

/** Either both throw or neither does; what XState says is in the sentence. */
function both(
  ours: () => LocalStep,
  theirs: () => Reference,
): { readonly step: LocalStep; readonly reference: Reference } | undefined {
  let reference: Reference;
  try {
    reference = theirs();
  } catch (error) {
    expect(ours).toThrow((error as Error).message.slice(0, 40));
    seen.errors++;
    return undefined;
  }
  const step = ours();
  expectSame(step, reference);
  return { step, reference };
}

const seen = {
  steps: 0,
  errors: 0,
  emits: 0,
  fired: 0,
  cancelled: 0,
  ended: 0,
  history: 0,
  parallel: 0,
  nothing: 0,
};

function walk(machine: AnyStateMachine, choices: readonly number[]): void {
  const stepper = createStepper(defineProcess({ machine }), 'p');
  const none = new Map<string, ReferenceTimer>();
  const first = both(
    () => stepper.start(undefined),
    () => interpreted(initialTransition(machine) as never, none),
  );
  if (first === undefined) return;
  let { step, reference } = first;
  for (const choice of choices) {
    if (step.state.snapshot.status !== 'active') {
      // An actor that has ended takes no more events.
      expect(stepper.step(step.state, { type: 'A' }).state).toBe(step.state);
      seen.ended++;
      return;
    }
    const before: ProcessState = step.state;
    const { timers } = before;
    const timer = choice % 3 === 0 ? timers[choice % timers.length] : undefined;
    const event = timer?.event ?? { type: eventTypes[choice % eventTypes.length] ?? 'A' };
    const armed = new Map(reference.timers);
    if (timer !== undefined) armed.delete(timer.id);
    const { snapshot } = reference;
    const next = both(
      () =>
        timer === undefined
          ? stepper.step(before, event)
          : stepper.fire(before, timer, timer.event),
      () => interpreted(transition(machine, snapshot, event) as never, armed),
    );
    if (next === undefined) continue;
    // A guard that enqueueActions checks may count as a transition for `can`, so only one way holds.
    if (!stepper.handles(before, event)) deepStrictEqual(next.step.effects, []);
    ({ step, reference } = next);
    seen.steps++;
    if (timer !== undefined) seen.fired++;
    if (step.effects.length > 0) seen.emits++;
    if (step.cancelled.length > 0) seen.cancelled++;
    if (Object.keys(step.state.snapshot.historyValue).length > 0) seen.history++;
    if (/"c0":.*"c1":/.test(JSON.stringify(step.state.snapshot.value))) seen.parallel++;
    if (step.state.snapshot === before.snapshot) seen.nothing++;
  }
}

test('the reused-scope step equals the documented transition() on random machines', () => {
  fc.assert(
    fc.property(
      machineSpec,
      fc.array(fc.nat(1000), { minLength: 12, maxLength: 25 }),
      (spec, choices) => walk(machineOf(spec), choices),
    ),
    { seed: 5, numRuns: 600 },
  );
});

afterAll(() => {
  // Without these the property could pass on machines that never do anything.
  expect(seen.steps).toBeGreaterThan(4000);
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
});
