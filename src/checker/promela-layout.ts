/** Where a system's messages and states have their places in a Promela model. */
import type { Instance } from '../model/instance.ts';
import { isQueue, keepsDelivered, laneOf } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Timing } from '../model/property.ts';
import type { FullScope } from '../model/scope.ts';
import type { Tree } from './decision-tree.ts';
import { type StepTables, stepTables } from './promela-tables.ts';
import type { Row } from './promela-text.ts';
import type { SystemSpace } from './system-space.ts';

/** A predicate that Spin shall find true, or a goal that it shall find not true, in every state. */
export interface Assertion {
  /** The name of its function. */
  readonly name: string;
  readonly meaning: string;
  readonly tree: Tree;
  /** Whether it is the negation that is asserted. */
  readonly negated: boolean;
}

export interface SystemModel {
  readonly instance: Instance;
  readonly scope: FullScope;
  readonly timing: Timing;
  /** A space whose states have all been expanded. */
  readonly space: SystemSpace;
  /** Which of the system's starts lie within its bounds. */
  readonly starts: readonly number[];
  readonly assertions: readonly Assertion[];
  /** Outside these no state is stored. */
  readonly bounds: readonly Tree[];
}

/** A lane in which messages wait; in queues, with its cells. */
export interface Lane {
  readonly lane: number;
  readonly target: number;
  readonly first: number;
  readonly cells: number;
}

export class Layout {
  readonly model: SystemModel;
  readonly tables: StepTables;
  readonly envelopes: readonly RoutedEnvelope[];
  /** Whether messages wait in queues, and whether a delivered one stays in flight. */
  readonly queue: boolean;
  readonly keeps: boolean;
  readonly lanes: readonly Lane[];
  /** The cells of all lanes together. */
  readonly cells: number;
  /** The cut links of each partition, as source * nodes + target. */
  readonly cuts: readonly (readonly number[])[];

  constructor(model: SystemModel) {
    this.model = model;
    const { instance, space } = model;
    this.tables = stepTables(instance, space.moves);
    this.envelopes = space.moves.envelopes;
    this.queue = isQueue(instance.network);
    this.keeps = keepsDelivered(instance.network);
    let cells = 0;
    this.lanes = space.columns.links.map(({ lane, target, contents: { longest } }) => {
      const first = cells;
      cells += longest;
      return { lane, target, first, cells: longest };
    });
    this.cells = cells;
    const { cuts } = space.columns;
    this.cuts = cuts.partitions.map(({ cut }) => cuts.links(cut));
  }

  get hasHistory(): boolean {
    return this.model.instance.hasHistory;
  }

  get manyStarts(): boolean {
    return this.model.starts.length !== 1;
  }

  /** The envelopes to a node, by number. */
  incoming(node: number): readonly number[] {
    return [...this.envelopes.keys()].filter((number) => this.envelopes[number]?.target === node);
  }

  /** The lane in which an envelope waits. */
  laneOf(envelope: RoutedEnvelope): number {
    const place = laneOf(this.model.instance.network, envelope);
    return this.lanes.findIndex(({ lane, target }) => lane === place && target === envelope.target);
  }
}

export function number(value: number): Row {
  return { value: `${value}` };
}
