/** Partitions, loss and duplication that have begun and not ended, and what they amount to together. */
import type { NodeId } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import type { CrashFault, Fault, PartitionFault } from '../model/scenario.ts';

type LastingFault = Exclude<Fault, CrashFault>;
type Links = readonly (readonly [NodeId, NodeId])[];

export class ActiveFaults {
  readonly #instance: Instance;
  readonly #active = new Set<LastingFault>();
  /** Probability that a message is lost, or leaves a copy behind, at its delivery. */
  loss = 0;
  duplication = 0;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  begin(fault: LastingFault): void {
    this.#active.add(fault);
    this.#weigh();
  }

  end(fault: LastingFault): void {
    this.#active.delete(fault);
    this.#weigh();
  }

  /** The links that an ended partition had cut; what another partition cuts too stays cut. */
  mendedBy(ended: PartitionFault): Links {
    const still = new Set<string>();
    for (const other of this.#active)
      if (other.fault === 'partition')
        for (const link of linksOf(this.#instance, other.groups)) still.add(link.join());
    return linksOf(this.#instance, ended.groups).filter((link) => !still.has(link.join()));
  }

  /** Each active fault strikes by itself, so that one of two strikes with p + q - p q. */
  #weigh(): void {
    const either = { loss: 0, duplication: 0 };
    for (const fault of this.#active) {
      if (fault.fault === 'partition') continue;
      const { fault: kind, probability } = fault;
      either[kind] += probability - either[kind] * probability;
    }
    this.loss = either.loss;
    this.duplication = either.duplication;
  }
}

/** Each pair of nodes in different groups, both ways; the nodes in no group are one more group. */
export function linksOf(instance: Instance, groups: readonly (readonly NodeId[])[]): Links {
  const side = (id: NodeId): number => groups.findIndex((group) => group.includes(id));
  return instance.nodes.flatMap(({ id: a }) =>
    instance.nodes.flatMap(({ id: b }): Links => (side(a) === side(b) ? [] : [[a, b]])),
  );
}
