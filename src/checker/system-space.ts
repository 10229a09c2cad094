/**
 * The state space of a system of machines, within a scope and under a timing: for each state all steps
 * that the relation knows, looked up in the nodes' moves and written into packed rows.
 */
import { type ClientHistory, emptyHistory } from '../model/client-history.ts';
import type { Decision, Drop, DropCause } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import { keepsDelivered, mayBeLost } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Timing } from '../model/property.ts';
import { initialState } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import type { FaultCount, State } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import { Columns, fixedColumns, type Link } from './columns.ts';
import { type ActingMove, kept, type LocalMoves, type Move, Moves } from './moves.ts';
import { type Order, PackedRows, type Store } from './packed-rows.ts';
import { type Cursor, Questions } from './questions.ts';
import { outsideBoundary, outsideConstraint, type Space, type Visit } from './space.ts';

/** The label of a step: usually one decision; "everything in flight is lost" is several. */
export type Decisions = readonly Decision[];

export interface SpaceOptions {
  readonly scope: FullScope;
  readonly timing: Timing;
  /** Leave out steps that others dominate; see {@link hasDominatedSteps}. */
  readonly reduce: boolean;
  readonly store: Store;
  readonly order: Order;
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

export class SystemSpace implements Space<Decisions, Cursor> {
  readonly moves: Moves;
  readonly questions: Questions;
  readonly columns: Columns;
  readonly #instance: Instance;
  readonly #scope: FullScope;
  readonly #isAsynchronous: boolean;
  readonly #dominated: boolean;
  readonly #rows: PackedRows;
  readonly #isBounded: boolean;
  /** Whether the network keeps what it delivers, and whether it loses nothing but in faults. */
  readonly #keeps: boolean;
  readonly #isSet: boolean;
  /** For each initial state the start that led to it, and its values. */
  readonly #starts: number[] = [];
  readonly #initial: Int32Array[] = [];
  #mergedAtStart = false;
  /** The values of the expanded state, by column, and the moves of its nodes. */
  #now: Int32Array;
  readonly #locals: LocalMoves[] = [];
  #mayCrash = false;
  /** A column that the next moves change before the node acts, and its value; see {@link none}. */
  #column = none;
  #value = 0;

