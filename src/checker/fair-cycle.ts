/**
 * Fair executions that stay in a region for ever: the violations of eventually, leads-to and
 * infinitely-often. An execution may also stop: every state has a silent step to itself, which fairness
 * forbids to repeat while some fair action is possible.
 *
 * Strongly connected components (Tarjan 1972) of the region; a component is fair when each weak class is
 * taken in it or somewhere in it impossible, and each strong class is taken or everywhere impossible. A
 * component that fails only a strong class is searched again without the states where that class is
 * possible (Emerson and Lei 1987; Lichtenstein and Pnueli 1985).
 */
import type { FairnessClasses } from './fairness.ts';
import type { Steps } from './steps.ts';

/** The fair components of the region, each as its states. */
export function* fairComponents<L>(
  steps: Steps,
  inRegion: Uint8Array,
  classes: FairnessClasses<L>,
): Generator<readonly number[]> {
  const pending: Uint8Array[] = [inRegion];
  for (let region = pending.pop(); region !== undefined; region = pending.pop()) {
    for (const component of components(steps, region)) {
      const judged = judge(steps, component, region, classes);
      if (judged === 'fair') yield component;
      if (judged === 'fair' || judged === 'unfair') continue;
      const smaller = new Uint8Array(region.length);
      for (const state of component) if (!judged.has(state)) smaller[state] = 1;
      if (judged.size < component.length) pending.push(smaller);
    }
  }
}

/** Fair, unfair for good, or the states that a fair execution must leave behind. */
function judge<L>(
  steps: Steps,
  component: readonly number[],
  region: Uint8Array,
  classes: FairnessClasses<L>,
): 'fair' | 'unfair' | ReadonlySet<number> {
  const members = new Set(component);
  const possibleIn = new Map<number, number>();
  const taken = new Set<number>();
  for (const state of component) {
    const here = new Set<number>();
    for (let step = steps.first(state); step < steps.past(state); step++) {
      const fairness = steps.fairness(step);
      if (fairness === 0) continue;
      here.add(fairness);
      const target = steps.target(step);
      if (members.has(target) && region[target] === 1) taken.add(fairness);
    }
    for (const fairness of here) possibleIn.set(fairness, (possibleIn.get(fairness) ?? 0) + 1);
  }
  const broken = new Set<number>();
  for (const [fairness, states] of possibleIn) {
    if (taken.has(fairness)) continue;
    if (states === component.length) return 'unfair';
    if (classes.isStrong(fairness)) broken.add(fairness);
  }
  if (broken.size === 0) return 'fair';
  const left = new Set<number>();
  for (const state of component)
    for (let step = steps.first(state); step < steps.past(state); step++)
      if (broken.has(steps.fairness(step))) left.add(state);
  return left;
}

/** Strongly connected components of the region, a single state being one too; Tarjan, iterative. */
function* components(steps: Steps, region: Uint8Array): Generator<readonly number[]> {
  const size = region.length;
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const onStack = new Uint8Array(size);
  const stack: number[] = [];
  let counter = 0;
  const path: { readonly state: number; step: number }[] = [];
  const enter = (state: number): void => {
    order[state] = counter;
    low[state] = counter++;
    stack.push(state);
    onStack[state] = 1;
    path.push({ state, step: steps.first(state) });
  };
  for (let root = 0; root < size; root++) {
    if (region[root] !== 1 || order[root] !== -1) continue;
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { state } = top;
      if (top.step < steps.past(state)) {
        const target = steps.target(top.step++);
        if (region[target] !== 1) continue;
        if (order[target] === -1) enter(target);
        else if (onStack[target] === 1)
          low[state] = Math.min(low[state] as number, order[target] as number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined)
        low[parent.state] = Math.min(low[parent.state] as number, low[state] as number);
      if (low[state] !== order[state]) continue;
      const component: number[] = [];
      for (;;) {
        const member = stack.pop() as number;
        onStack[member] = 0;
        component.push(member);
        if (member === state) break;
      }
      yield component;
    }
  }
}
