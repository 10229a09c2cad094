/**
 * What a machine may not do here, refused when the system is defined, by a sentence that names the
 * machine, the state and the way out. What only a step can tell is refused there (local-step.ts).
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { suggestion, UserMistake } from './errors.ts';
import type { Process } from './process.ts';

/** Built-in actions that reach outside the machine, with the way out. */
const refused: Readonly<Record<string, string>> = {
  'xstate.sendTo': 'emit(send(address, message)) sends to another process',
  'xstate.sendParent': 'emit(send(address, message)) sends to another process',
  'xstate.forwardTo': 'emit(send(address, message)) sends to another process',
  'xstate.spawnChild': 'declare a family on the node and emit(start(family, key, input))',
  'xstate.stopChild': 'declare a family on the node and emit(stop(family, key))',
  'xstate.log': 'emit(mark(name, data)) leaves a trace',
};

interface ActionLike {
  readonly type?: string;
  readonly resolve?: unknown;
  /** Of a raise: milliseconds, the name of a delay, or a function. */
  readonly delay?: unknown;
}

const obedient = new WeakMap<AnyStateMachine, Set<string>>();

/** Throws a {@link UserMistake} for the first thing in the machine that a process may not do. */
export function refuseForbidden(process: Process): void {
  const { machine, delays = {}, suspects = {} } = process;
  // What is looked at beside the machine are these names, so equal ones need no second look.
  const names = JSON.stringify([Object.keys(delays), Object.keys(suspects)]);
  const known = obedient.get(machine) ?? new Set();
  if (known.has(names)) return;
  refuseInMachine(process);
  obedient.set(machine, known.add(names));
}

function refuseInMachine(process: Process): void {
  const { machine } = process;
  const implementations = machine.implementations as {
    readonly actions: Readonly<Record<string, unknown>>;
    readonly guards: Readonly<Record<string, unknown>>;
    readonly delays: Readonly<Record<string, unknown>>;
  };
  const delays = new Set(Object.keys(implementations.delays));
  for (const name of Object.keys(process.delays ?? {})) delays.add(name);
  const used = new Set<string>();

  const at = (node: AnyStateNode): string =>
    `machine "${machine.id}", state "${node.path.join('.') || '(root)'}"`;

  const checkAction = (action: unknown, node: AnyStateNode): void => {
    const named = typeof action === 'string' ? action : (action as ActionLike).type;
    if (typeof action === 'function') return checkImplementation(action, node);
    if (named === undefined) return;
    const implementation = implementations.actions[named];
    if (implementation === undefined) {
      const known = Object.keys(implementations.actions);
      throw new UserMistake(
        `${at(node)}: no action is called "${named}"${suggestion(named, known)}`,
      );
    }
    checkImplementation(implementation, node, named);
  };

  const checkImplementation = (action: unknown, node: AnyStateNode, name?: string): void => {
    const { type, resolve, delay } = action as ActionLike;
    const called = name === undefined ? 'a plain function' : `the plain function "${name}"`;
    if (type !== undefined && type in refused)
      throw new UserMistake(
        `${at(node)}: the action ${type.replace('xstate.', '')} reaches outside the machine; ${refused[type]}`,
      );
    if (resolve === undefined)
      throw new UserMistake(
        `${at(node)}: ${called} is used as an action, which a pure step never runs; use assign(...) to change the context or emit(...) for an effect`,
      );
    if (type === 'xstate.raise') checkDelay(delay, node);
  };

  const checkDelay = (delay: unknown, node: AnyStateNode): void => {
    // XState raises at once, silently, when such a function gives undefined.
    if (typeof delay === 'function')
      throw new UserMistake(
        `${at(node)}: raise computes its delay in place; give the delay a name, raise(event, { delay: 'name' }), and the duration in setup({ delays }) or in the delays of the process`,
      );
    if (typeof delay !== 'string') return;
    used.add(delay);
    if (!delays.has(delay))
      throw new UserMistake(
        `${at(node)}: the delay "${delay}" has no duration; give it in setup({ delays }) or in the delays of the process`,
      );
  };

  const checkGuard = (guard: unknown, node: AnyStateNode): void => {
    const name = typeof guard === 'string' ? guard : (guard as ActionLike | undefined)?.type;
    if (typeof guard === 'function' || name === undefined || name.startsWith('xstate.')) return;
    if (implementations.guards[name] === undefined)
      throw new UserMistake(
        `${at(node)}: no guard is called "${name}"${suggestion(name, Object.keys(implementations.guards))}`,
      );
  };

  const visit = (node: AnyStateNode): void => {
    if (node.invoke.length > 0)
      throw new UserMistake(
        `${at(node)}: invoke starts an actor that nobody here can replay; declare a family on the node and emit(start(family, key, input))`,
      );
    for (const action of [...node.entry, ...node.exit]) checkAction(action, node);
    const initial = node.type === 'compound' ? node.initial.actions : [];
    for (const action of initial) checkAction(action, node);
    const transitions = [...node.transitions.values()].flat();
    for (const transition of [...transitions, ...(node.always ?? [])]) {
      for (const action of transition.actions) checkAction(action, node);
      if (transition.guard !== undefined) checkGuard(transition.guard, node);
    }
    for (const { delay } of node.after) checkDelay(delay, node);
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root as AnyStateNode);
  refuseUnknownDelays(process, used, new Set(Object.keys(implementations.delays)));
}

/** A delay given to the process but used by no `after` or `raise`, and unknown to the machine, is a typo. */
function refuseUnknownDelays(
  process: Process,
  used: ReadonlySet<string>,
  declared: ReadonlySet<string>,
): void {
  const known = [...new Set([...used, ...declared])];
  for (const [option, names] of [
    ['delays', Object.keys(process.delays ?? {})],
    ['suspects', Object.keys(process.suspects ?? {})],
  ] as const) {
    for (const name of names) {
      if (used.has(name) || declared.has(name)) continue;
      throw new UserMistake(
        `machine "${process.machine.id}" has no delay called "${name}" (in ${option})${suggestion(name, known)}`,
      );
    }
  }
}
