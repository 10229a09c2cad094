/** What a machine's definition says that there is to reach: states, transitions and marks, by name. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export interface MachineStructure {
  /** Every state by its path, the root left out. */
  readonly states: readonly string[];
  /** Every transition, such as `idle on PAY [isNew] -> waiting`. */
  readonly transitions: readonly string[];
  /** The marks that actions leave under a fixed name; what a function makes up is not known before. */
  readonly marks: readonly string[];
}

/** Reads the definition of the machine, whose states know their transitions from the start on. */
export function machineStructure(machine: AnyStateMachine): MachineStructure {
  const nodes = nodesBelow(machine.root);
  return {
    states: nodes.filter(({ parent }) => parent !== undefined).map(nameOfState),
    transitions: nodes.flatMap((node) => [...namesOfTransitions(node).values()]),
    marks: [...new Set(marksOf(machine, nodes))],
  };
}

/** `working.voting`: the path of the state in its machine. */
export function nameOfState({ path }: AnyStateNode): string {
  return path.join('.') || '(root)';
}

const named = new WeakMap<AnyStateNode, ReadonlyMap<AnyTransitionDefinition, string>>();

/** The transitions that leave the state, each with a name of its own in the machine. */
export function namesOfTransitions(
  node: AnyStateNode,
): ReadonlyMap<AnyTransitionDefinition, string> {
  const known = named.get(node);
  if (known !== undefined) return known;
  const names = new Map<AnyTransitionDefinition, string>();
  const taken = new Map<string, number>();
  const own = [...node.transitions.values()].flat() as AnyTransitionDefinition[];
  for (const transition of [...own, ...((node.always ?? []) as AnyTransitionDefinition[])]) {
    const name = describeTransition(node, transition);
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    names.set(transition, before === 0 ? name : `${name} (${before + 1})`);
  }
  named.set(node, names);
  return names;
}

function nodesBelow(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...(Object.values(node.states) as AnyStateNode[]).flatMap(nodesBelow)];
}

function describeTransition(node: AnyStateNode, transition: AnyTransitionDefinition): string {
  const { eventType, guard, target } = transition;
  const condition = guard === undefined ? '' : ` [${guardName(guard)}]`;
  const targets = (target ?? []) as readonly AnyStateNode[];
  const where = targets.length === 0 ? '' : ` -> ${targets.map(nameOfState).join(', ')}`;
  return `${nameOfState(node)} ${cause(node, eventType)}${condition}${where}`;
}

/** XState's own event types, in the words of the machine: `after patience`, `always`. */
function cause(node: AnyStateNode, eventType: string): string {
  if (eventType === '') return 'always';
  const after = 'xstate.after.';
  if (eventType.startsWith(after)) {
    const rest = eventType.slice(after.length);
    const delay = rest.endsWith(`.${node.id}`) ? rest.slice(0, -node.id.length - 1) : rest;
    return `after ${/^\d+$/.test(delay) ? `${delay} ms` : delay}`;
  }
  return eventType.startsWith('xstate.done.state.') ? 'when done' : `on ${eventType}`;
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  const { type, name, guards } = guard as {
    readonly type?: unknown;
    readonly name?: unknown;
    readonly guards?: readonly unknown[];
  };
  // Of XState's and(..), or(..) and not(..).
  const inner = guards?.map(guardName) ?? [];
  if (name === 'not') return `not ${inner.join()}`;
  if (name === 'and' || name === 'or') return inner.join(` ${name} `);
  if (typeof type === 'string') return type;
  return typeof name === 'string' && name !== '' && name !== 'guard' ? name : 'a guard';
}

/** An `emit(...)` of a fixed effect carries it. */
function marksOf(machine: AnyStateMachine, nodes: readonly AnyStateNode[]): readonly string[] {
  const named = Object.values(machine.implementations.actions as Readonly<Record<string, unknown>>);
  const inline = nodes.flatMap((node) => [
    ...node.entry,
    ...node.exit,
    ...[...namesOfTransitions(node).keys()].flatMap(({ actions }) => actions),
  ]) as readonly unknown[];
  return [...named, ...inline].flatMap((action) => {
    const { event } = (typeof action === 'function' ? action : {}) as { readonly event?: unknown };
    const { type, name } = (typeof event === 'object' && event !== null ? event : {}) as {
      readonly type?: unknown;
      readonly name?: unknown;
    };
    return type === 'mark' && typeof name === 'string' ? [name] : [];
  });
}
