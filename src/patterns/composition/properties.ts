/** What any composition promises: soundness of its statechart (van der Aalst 1997), asked of the flows of a node. */
import type { AnyStateMachine } from 'xstate';
import { alwaysPossible, invariant, type Property, reachable } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { LiveProcess, ProcessView, View } from '../../model/view.ts';
import { compile } from './compile.ts';
import type { Composition } from './plan.ts';

/** Flows that have begun and not ended, by their keys, sorted. */
export interface ObservedFlows {
  readonly flows: readonly string[];
}

/** Follows the flows of all compositions of a system by the marks that they leave. */
export const flowObserver: Observer<ObservedFlows> = {
  initial: { flows: [] },
  on: (observed, { name, data }) => {
    if (!name.startsWith('flow-')) return observed;
    const { key } = data as { readonly key: string };
    const others = observed.flows.filter((one) => one !== key);
    return { ...observed, flows: name === 'flow-started' ? [...others, key].sort() : others };
  },
};

const isLive = (process: ProcessView): process is LiveProcess => process.up;

const live = (view: View, node: string): readonly LiveProcess[] =>
  (view.all as readonly ProcessView[])
    .filter(isLive)
    .filter(({ address }) => address.startsWith(`${node}/`));

const keyOf = ({ context }: LiveProcess): string => (context as { readonly key: string }).key;

/**
 * The soundness of the composition that is the service of that id, as properties of a system that has it:
 * every flow can still end as long as nothing is lost; nothing of a flow goes on once it has ended; and each
 * step is waited in, in some execution. A step that takes no time is passed through, and not asked for.
 */
export function soundness(id: string, composition: Composition): readonly Property<View>[] {
  const { machine, families } = compile(composition, id);
  const steps: readonly (readonly [string, AnyStateMachine])[] = [
    ['flow', machine],
    ...Object.entries(families).map(([name, part]) => [name, part.machine] as const),
  ];
  return [
    alwaysPossible<View>(
      `every ${id} ends`,
      (view) => !live(view, id).some(({ address }) => address.startsWith(`${id}/flow/`)),
      {
        description: 'Option to complete: from every state the end of all flows can be reached.',
        claimedUnder: { faults: 'none' },
      },
    ),
    invariant<View>(
      `nothing goes on after its ${id}`,
      (view) => {
        const all = live(view, id);
        const flows = all.filter(({ address }) => address.startsWith(`${id}/flow/`)).map(keyOf);
        return all
          .filter(({ address }) => address.startsWith(`${id}/each-`))
          .every((item) => flows.some((flow) => keyOf(item).startsWith(`${flow}:`)));
      },
      { description: 'Proper completion: when a flow has ended, none of its items is under way.' },
    ),
    ...steps.flatMap(([family, own]) =>
      waitingStates(own).map((path) =>
        reachable<View>(
          `${id} waits in ${family === 'flow' ? '' : `${family} `}${path}`,
          (view) =>
            live(view, id).some(
              (process) => process.address.startsWith(`${id}/${family}/`) && process.in(path),
            ),
          { description: 'No dead step.' },
        ),
      ),
    ),
  ];
}

/** The paths of the states in which a flow waits for an answer, a delay or its items. */
function waitingStates(machine: AnyStateMachine): readonly string[] {
  const found: string[] = [];
  const visit = (node: AnyStateMachine['root']): void => {
    const isLeaf = Object.keys(node.states).length === 0;
    if (isLeaf && node.type !== 'final' && node.transitions.size > 0)
      found.push(node.path.join('.'));
    for (const child of Object.values(node.states)) visit(child as AnyStateMachine['root']);
  };
  visit(machine.root);
  return found;
}
