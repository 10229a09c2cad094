/**
 * The state space of a system of machines, within a scope and under a timing. A global state is a row of
 * small numbers: a column for each node, for the faults so far, the cut links, the observation, and for
 * each link that was ever used.
 */
import type { Decision, Drop, DropCause } from '../model/decision.ts';
import { partitions } from '../model/enabled.ts';
import type { Instance } from '../model/instance.ts';
import { type Flight, keepsDelivered, laneOf, mayBeLost } from '../model/network.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import type { Timing } from '../model/property.ts';
import { initialState } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import type { FaultCount, State } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import type { View } from '../model/view.ts';
import { Answers } from './answers.ts';
import { FaultDigits } from './fault-digits.ts';
import { LinkContents } from './links.ts';
import { type ActingMove, type LocalMoves, type Move, Moves } from './moves.ts';
import { PackedRows } from './packed-rows.ts';
import { outsideBoundary, outsideConstraint, type Space, type Visit } from './space.ts';

/** The label of a step: usually one decision; "everything in flight is lost" is several. */
export type Decisions = readonly Decision[];

export interface SpaceOptions {
  readonly scope: FullScope;
  readonly timing: Timing;
  /** Leave out steps that others dominate; see {@link hasDominatedSteps}. */
  readonly reduce: boolean;
}

/**
 * On an unordered, lossy network under asynchronous timing, a state can do whatever the same state with
 * fewer messages in flight can do, since nobody is forced to deliver. So losing single messages shows
 * nothing that not delivering them does not show, except what remains possible after a loss; and for
 * that, losing everything in flight is the worst. In the same way, where messages may be duplicated,
 * delivering one and keeping a copy dominates delivering it for good. (docs/semantics.md has the proof.)
 */
export function hasDominatedSteps(
  { network, system }: Instance,
  { scope, timing }: Pick<SpaceOptions, 'scope' | 'timing'>,
): boolean {
  const losesAll = network.order === 'unordered' && network.reliable.length === 0;
  // A bound may tell states apart by what is in flight.
  if (system.constraint !== undefined || system.boundary !== undefined) return false;
  return losesAll && scope.loss && timing === 'asynchronous';
}

/** The messages that wait in one lane of the flight and go to one node. */
interface Link {
  readonly lane: number;
  readonly target: number;
  readonly column: number;
  readonly contents: LinkContents;
}

export class SystemSpace implements Space<Decisions, View> {
  readonly moves: Moves;
  readonly answers = new Answers();
  #mergedAtStart = false;
  readonly #viewed: Int32Array;
  readonly #instance: Instance;
  readonly #scope: FullScope;
  readonly #timing: Timing;
  readonly #dominated: boolean;
  readonly #rows: PackedRows;
  readonly #isBounded: boolean;
  readonly #starts: number[] = [];
  readonly #links: Link[] = [];
  readonly #linkAt: (Link | undefined)[];
  /** Sets of cut links, by number: source * nodes + target, sorted; number 0 cuts nothing. */
  readonly #cuts: (readonly number[])[] = [[]];
  readonly #partitions: readonly { readonly decision: Decision; readonly cut: number }[];
  /** The expanded state, by column, and the same as steps change it. */
  readonly #now: Int32Array;
  readonly #after: Int32Array;
  readonly #touched: number[] = [];
  readonly #faults: FaultDigits;
  readonly #faultsColumn: number;
  readonly #cutColumn: number;
  readonly #observedColumn: number;
  /** What was delivered last, plus 1; only on a duplicating network. */
  readonly #deliveredColumn: number | undefined;
  /** What clients have seen; only where a property asks for it. */
  readonly #historyColumn: number | undefined;

