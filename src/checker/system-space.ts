/**
 * The state space of a system of machines, within a scope and under a timing: for each state all steps
 * that the relation knows, looked up in the nodes' moves and written into packed rows.
 */
import { type ClientHistory, emptyHistory } from '../model/client-history.ts';
import type { Instance } from '../model/instance.ts';
import { keepsDelivered } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Timing } from '../model/property.ts';
import { initialState } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import type { State } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import { Columns, fixedColumns, type Link } from './columns.ts';
import { Environment } from './environment.ts';
import { type ActingMove, kept, type LocalMoves, type Move, Moves } from './moves.ts';
import { type Order, PackedRows, type Store } from './packed-rows.ts';
import { type Cursor, Questions } from './questions.ts';
import { hasDominatedSteps } from './reduction.ts';
import type { Names } from './renaming.ts';
import { type Decisions, outsideBoundary, type Space, type Visit, type Walk } from './space.ts';
import { SpaceSymmetry } from './space-symmetry.ts';
import { StepWriter } from './step-writer.ts';
import { SymmetricMoves } from './symmetric-moves.ts';

export interface SpaceOptions {
  readonly scope: FullScope;
  readonly timing: Timing;
  /** Leave out steps that others dominate; see reduction.ts. */
  readonly reduce: boolean;
  readonly store: Store;
  readonly order: Order;
  /** Counts states up to exchanges of nodes. */
  readonly names?: Names;
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
  readonly #writer: StepWriter;
  readonly #environment: Environment;
  /** Whether the network keeps what it delivers. */
  readonly #keeps: boolean;
  /** For each initial state the start that led to it, and its values. */
  readonly #starts: number[] = [];
  readonly #initial: Int32Array[] = [];
  #mergedAtStart = false;
  /** The values of the expanded state, by column, and the moves of its nodes. */
  readonly #now: Int32Array;
  readonly #locals: LocalMoves[] = [];

  readonly symmetry: SpaceSymmetry | undefined;

  constructor(instance: Instance, options: SpaceOptions) {
    const { scope, timing, reduce, store, order, names } = options;
    this.#instance = instance;
    this.#scope = scope;
    this.#isAsynchronous = timing === 'asynchronous';
    this.#dominated = reduce && hasDominatedSteps(instance, { scope, timing });
    const symmetric = names && new SymmetricMoves(instance, scope, names);
    this.moves = symmetric ?? new Moves(instance, scope);
    this.#rows = new PackedRows(fixedColumns(instance), store, order);
    this.columns = new Columns(this.moves, scope, this.#rows);
    this.questions = new Questions(this.columns);
    this.symmetry =
      symmetric && new SpaceSymmetry(this.columns, symmetric, this.#rows, names.symmetry);
    this.#writer = new StepWriter(this.columns, this.#rows, this.symmetry);
    this.#environment = new Environment(this.columns, this.#rows, this.#writer, {
      scope,
      losesAll: this.#dominated,
      isSynchronous: timing === 'synchronous',
    });
    this.#keeps = keepsDelivered(instance.network);
    this.#now = new Int32Array(fixedColumns(instance) + instance.nodes.length ** 2);
  }

  get size(): number {
    return this.#rows.size;
  }