  constructor(instance: Instance, { scope, timing, reduce, store, order }: SpaceOptions) {
    this.#instance = instance;
    this.#scope = scope;
    this.#isAsynchronous = timing === 'asynchronous';
    this.#dominated = reduce && hasDominatedSteps(instance, { scope, timing });
    this.moves = new Moves(instance, scope);
    this.#rows = new PackedRows(fixedColumns(instance), store, order);
    this.columns = new Columns(this.moves, scope, this.#rows);
    this.questions = new Questions(this.columns);
    const { constraint, boundary } = instance.system;
    this.#isBounded = constraint !== undefined || boundary !== undefined;
    this.#keeps = keepsDelivered(instance.network);
    this.#isSet = instance.network.order === 'set';
    this.#now = new Int32Array(fixedColumns(instance) + instance.nodes.length ** 2);
  }

  get size(): number {
    return this.#rows.size;
  }

  begin(found: (index: number) => void): number {
    let generated = 0;
    for (const start of this.#instance.starts.keys()) if (this.#begin(start, found)) generated++;
    return generated;
  }

  /** Adds one initial state, unless it is there already or out of bounds; false if it does not count. */
  #begin(start: number, found: (index: number) => void): boolean {
    const { state, effects } = initialState(this.#instance, { copies: this.#scope.copies, start });
    const sent = effects.filter(({ type }) => type === 'send').length;
    if (sent > state.flight.flat(2).length) this.#mergedAtStart = true;
    const rows = this.#rows;
    rows.reset();
    for (const [index, node] of state.nodes.entries())
      rows.set(index, this.moves.numberOfNode(index, node));
    rows.set(this.columns.observed, this.moves.numberOfObservation(state.observed));
    if (this.columns.history !== undefined && state.history !== undefined)
      rows.set(this.columns.history, this.moves.numberOfHistory(state.history));
    for (const envelope of state.flight.flat(2)) this.#send(this.moves.numberOfEnvelope(envelope));
    const added = rows.add();
    if (added < 0) return true;
    const outside = this.#outside(added);
    if (outside === undefined) {
      this.#starts.push(start);
      this.#initial.push(this.#values(added));
      found(added);
    }
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
    this.#rows.load(index);
    this.#expandLoaded(index, visit);
  }

  #expandLoaded(index: number, visit: Visit<Decisions>): void {
    const now = this.#now;
    const scope = this.#scope;
    const { columns, moves } = this;
    this.#rows.unpack(index, now);
    const nodes = this.#instance.nodes.length;
    const locals = this.#locals;
    for (let node = 0; node < nodes; node++) locals[node] = moves.local(node, now[node] as number);
    const faults = now[columns.faults] as number;
    this.#mayCrash = scope.crashes > 0 && columns.digits.crashes(faults) < scope.crashes;
    const cut = columns.cuts[now[columns.cut] as number] as readonly number[];
    let urgent = this.#deliver(index, cut, visit);
    for (let node = 0; node < nodes; node++) {
      const { steps } = locals[node] as LocalMoves;
      for (let i = 0; i < steps.length; i++) this.#act(index, node, steps[i] as ActingMove, visit);
      urgent ||= steps.length > 0;
    }
    for (let node = 0; node < nodes; node++)
      for (const move of (locals[node] as LocalMoves).operations)
        this.#act(index, node, move, visit);
    // Synchronous: a timer fires only when no step is under way that could still pre-empt it.
    if (this.#isAsynchronous || !urgent)
      for (let node = 0; node < nodes; node++)
        for (const { move, suspects } of (locals[node] as LocalMoves).expirations)
          if (this.#isAsynchronous || this.#isDue(cut, node, suspects))
            this.#act(index, node, move, visit);
    if (!this.#isSet) this.#lose(index, cut, visit);
    if (scope.crashes + scope.restarts + scope.diskLosses > 0) this.#fail(index, visit);
    if (scope.partitions > 0) this.#partition(index, visit);
  }

  /** The state of that index, for predicates. */
  view(index: number): Cursor {
    return new RowCursor(this, this.#rows, index);
  }

  labels(states: readonly number[]): readonly Decisions[] {
    const [first] = states;
    if (first === undefined) return [];
    // With fingerprints no row is kept but the initial ones: the path is walked again.
    let values = this.#initial[first] as Int32Array;
    return states.slice(1).map((target, position) => {
      const source = states[position] as number;
      let found: { readonly label: Decisions; readonly values: Int32Array } | undefined;
      this.#rows.loadValues(source, values);
      this.#expandLoaded(source, (reached, _isNew, label) => {
        if (reached === target) found ??= { label, values: this.#values(target) };
      });
      if (found === undefined)
        throw new Error(`broken promise: no step leads from ${source} to ${target}`);
      ({ values } = found);
      return found.label;
    });
  }

  /**
   * Whether the bound on copies has left out a delivery: an equal message was sent while as many as the
   * scope allows were in flight. Where messages may be duplicated, one copy stands for any number.
   */
  get hasMerged(): boolean {
    const keeps = this.#keeps || this.#scope.duplication;
    const merged =
      this.#mergedAtStart || this.columns.links.some(({ contents }) => contents.hasMerged);
    return merged && !keeps;
  }

  /** The state of that index, as the relation knows it. */
  state(index: number): State {
    return this.columns.state(this.#values(index));
  }

  /** Deliveries on all links; true when there was one, which makes timers wait. */
  #deliver(index: number, cut: readonly number[], visit: Visit<Decisions>): boolean {
    const { duplication } = this.#scope;
    const { links, delivered } = this.columns;
    let urgent = false;
    for (let at = 0; at < links.length; at++) {
      const link = links[at] as Link;
      const content = this.#now[link.column] as number;
      if (content === 0) continue;
      if (!(this.#locals[link.target] as LocalMoves).ready) continue;
      const state = this.#now[link.target] as number;
      const takeable = link.contents.takeable(content);
      for (let i = 0; i < takeable.length; i++) {
        const envelope = takeable[i] as number;
        const moves = this.moves.deliveries(link.target, state, envelope);
        if (moves.length === 0) continue;
        if (cut.length > 0 && this.columns.isCut(cut, envelope)) continue;
        urgent = true;
        for (let j = 0; j < moves.length; j++) {
          const move = moves[j] as ActingMove;
          if (this.#keeps) {
            // On a duplicating network the last delivery is part of the state.
            if (delivered !== undefined) this.#before(delivered, envelope + 1);
            this.#act(index, link.target, move, visit);
            continue;
          }
          if (!(this.#dominated && duplication)) {
            this.#before(link.column, link.contents.without(content, envelope));
            this.#act(index, link.target, move, visit);
          }
          this.#before(none, 0);
          if (duplication) this.#act(index, link.target, kept(move), visit);
        }
      }
    }
    this.#before(none, 0);
    return urgent;
  }

  /** What the next moves change before the node acts. */
  #before(column: number, value: number): void {
    this.#column = column;
    this.#value = value;
  }

  #act(index: number, node: number, move: ActingMove, visit: Visit<Decisions>): void {
    this.#take(index, node, move.whole, 0, visit);
    if (!this.#mayCrash) return;
    for (const cutShort of move.interrupted) this.#take(index, node, cutShort, 1, visit);
  }

  #take(index: number, node: number, move: Move, crashes: number, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    rows.reset();
    if (this.#column !== none) rows.set(this.#column, this.#value);
    rows.set(node, move.next);
    const { sends } = move;
    if (sends.length > 1) this.#reserve(sends);
    for (let i = 0; i < sends.length; i++) this.#send(sends[i] as number);
    if (move.marks !== 0) {
      const { observed, history } = this.columns;
      rows.set(observed, this.moves.observe(rows.get(observed), move.marks));
      if (history !== undefined)
        rows.set(history, this.moves.follow(rows.get(history), move.marks));
    }
    const restarts = move.label[0].type === 'restart' ? 1 : 0;
    if (crashes + restarts > 0) this.#count({ crashes, restarts });
    this.#emit(index, move.label, visit);
  }

  #reserve(sends: readonly number[]): void {
    for (let i = 0; i < sends.length; i++) {
      const envelope = sends[i] as number;
      const { column, contents } = this.columns.linkOf(envelope);
      this.#rows.reserve(column, contents.with(this.#rows.get(column), envelope));
    }
    this.#rows.makeRoom();
  }

  #send(envelope: number): void {
    const { column, contents } = this.columns.linkOf(envelope);
    this.#rows.set(column, contents.with(this.#rows.get(column), envelope));
  }

  #lose(index: number, cut: readonly number[], visit: Visit<Decisions>): void {
    const rows = this.#rows;
    const anyPlace = this.#instance.network.loses === 'any';
    const lost: Decision[] = [];
    rows.reset();
    for (const { target, column, contents } of this.columns.links) {
      const content = this.#now[column] as number;
      if (content === 0) continue;
      const isDown = !(this.#locals[target] as LocalMoves).up;
      if (cut.length === 0 && !isDown && !this.#scope.loss) continue;
      if (this.#dominated) {
        for (const envelope of contents.content(content)) {
          const cause = this.#causeOfLoss(envelope, cut, isDown);
          if (cause !== undefined) lost.push(this.#drop(envelope, cause));
        }
        rows.set(column, 0);
        continue;
      }
      const candidates = anyPlace ? contents.content(content) : contents.takeable(content);
      for (const [position, envelope] of candidates.entries()) {
        const cause = this.#causeOfLoss(envelope, cut, isDown);
        if (cause === undefined) continue;
        const left = anyPlace
          ? contents.withoutAt(content, position)
          : contents.without(content, envelope);
        const drop = this.#drop(envelope, cause);
        rows.reset();
        rows.set(column, left);
        this.#emit(index, [anyPlace ? { ...drop, position } : drop], visit);
      }
    }
    if (lost.length > 0) this.#emit(index, lost, visit);
  }

  /** Why the envelope may be lost, or undefined where it may not. */
  #causeOfLoss(envelope: number, cut: readonly number[], isDown: boolean): DropCause | undefined {
    if (this.columns.isCut(cut, envelope)) return 'cut';
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

  #fail(index: number, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    const faults = this.columns.digits.count(this.#now[this.columns.faults] as number);
    const mayRestart = faults.restarts < this.#scope.restarts;
    const mayLoseDisk = faults.diskLosses < this.#scope.diskLosses;
    for (const [node, { crash, restarts, loseDisk }] of this.#locals.entries()) {
      if (crash !== undefined && this.#mayCrash) this.#take(index, node, crash, 1, visit);
      if (mayRestart) for (const move of restarts) this.#act(index, node, move, visit);
      if (loseDisk === undefined || !mayLoseDisk) continue;
      rows.reset();
      rows.set(node, loseDisk.next);
      this.#count({ diskLosses: 1 });
      this.#emit(index, loseDisk.label, visit);
    }
  }

  #partition(index: number, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    const { cut: column, faults, digits, partitions } = this.columns;
    if (this.#now[column] !== 0) {
      rows.reset();
      rows.set(column, 0);
      this.#emit(index, mend, visit);
      return;
    }
    const { partitions: so } = digits.count(this.#now[faults] as number);
    if (so >= this.#scope.partitions) return;
    for (const { decision, cut } of partitions) {
      rows.reset();
      rows.set(column, cut);
      this.#count({ partitions: 1 });
      this.#emit(index, [decision], visit);
    }
  }

  #isDue(cut: readonly number[], node: number, suspects: readonly number[] | undefined): boolean {
    if (suspects === undefined) return true;
    const nodes = this.#instance.nodes.length;
    return suspects.some(
      (peer) =>
        this.#locals[peer]?.up !== true ||
        cut.includes(peer * nodes + node) ||
        cut.includes(node * nodes + peer),
    );
  }

  #count(more: Partial<FaultCount>): void {
    const { faults, digits } = this.columns;
    this.#rows.set(faults, digits.plus(this.#rows.get(faults), more));
  }

  #emit(index: number, label: Decisions, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    // Nothing changed: the state leads to itself, and need not be looked for.
    if (!rows.changed) return visit(index, false, label);
    const added = rows.add();
    if (added < 0) visit(-1 - added, false, label);
    else if (this.#isBounded) visit(this.#outside(added) ?? added, true, label);
    else visit(added, true, label);
  }

  #values(index: number): Int32Array {
    const values = new Int32Array(this.#rows.columns);
    this.#rows.unpack(index, values);
    return values;
  }
}

const none = -1;
const mend: Decisions = [{ type: 'mend' }];

/** A class, since one is made for each state, and closures in each would cost more. */
class RowCursor implements Cursor {
  readonly #space: SystemSpace;
  readonly #rows: PackedRows;
  readonly #index: number;

  constructor(space: SystemSpace, rows: PackedRows, index: number) {
    this.#space = space;
    this.#rows = rows;
    this.#index = index;
  }

  read(column: number): number {
    return this.#rows.value(this.#index, column);
  }

  get history(): ClientHistory {
    const { history: column, moves } = this.#space.columns;
    return column === undefined
      ? emptyHistory
      : (moves.histories[this.read(column)] as ClientHistory);
  }

  view(): StateView {
    return new StateView(this.#space.columns.instance, this.#space.state(this.#index));
  }
}