  constructor(instance: Instance, { scope, timing, reduce }: SpaceOptions) {
    const nodes = instance.nodes.length;
    this.#instance = instance;
    this.#scope = scope;
    this.#timing = timing;
    this.#dominated = reduce && hasDominatedSteps(instance, { scope, timing });
    this.moves = new Moves(instance, scope);
    this.#faults = new FaultDigits(scope);
    this.#faultsColumn = nodes;
    this.#cutColumn = nodes + 1;
    this.#observedColumn = nodes + 2;
    const { constraint, boundary } = instance.system;
    this.#isBounded = constraint !== undefined || boundary !== undefined;
    const remembers = instance.network.order === 'duplicating';
    let fixed = nodes + 3;
    this.#deliveredColumn = remembers ? fixed++ : undefined;
    this.#historyColumn = instance.hasHistory ? fixed++ : undefined;
    this.#rows = new PackedRows(fixed);
    this.#linkAt = new Array(nodes * nodes);
    this.#now = new Int32Array(fixed + nodes * nodes);
    this.#after = new Int32Array(this.#now.length);
    this.#viewed = new Int32Array(this.#now.length);
    this.#partitions = scope.partitions === 0 ? [] : this.#numberPartitions();
  }

  get size(): number {
    return this.#rows.size;
  }