  begin(found: (index: number) => void): number {
    let generated = 0;
    for (const start of this.#instance.starts.keys()) if (this.#begin(start, found)) generated++;
    this.symmetry?.compareInitial();
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
    rows.set(this.columns.observed, this.moves.ghosts.numberOfObservation(state.observed));
    if (this.columns.history !== undefined && state.history !== undefined)
      rows.set(this.columns.history, this.moves.ghosts.numberOfHistory(state.history));
    for (const envelope of state.flight.flat(2))
      this.#writer.send(this.moves.numberOfEnvelope(envelope));
    const initial = this.symmetry?.begin(start);
    const added = rows.add();
    if (initial !== undefined && added < 0) initial.orbit = -1 - added;
    if (added < 0) return true;
    const outside = this.#writer.outside(added);
    if (outside === undefined) {
      if (initial !== undefined) initial.orbit = added;
      this.#starts.push(start);
      this.#initial.push(this.#rows.values(added));
      found(added);
    }
    return outside !== outsideBoundary;
  }

  /** Which of the system's starts led to the initial state of that index. */
  startOf(initial: number): number {
    return this.symmetry?.startOf(initial) ?? this.#starts[initial] ?? 0;
  }

  expand(index: number, visit: Visit<Decisions>): void {
    this.#rows.load(index);
    this.#expandLoaded(index, visit);
  }

  #expandLoaded(index: number, visit: Visit<Decisions>): void {
    const now = this.#now;
    const { columns, moves } = this;
    const { crashes } = this.#scope;
    const writer = this.#writer;
    this.#rows.unpack(index, now);
    const nodes = this.#instance.nodes.length;
    const locals = this.#locals;
    for (let node = 0; node < nodes; node++) locals[node] = moves.local(node, now[node] as number);
    writer.begin(index, visit);
    writer.mayCrash =
      crashes > 0 && columns.digits.of(now[columns.faults] as number, 'crashes') < crashes;
    const cut = now[columns.cut] as number;
    let urgent = this.#deliver(cut);
    for (let node = 0; node < nodes; node++) {
      const { steps } = locals[node] as LocalMoves;
      for (let i = 0; i < steps.length; i++) writer.act(node, steps[i] as ActingMove);
      urgent ||= steps.length > 0;
    }
    let asked = false;
    for (let node = 0; node < nodes; node++)
      for (const move of (locals[node] as LocalMoves).operations) {
        asked = true;
        writer.act(node, move);
      }
    // Synchronous: a timer fires only when no step is under way that could still pre-empt it.
    if (this.#isAsynchronous) this.#expire();
    else if (!urgent) this.#expireDue(cut, asked);
    this.#environment.act({ now, locals, cut, urgent: urgent && !this.#isAsynchronous });
  }

  /** Every armed timer fires, each on its own. */
  #expire(): void {
    for (let node = 0; node < this.#locals.length; node++)
      for (const { move } of (this.#locals[node] as LocalMoves).expirations)
        this.#writer.act(node, move);
  }

  /** The timers that are due; the others too where those lead nowhere and nothing else will ever happen. */
  #expireDue(cut: number, asked: boolean): void {
    const due: [node: number, move: ActingMove][] = [];
    const others: typeof due = [];
    for (const [node, { expirations }] of this.#locals.entries())
      for (const { move, suspects } of expirations)
        (this.#isDue(cut, node, suspects) ? due : others).push([node, move]);
    for (const [node, move] of due) this.#writer.act(node, move);
    if (asked || others.length === 0) return;
    if (due.some(([node, { whole }]) => this.#leadsOn(cut, node, whole))) return;
    for (const [node, move] of others) this.#writer.act(node, move);
  }

  /** Whether a move changes its node, or sends a message that makes its receiver change or answer. */
  #leadsOn(cut: number, node: number, { next, sends }: Move): boolean {
    const now = this.#now;
    if (next !== now[node]) return true;
    return sends.some((envelope) => {
      const sent = this.moves.envelopes[envelope] as RoutedEnvelope;
      const { target } = sent;
      if (!(this.#locals[target] as LocalMoves).ready || this.columns.cuts.isCut(cut, sent))
        return false;
      const state = now[target] as number;
      return this.moves
        .deliveries(target, state, envelope)
        .some(({ whole }) => whole.next !== state || whole.sends.length > 0);
    });
  }

  /** The state of that index, for predicates. */
  view(index: number): Cursor {
    return new RowCursor(this, this.#rows, index);
  }

  /** The values of the columns of that state. */
  row(index: number): Int32Array {
    return this.#rows.values(index);
  }

  /** With symmetry: what predicates see of the state that the step really led to. */
  reached(): Cursor | undefined {
    return this.symmetry?.reached();
  }

  /** With symmetry: a path of the relation along these orbits. */
  walk(
    orbits: readonly number[],
    shows?: (before: Cursor, after: Cursor) => boolean,
  ): Walk<Decisions> | undefined {
    return this.symmetry?.walk(orbits, (index, visit) => this.#expandLoaded(index, visit), shows);
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
        if (reached === target) found ??= { label, values: this.#rows.values(target) };
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
    return this.columns.state(this.#rows.values(index));
  }

  /** Deliveries on all links; true when there was one, which makes timers wait. */
  #deliver(cut: number): boolean {
    const { duplication } = this.#scope;
    const { links, delivered, cuts } = this.columns;
    const writer = this.#writer;
    let urgent = false;
    for (let at = 0; at < links.length; at++) {
      const { column, target, contents } = links[at] as Link;
      const content = this.#now[column] as number;
      if (content === 0) continue;
      if (!(this.#locals[target] as LocalMoves).ready) continue;
      const state = this.#now[target] as number;
      const takeable = contents.takeable(content);
      for (let i = 0; i < takeable.length; i++) {
        const envelope = takeable[i] as number;
        const moves = this.moves.deliveries(target, state, envelope);
        if (moves.length === 0) continue;
        if (cut !== 0 && cuts.isCut(cut, this.moves.envelopes[envelope] as RoutedEnvelope))
          continue;
        urgent = true;
        for (let j = 0; j < moves.length; j++) {
          const move = moves[j] as ActingMove;
          if (this.#keeps) {
            // On a duplicating network the last delivery is part of the state.
            if (delivered !== undefined) writer.before(delivered, envelope + 1);
            writer.act(target, move);
            continue;
          }
          if (!(this.#dominated && duplication)) {
            writer.before(column, contents.without(content, envelope));
            writer.act(target, move);
          }
          writer.alone();
          if (duplication) writer.act(target, kept(move));
        }
      }
    }
    writer.alone();
    return urgent;
  }

  #isDue(cut: number, node: number, suspects: readonly number[] | undefined): boolean {
    if (suspects === undefined) return true;
    return suspects.some(
      (peer) => this.#locals[peer]?.up !== true || this.columns.cuts.isApart(cut, peer, node),
    );
  }
}

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
      : (moves.ghosts.histories[this.read(column)] as ClientHistory);
  }

  view(): StateView {
    return new StateView(this.#space.columns.instance, this.#space.state(this.#index));
  }
}
