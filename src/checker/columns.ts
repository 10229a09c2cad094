/**
 * What the columns of a system's rows mean: one for each node, for the faults so far, the cut links, the
 * observation, what was delivered last, and for each link that was ever used.
 */
import type { Instance } from '../model/instance.ts';
import { type Flight, laneOf } from '../model/network.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import type { FullScope } from '../model/scope.ts';
import type { State } from '../model/state.ts';
import { CutSets } from './cut-sets.ts';
import { FaultDigits } from './fault-digits.ts';
import { LinkContents } from './links.ts';
import type { Moves } from './moves.ts';
import type { PackedRows } from './packed-rows.ts';

/** The messages that wait in one lane of the flight and go to one node. */
export interface Link {
  readonly lane: number;
  readonly target: number;
  readonly column: number;
  readonly contents: LinkContents;
}

/** Columns that every row has, before those of links. */
export function fixedColumns({ nodes, network, hasHistory }: Instance): number {
  return nodes.length + 3 + (network.order === 'duplicating' ? 1 : 0) + (hasHistory ? 1 : 0);
}

export class Columns {
  readonly instance: Instance;
  readonly moves: Moves;
  readonly faults: number;
  readonly cut: number;
  readonly observed: number;
  /** What was delivered last, plus 1; only on a duplicating network. */
  readonly delivered: number | undefined;
  /** What clients have seen; only where a property asks for it. */
  readonly history: number | undefined;
  readonly digits: FaultDigits;
  readonly links: Link[] = [];
  readonly cuts: CutSets;
  readonly #rows: PackedRows;
  readonly #copies: number;
  readonly #linkAt: (Link | undefined)[];
  readonly #linkOf: (Link | undefined)[] = [];

  constructor(moves: Moves, scope: FullScope, rows: PackedRows) {
    const { instance } = moves;
    const nodes = instance.nodes.length;
    this.instance = instance;
    this.moves = moves;
    this.faults = nodes;
    this.cut = nodes + 1;
    this.observed = nodes + 2;
    let next = nodes + 3;
    this.delivered = instance.network.order === 'duplicating' ? next++ : undefined;
    this.history = instance.hasHistory ? next : undefined;
    this.digits = new FaultDigits(scope);
    this.cuts = new CutSets(instance, scope.partitions);
    this.#rows = rows;
    this.#copies = scope.copies;
    this.#linkAt = new Array(nodes * nodes);
  }

  /** The link that an envelope is on. */
  linkOf(envelope: number): Link {
    return this.#linkOf[envelope] ?? this.#findLink(envelope);
  }

  #findLink(number: number): Link {
    const { network, nodes } = this.instance;
    const envelope = this.moves.envelopes[number] as RoutedEnvelope;
    const { target } = envelope;
    const lane = laneOf(network, envelope);
    const at = lane * nodes.length + target;
    let link = this.#linkAt[at];
    if (link === undefined) {
      const contents = new LinkContents(network, this.#copies);
      link = { lane, target, column: this.#rows.addColumn(), contents };
      this.#linkAt[at] = link;
      this.links.push(link);
    }
    this.#linkOf[number] = link;
    return link;
  }

  /** The state of these values, as the relation knows it; the values are kept. */
  state(values: Int32Array): State {
    const columns = this;
    const nodes: NodeState[] = [];
    for (let node = 0; node < this.instance.nodes.length; node++)
      nodes.push(this.moves.node(node, values[node] as number));
    const observed = this.moves.ghosts.observations[values[this.observed] as number];
    const cuts = this.cuts.links(values[this.cut] as number);
    const last = this.delivered === undefined ? 0 : (values[this.delivered] ?? 0);
    const delivered = last === 0 ? undefined : this.moves.envelopes[last - 1];
    const history =
      this.history === undefined
        ? undefined
        : this.moves.ghosts.histories[values[this.history] as number];
    return {
      nodes,
      cuts,
      observed,
      ...(delivered === undefined ? {} : { delivered }),
      ...(history === undefined ? {} : { history }),
      faults: this.digits.count(values[this.faults] as number),
      // Few predicates look at messages: they are unpacked when asked for.
      get flight() {
        return columns.#flight(values);
      },
    };
  }

  #flight(values: Int32Array): Flight {
    const { nodes } = this.instance;
    const flight: (readonly RoutedEnvelope[])[][] = nodes.map(() => nodes.map(() => nothing));
    for (const { lane, target, column, contents } of this.links) {
      const content = contents.content(values[column] as number);
      if (content.length === 0) continue;
      (flight[lane] as (readonly RoutedEnvelope[])[])[target] = content.map(
        (envelope) => this.moves.envelopes[envelope] as RoutedEnvelope,
      );
    }
    return flight;
  }
}

const nothing: readonly RoutedEnvelope[] = [];
