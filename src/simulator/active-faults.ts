/** Faults that have begun and not ended, and what they amount to together. */
import type { Distribution } from '../model/distribution.ts';
import type { NodeId } from '../model/effects.ts';
import type { LastingFault, LinkList } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';

/** One coming of a fault: one that repeats has several. */
export interface Occurrence<T = LastingFault> {
  readonly fault: T;
}

/** What the faults of a node amount to. */
export interface NodeTrouble {
  readonly paused: boolean;
  /** How many times as long what takes the node time takes, and its forced writes besides. */
  readonly slowness: number;
  readonly diskSlowness: number;
  readonly handlingMs: number;
  readonly rate: number;
  readonly offsetMs: number;
  /** How probably a forced write fails, or is only said to be done. */
  readonly failedWrite: number;
  readonly lostForce: number;
  readonly unreadable: boolean;
}

const noTrouble: NodeTrouble = {
  paused: false,
  slowness: 1,
  diskSlowness: 1,
  handlingMs: 0,
  rate: 1,
  offsetMs: 0,
  failedWrite: 0,
  lostForce: 0,
  unreadable: false,
};

/** What the faults of a link amount to. */
interface LinkTrouble {
  cut: boolean;
  held: boolean;
  loss: number;
  duplication: number;
  readonly delays: Distribution[];
}

export class ActiveFaults {
  readonly #instance: Instance;
  readonly #active = new Map<Occurrence, LinkList | undefined>();
  /** By source * nodes + target; empty while no fault of links is active. */
  #links: (LinkTrouble | undefined)[] = [];
  #nodes = new Map<NodeId, NodeTrouble>();

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** It begins, over these links if it is about some; undefined: over all. */
  begin(occurrence: Occurrence, links: LinkList | undefined): void {
    this.#active.set(occurrence, links);
    this.#weigh();
  }

  /** It ends; the links that it was about. */
  end(occurrence: Occurrence): LinkList {
    const links = this.#active.get(occurrence) ?? [];
    this.#active.delete(occurrence);
    this.#weigh();
    return links;
  }

  isActive(occurrence: Occurrence): boolean {
    return this.#active.has(occurrence);
  }

  all(): readonly Occurrence[] {
    return [...this.#active.keys()];
  }

  /** Takes links out of a fault that goes on with the rest of them. */
  spare(occurrence: Occurrence, spared: (from: NodeId, to: NodeId) => boolean): LinkList {
    const links = this.#active.get(occurrence) ?? [];
    this.#active.set(
      occurrence,
      links.filter(([from, to]) => !spared(from, to)),
    );
    this.#weigh();
    return links.filter(([from, to]) => spared(from, to));
  }

  isCut(from: NodeId, to: NodeId): boolean {
    const { node } = this.#instance;
    return this.link(node(from).index, node(to).index)?.cut === true;
  }

  /** What is the matter with a link, or undefined when nothing is. */
  link(source: number, target: number): Readonly<LinkTrouble> | undefined {
    return this.#links[source * this.#instance.nodes.length + target];
  }

  node(id: NodeId): NodeTrouble {
    return this.#nodes.get(id) ?? noTrouble;
  }

  #weigh(): void {
    this.#links = [];
    this.#nodes = new Map();
    for (const [{ fault }, links] of this.#active) {
      if ('node' in fault) this.#nodes.set(fault.node, troubled(this.node(fault.node), fault));
      else if (links === undefined) for (const link of this.#everyLink()) troubleLink(link, fault);
      else for (const link of links) troubleLink(this.#linkOf(link), fault);
    }
  }

  #linkOf([from, to]: LinkList[number]): LinkTrouble {
    const { nodes, node } = this.#instance;
    return this.#troubleAt(node(from).index * nodes.length + node(to).index);
  }

  #everyLink(): readonly LinkTrouble[] {
    return Array.from({ length: this.#instance.nodes.length ** 2 }, (_, index) =>
      this.#troubleAt(index),
    );
  }

  #troubleAt(index: number): LinkTrouble {
    let trouble = this.#links[index];
    if (trouble === undefined) {
      trouble = { cut: false, held: false, loss: 0, duplication: 0, delays: [] };
      this.#links[index] = trouble;
    }
    return trouble;
  }
}

function troubleLink(link: LinkTrouble, fault: LastingFault): void {
  switch (fault.fault) {
    case 'partition':
      link.cut = true;
      return;
    case 'hold':
      link.held = true;
      return;
    case 'delay':
      link.delays.push(fault.by);
      return;
    case 'loss':
    case 'duplication':
      link[fault.fault] = either(link[fault.fault], fault.probability);
  }
}

/** How probably one of two strikes, each by itself. */
function either(p: number, q: number): number {
  return p + (q - p * q);
}

function troubled(before: NodeTrouble, fault: LastingFault): NodeTrouble {
  switch (fault.fault) {
    case 'pause':
      return { ...before, paused: true };
    case 'slow': {
      const { factor = 1, handlingMs = 0 } = fault;
      const { slowness, handlingMs: already } = before;
      return { ...before, slowness: slowness * factor, handlingMs: already + handlingMs };
    }
    case 'slow-disk':
      return { ...before, diskSlowness: before.diskSlowness * fault.factor };
    case 'clock-drift':
      return { ...before, rate: before.rate * fault.rate };
    case 'clock-offset':
      return { ...before, offsetMs: before.offsetMs + fault.byMs };
    case 'lost-force':
      return { ...before, lostForce: either(before.lostForce, fault.probability ?? 1) };
    case 'failed-write':
      return { ...before, failedWrite: either(before.failedWrite, fault.probability ?? 1) };
    case 'read-error':
      return { ...before, unreadable: true };
    default:
      return before;
  }
}
