/** Which links a partition or a hold concerns. */
import type { NodeId } from '../model/effects.ts';
import type { LinkChoice, LinkList, PartitionShape } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { View } from '../model/view.ts';

/** What a choice of links may depend on in the run. */
export interface Moment {
  /** Draws for the order of nodes, 0 <= draw < 1. */
  readonly draw: () => number;
  readonly view: () => View;
}

/** The links chosen, in the order of the system's nodes. */
export function chosenLinks(instance: Instance, choice: LinkChoice, moment: Moment): LinkList {
  const { groups, links, shape, direction } = choice;
  if (links !== undefined) return links;
  if (groups !== undefined) return between(instance, groups, direction);
  if (shape === undefined) throw new Error('broken promise: no links are chosen');
  if (shape === 'primaries') {
    const primaries: readonly NodeId[] = instance.system.primaries?.(moment.view()) ?? [];
    for (const id of primaries) instance.node(id);
    return pairs(instance, (a, b) => primaries.includes(a) || primaries.includes(b));
  }
  const ids = instance.nodes.map(({ id }) => id);
  return shaped(instance, shape, choice.nodes ?? shuffled(ids, moment.draw));
}

/** Each pair of nodes in different groups; the nodes in no group are one more group. */
function between(
  instance: Instance,
  groups: readonly (readonly NodeId[])[],
  direction: LinkChoice['direction'],
): LinkList {
  const side = (id: NodeId): number => groups.findIndex((group) => group.includes(id));
  return pairs(
    instance,
    (a, b) =>
      side(a) !== side(b) && (direction === undefined || side(direction === 'out' ? a : b) === 0),
  );
}

function shaped(instance: Instance, shape: PartitionShape, order: readonly NodeId[]): LinkList {
  const place = (id: NodeId): number => order.indexOf(id);
  const concerned = (cut: (a: number, b: number) => boolean): LinkList =>
    pairs(instance, (a, b) => place(a) >= 0 && place(b) >= 0 && cut(place(a), place(b)));
  const count = order.length;
  switch (shape) {
    case 'isolate-one':
      return concerned((a, b) => a === 0 || b === 0);
    case 'halves': {
      const half = Math.floor(count / 2);
      return concerned((a, b) => a < half !== b < half);
    }
    case 'bridge': {
      const half = Math.floor((count - 1) / 2);
      return concerned((a, b) => a > 0 && b > 0 && a <= half !== b <= half);
    }
    case 'majorities-ring': {
      // Each hears from the window of a majority in the middle of which it stands.
      const majority = Math.floor(count / 2) + 1;
      const before = Math.floor((majority - 1) / 2);
      return concerned((from, to) => (from - to + before + count) % count >= majority);
    }
    case 'primaries':
      throw new Error('broken promise: primaries have no order');
  }
}

function pairs(instance: Instance, cut: (from: NodeId, to: NodeId) => boolean): LinkList {
  return instance.nodes.flatMap(({ id: a }) =>
    instance.nodes.flatMap(({ id: b }): LinkList => (a !== b && cut(a, b) ? [[a, b]] : [])),
  );
}

/** One of the list, each as likely as the others. */
export function pick<T>(list: readonly T[], draw: () => number): T {
  return list[Math.floor(draw() * list.length)] as T;
}

/** Fisher and Yates. */
export function shuffled<T>(list: readonly T[], draw: () => number): readonly T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
