// State pictures of machines, as Mermaid text, which hosting sites draw. XState's own resolved machine is
// what is drawn, so the picture cannot say anything else than what runs.
import { type AnyStateMachine, type AnyStateNode, type AnyTransitionDefinition, not } from 'xstate';
import { markdownTable } from './generated.ts';

/** The states and the transitions that change them. */
export function stateDiagram(machine: AnyStateMachine): string {
  const lines = ['```mermaid', 'stateDiagram-v2'];
  const visit = (node: AnyStateNode, indent: string): void => {
    const initial = node.initial?.target[0];
    if (initial !== undefined) lines.push(`${indent}[*] --> ${nameOf(initial)}`);
    for (const child of Object.values(node.states)) {
      if (Object.keys(child.states).length > 0) {
        lines.push(`${indent}state ${nameOf(child)} {`);
        visit(child, `${indent}  `);
        lines.push(`${indent}}`);
      }
    }
    for (const child of Object.values(node.states))
      for (const transition of transitionsOf(child)) {
        const [target] = transition.target ?? [];
        if (target === undefined) continue;
        const label = [causeOf(transition), guardOf(transition)].filter((part) => part !== '');
        lines.push(`${indent}${nameOf(child)} --> ${nameOf(target)}${colon(label.join(' '))}`);
      }
  };
  visit(machine.root as AnyStateNode, '  ');
  lines.push('```', '');
  return lines.join('\n');
}

/** Every transition, those that stay in their state included, with guards and actions by name. */
export function transitionTable(machine: AnyStateMachine): string {
  const rows: string[][] = [];
  const visit = (node: AnyStateNode): void => {
    for (const transition of transitionsOf(node)) {
      const [target] = transition.target ?? [];
      rows.push([
        pathOf(node),
        causeOf(transition) || 'at once',
        guardOf(transition).replace(/^\[(.*)\]$/, '$1'),
        target === undefined ? '' : pathOf(target),
        [...transition.actions, ...entriesOf(target)].map(actionName).filter(Boolean).join(', '),
      ]);
    }
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root as AnyStateNode);
  return markdownTable(['in', 'on', 'if', 'goes to', 'doing'], rows);
}

/** What is done on entering a state and the initial states within it. */
function entriesOf(node: AnyStateNode | undefined): readonly unknown[] {
  return node === undefined ? [] : [...node.entry, ...entriesOf(node.initial?.target[0])];
}

function transitionsOf(node: AnyStateNode): readonly AnyTransitionDefinition[] {
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()];
}

function causeOf({ eventType }: AnyTransitionDefinition): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(eventType) ?? [];
  return delay === undefined ? eventType : `after ${delay}`;
}

/** `[isFirstVote and isYes]`, or nothing. */
function guardOf({ guard }: AnyTransitionDefinition): string {
  if (guard === undefined) return '';
  return `[${guardName(guard)}]`;
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  const { type, guards } = guard as {
    readonly type?: string;
    readonly guards?: readonly unknown[];
  };
  if (isNegation(guard)) return `not ${guards?.map(guardName)}`;
  if (guards !== undefined) return guards.map(guardName).join(' and ');
  return type ?? 'a condition';
}

/** XState tells its combinations of guards apart by the function that checks them. */
function isNegation(guard: unknown): boolean {
  const checkOf = (one: unknown): unknown => (one as { readonly check?: unknown }).check;
  return checkOf(guard) !== undefined && checkOf(guard) === checkOf(not('any'));
}

function actionName(action: unknown): string {
  const name = typeof action === 'string' ? action : (action as { readonly type?: string }).type;
  // Timers are started and stopped by XState's own actions; the column "on" has them.
  return name === undefined || name.startsWith('xstate.') ? '' : name;
}

function pathOf({ path }: AnyStateNode): string {
  return path.join('.');
}

function nameOf(node: AnyStateNode): string {
  return node.path.join('_');
}

function colon(label: string): string {
  return label === '' ? '' : `: ${label}`;
}
