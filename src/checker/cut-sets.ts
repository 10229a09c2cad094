/** Sets of cut links by number: number 0 cuts nothing, and each partition of the scope has one. */
import type { Decision } from '../model/decision.ts';
import { partitions } from '../model/enabled.ts';
import type { Instance } from '../model/instance.ts';
import type { RoutedEnvelope } from '../model/node.ts';

export class CutSets {
  /** The partitions into two sides, with the number of what they cut. */
  readonly partitions: readonly { readonly decision: Decision; readonly cut: number }[];
  readonly #sets: (readonly number[])[] = [[]];
  readonly #nodes: number;

  constructor(instance: Instance, mostPartitions: number) {
    this.#nodes = instance.nodes.length;
    const possible = mostPartitions === 0 ? [] : partitions(instance);
    this.partitions = possible.map((decision) => {
      if (decision.type !== 'cut') throw new Error('broken promise: a partition is a cut');
      const links = decision.links.map(
        ([a, b]) => instance.node(a).index * this.#nodes + instance.node(b).index,
      );
      this.#sets.push(links.sort((a, b) => a - b));
      return { decision, cut: this.#sets.length - 1 };
    });
  }

  /** The cut links as source * nodes + target, sorted. */
  links(cut: number): readonly number[] {
    return this.#sets[cut] as readonly number[];
  }

  /** Whether one of the two nodes cannot be heard by the other. */
  isApart(cut: number, a: number, b: number): boolean {
    return (
      cut !== 0 &&
      [a * this.#nodes + b, b * this.#nodes + a].some((link) => this.links(cut).includes(link))
    );
  }

  isCut(cut: number, { source, target }: RoutedEnvelope): boolean {
    return cut !== 0 && this.links(cut).includes(source * this.#nodes + target);
  }
}