  begin(): number {
    let generated = 0;
    for (const start of this.#instance.starts.keys()) if (this.#begin(start)) generated++;
    return generated;
  }

  /** Adds one initial state, unless it is there already or out of bounds; false if it does not count. */
  #begin(start: number): boolean {
    const { state, effects } = initialState(this.#instance, { copies: this.#scope.copies, start });
    const sent = effects.filter(({ type }) => type === 'send').length;
    if (sent > state.flight.flat(2).length) this.#mergedAtStart = true;
    this.#after.fill(0);
    for (const [index, node] of state.nodes.entries())
      this.#change(index, this.moves.numberOfNode(index, node));
    this.#change(this.#observedColumn, this.moves.numberOfObservation(state.observed));
    if (this.#historyColumn !== undefined && state.history !== undefined)
      this.#change(this.#historyColumn, this.moves.numberOfHistory(state.history));
    for (const envelope of state.flight.flat(2)) {
      const { column, contents } = this.#linkOf(envelope);
      const number = this.moves.numberOfEnvelope(envelope);
      this.#change(column, contents.with(this.#after[column] as number, number));
    }
    this.#rows.reserve(this.#touched, this.#after);
    for (let column = 0; column < this.#rows.columns; column++)
      this.#rows.set(column, this.#after[column] as number);
    this.#touched.length = 0;
    const added = this.#rows.add();
    if (added < 0) return true;
    const outside = this.#outside(added);
    if (outside === undefined) this.#starts.push(start);
    return outside !== outsideBoundary;
  }

  /** Which of the system's starts led to the initial state of that index. */
  startOf(initial: number): number {
    return this.#starts[initial] ?? 0;
  }

  /** Where a new state is out of bounds; it is then taken back. */
  #outside(index: number): number | undefined {
    if (!this.#isBounded) return undefined;
    const { constraint, boundary } = this.#instance.system;
    const view = new StateView(this.#instance, this.state(index));
    const outside =
      boundary?.(view) === false
        ? outsideBoundary
        : constraint?.(view) === false
          ? outsideConstraint
          : undefined;
    if (outside !== undefined) this.#rows.removeLast();
    return outside;
  }

  expand(index: number, visit: Visit<Decisions>): void {
    const now = this.#now;
    this.#rows.unpack(index, now);
    const columns = this.#rows.columns;
    for (let column = 0; column < columns; column++) this.#after[column] = now[column] as number;
    const crashes = this.#faults.crashes(now[this.#faultsColumn] as number) < this.#scope.crashes;
    const cut = this.#cuts[now[this.#cutColumn] as number] as readonly number[];
    let urgent = this.#deliver(index, cut, crashes, visit);
    const nodes = this.#instance.nodes.length;
    const locals: LocalMoves[] = [];
    for (let node = 0; node < nodes; node++) {
      const local = this.moves.local(node, now[node] as number);
      locals.push(local);
      for (const move of local.steps) this.#act(index, node, move, crashes, visit);
      urgent ||= local.steps.length > 0;
    }
    for (let node = 0; node < nodes; node++)
      for (const move of (locals[node] as LocalMoves).operations)
        this.#act(index, node, move, crashes, visit);
    // Synchronous: a timer fires only when no step is under way that could still pre-empt it.
    if (this.#timing === 'asynchronous' || !urgent)
      for (let node = 0; node < nodes; node++)
        for (const { move, suspects } of (locals[node] as LocalMoves).expirations)
          if (this.#timing === 'asynchronous' || this.#isDue(locals, cut, node, suspects))
            this.#act(index, node, move, crashes, visit);
    this.#lose(index, locals, cut, visit);
    this.#fail(index, locals, crashes, visit);
    this.#partition(index, visit);
  }

  view(index: number): View {
    const view = new StateView(this.#instance, this.state(index));
    return this.answers.about(view, this.#viewed[this.#observedColumn] as number);
  }

  /**
   * Whether the bound on copies has left out a delivery: an equal message was sent while as many as the
   * scope allows were in flight. Where messages may be duplicated, one copy stands for any number.
   */
  get hasMerged(): boolean {
    const keeps = keepsDelivered(this.#instance.network) || this.#scope.duplication;
    const merged = this.#mergedAtStart || this.#links.some(({ contents }) => contents.hasMerged);
    return merged && !keeps;
  }

  /** The state of that index, as the relation knows it. */
  state(index: number): State {
    const values = this.#viewed;
    this.#rows.unpack(index, values);
    const nodes: NodeState[] = [];
    for (let node = 0; node < this.#instance.nodes.length; node++)
      nodes.push(this.moves.node(node, values[node] as number));
    const observed = this.moves.observations[values[this.#observedColumn] as number];
    const cuts = this.#cuts[values[this.#cutColumn] as number] as readonly number[];
    const faults = values[this.#faultsColumn] as number;
    const last = this.#deliveredColumn === undefined ? 0 : (values[this.#deliveredColumn] ?? 0);
    const delivered = last === 0 ? undefined : this.moves.envelopes[last - 1];
    const history =
      this.#historyColumn === undefined
        ? undefined
        : this.moves.histories[values[this.#historyColumn] as number];
    const space = this;
    // Few predicates look at faults and messages: they are unpacked when asked for.
    return {
      nodes,
      cuts,
      observed,
      ...(delivered === undefined ? {} : { delivered }),
      ...(history === undefined ? {} : { history }),
      get faults() {
        return space.#faults.count(faults);
      },
      get flight() {
        return space.#flight(index);
      },
    };
  }

  #flight(index: number): Flight {
    const values = new Int32Array(this.#now.length);
    this.#rows.unpack(index, values);
    const { nodes } = this.#instance;
    const flight: (readonly RoutedEnvelope[])[][] = nodes.map(() => nodes.map(() => nothing));
    for (const { lane, target, column, contents } of this.#links) {
      const content = contents.content(values[column] as number);
      if (content.length === 0) continue;
      (flight[lane] as (readonly RoutedEnvelope[])[])[target] = content.map(
        (envelope) => this.moves.envelopes[envelope] as RoutedEnvelope,
      );
    }
    return flight;
  }

  /** Deliveries on all links; true when there was one, which makes timers wait. */
  #deliver(
    index: number,
    cut: readonly number[],
    crashes: boolean,
    visit: Visit<Decisions>,
  ): boolean {
    const keeps = keepsDelivered(this.#instance.network);
    const { duplication } = this.#scope;
    let urgent = false;
    for (const { target, column, contents } of this.#links) {
      const content = this.#now[column] as number;
      if (content === 0) continue;
      const state = this.#now[target] as number;
      if (!this.moves.local(target, state).ready) continue;
      for (const envelope of contents.takeable(content)) {
        if (this.#isCut(cut, envelope)) continue;
        for (const move of this.moves.deliveries(target, state, envelope)) {
          urgent = true;
          if (keeps) {
            this.#remember(envelope);
            this.#act(index, target, move, crashes, visit);
            this.#restore();
            continue;
          }
          if (!(this.#dominated && duplication)) {
            this.#change(column, contents.without(content, envelope));
            this.#act(index, target, move, crashes, visit);
            this.#restore();
          }
          if (duplication) this.#act(index, target, kept(move), crashes, visit);
        }
      }
    }
    return urgent;
  }

  /** On a duplicating network the last delivery is part of the state. */
  #remember(envelope: number): void {
    if (this.#deliveredColumn !== undefined) this.#change(this.#deliveredColumn, envelope + 1);
  }

  #isCut(cut: readonly number[], envelope: number): boolean {
    if (cut.length === 0) return false;
    const { source, target } = this.moves.envelopes[envelope] as RoutedEnvelope;
    return cut.includes(source * this.#instance.nodes.length + target);
  }

  #act(
    index: number,
    node: number,
    { whole, interrupted }: ActingMove,
    crashes: boolean,
    visit: Visit<Decisions>,
  ): void {
    this.#take(index, node, whole, 0, visit);
    if (crashes) for (const move of interrupted) this.#take(index, node, move, 1, visit);
  }

  /** Takes a move of a node on top of what has been changed already, and undoes only the move. */
  #take(index: number, node: number, move: Move, crashes: number, visit: Visit<Decisions>): void {
    const kept = this.#touched.length;
    this.#change(node, move.next);
    for (const envelope of move.sends) {
      const link = this.#linkOf(this.moves.envelopes[envelope] as RoutedEnvelope);
      this.#change(link.column, link.contents.with(this.#after[link.column] as number, envelope));
    }
    if (move.marks !== 0) {
      const observed = this.#after[this.#observedColumn] as number;
      this.#change(this.#observedColumn, this.moves.observe(observed, move.marks));
      if (this.#historyColumn !== undefined) {
        const history = this.#after[this.#historyColumn] as number;
        this.#change(this.#historyColumn, this.moves.follow(history, move.marks));
      }
    }
    const restarts = move.label[0].type === 'restart' ? 1 : 0;
    if (crashes + restarts > 0) this.#count({ crashes, restarts });
    this.#emit(index, move.label, visit);
    // What came before the move, such as taking the delivered message, stands: it is in another lane.
    for (let left = this.#touched.length; left > kept; left--) {
      const column = this.#touched.pop() as number;
      this.#after[column] = this.#now[column] as number;
    }
  }

  #lose(
    index: number,
    locals: readonly LocalMoves[],
    cut: readonly number[],
    visit: Visit<Decisions>,
  ): void {
    const { network } = this.#instance;
    if (network.order === 'set') return;
    const lost: Decision[] = [];
    for (const { target, column, contents } of this.#links) {
      const content = this.#now[column] as number;
      if (content === 0) continue;
      const isDown = !(locals[target] as LocalMoves).up;
      if (cut.length === 0 && !isDown && !this.#scope.loss) continue;
      if (this.#dominated) {
        for (const envelope of contents.content(content)) {
          const cause = this.#causeOfLoss(envelope, cut, isDown);
          if (cause !== undefined) lost.push(this.#drop(envelope, cause));
        }
        this.#change(column, 0);
        continue;
      }
      const anyPlace = network.loses === 'any';
      const candidates = anyPlace ? contents.content(content) : contents.takeable(content);
      for (const [position, envelope] of candidates.entries()) {
        const cause = this.#causeOfLoss(envelope, cut, isDown);
        if (cause === undefined) continue;
        const after = anyPlace
          ? contents.withoutAt(content, position)
          : contents.without(content, envelope);
        const drop = this.#drop(envelope, cause);
        this.#change(column, after);
        this.#emit(index, [anyPlace ? { ...drop, position } : drop], visit);
        this.#restore();
      }
    }
    if (lost.length > 0) this.#emit(index, lost, visit);
    this.#restore();
  }

  /** Why the envelope may be lost, or undefined where it may not. */
  #causeOfLoss(envelope: number, cut: readonly number[], isDown: boolean): DropCause | undefined {
    if (this.#isCut(cut, envelope)) return 'cut';
    if (isDown) return 'down';
    const { network } = this.#instance;
    if (!this.#scope.loss) return undefined;
    return mayBeLost(network, this.moves.envelopes[envelope] as RoutedEnvelope)
      ? 'loss'
      : undefined;
  }

  #drop(envelope: number, cause: DropCause): Drop {
    const { from, to, message } = this.moves.envelopes[envelope] as RoutedEnvelope;
    return { type: 'drop', from, to, message, cause };
  }

  #fail(
    index: number,
    locals: readonly LocalMoves[],
    crashes: boolean,
    visit: Visit<Decisions>,
  ): void {
    const faults = this.#faults.count(this.#now[this.#faultsColumn] as number);
    const mayRestart = faults.restarts < this.#scope.restarts;
    const mayLoseDisk = faults.diskLosses < this.#scope.diskLosses;
    for (const [node, { crash, restarts, loseDisk }] of locals.entries()) {
      if (crash !== undefined && crashes) this.#take(index, node, crash, 1, visit);
      if (mayRestart) for (const move of restarts) this.#act(index, node, move, crashes, visit);
      if (loseDisk === undefined || !mayLoseDisk) continue;
      this.#change(node, loseDisk.next);
      this.#count({ diskLosses: 1 });
      this.#emit(index, loseDisk.label, visit);
      this.#restore();
    }
  }

  #partition(index: number, visit: Visit<Decisions>): void {
    if (this.#now[this.#cutColumn] !== 0) {
      this.#change(this.#cutColumn, 0);
      this.#emit(index, [{ type: 'mend' }], visit);
      this.#restore();
      return;
    }
    const { partitions: so } = this.#faults.count(this.#now[this.#faultsColumn] as number);
    if (so >= this.#scope.partitions) return;
    for (const { decision, cut } of this.#partitions) {
      this.#change(this.#cutColumn, cut);
      this.#count({ partitions: 1 });
      this.#emit(index, [decision], visit);
      this.#restore();
    }
  }

  #isDue(
    locals: readonly LocalMoves[],
    cut: readonly number[],
    node: number,
    suspects: readonly number[] | undefined,
  ): boolean {
    if (suspects === undefined) return true;
    const nodes = locals.length;
    return suspects.some(
      (peer) =>
        locals[peer]?.up !== true ||
        cut.includes(peer * nodes + node) ||
        cut.includes(node * nodes + peer),
    );
  }

  #count(more: Partial<FaultCount>): void {
    const so = this.#after[this.#faultsColumn] as number;
    this.#change(this.#faultsColumn, this.#faults.plus(so, more));
  }

  #change(column: number, value: number): void {
    if (this.#after[column] === value) return;
    this.#after[column] = value;
    this.#touched.push(column);
  }

  /** Undoes all changes since the state was expanded. */
  #restore(): void {
    for (const column of this.#touched) this.#after[column] = this.#now[column] as number;
    this.#touched.length = 0;
  }

  #emit(index: number, label: Decisions, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    rows.reserve(this.#touched, this.#after);
    rows.draftFrom(index);
    for (const column of this.#touched) rows.set(column, this.#after[column] as number);
    const added = rows.add();
    if (added < 0) visit(-1 - added, false, label);
    else if (this.#isBounded) visit(this.#outside(added) ?? added, true, label);
    else visit(added, true, label);
  }

  #linkOf(envelope: RoutedEnvelope): Link {
    const { network, nodes } = this.#instance;
    const { target } = envelope;
    const lane = laneOf(network, envelope);
    const at = lane * nodes.length + target;
    let link = this.#linkAt[at];
    if (link === undefined) {
      const contents = new LinkContents(network, this.#scope.copies);
      link = { lane, target, column: this.#rows.addColumn(), contents };
      this.#linkAt[at] = link;
      this.#links.push(link);
    }
    return link;
  }

  #numberPartitions(): readonly { readonly decision: Decision; readonly cut: number }[] {
    const nodes = this.#instance.nodes.length;
    return partitions(this.#instance).map((decision) => {
      if (decision.type !== 'cut') throw new Error('broken promise: a partition is a cut');
      const links = decision.links.map(
        ([a, b]) => this.#instance.node(a).index * nodes + this.#instance.node(b).index,
      );
      this.#cuts.push(links.sort((a, b) => a - b));
      return { decision, cut: this.#cuts.length - 1 };
    });
  }
}

const nothing: readonly RoutedEnvelope[] = [];
const copies = new WeakMap<ActingMove, ActingMove>();

/** The same delivery with a copy staying in flight. */
function kept(move: ActingMove): ActingMove {
  let copy = copies.get(move);
  if (copy === undefined) {
    const duplicate = (one: Move): Move => ({
      ...one,
      label: [{ ...one.label[0], duplicate: true } as Decision],
    });
    copy = { whole: duplicate(move.whole), interrupted: move.interrupted.map(duplicate) };
    copies.set(move, copy);
  }
  return copy;
}
