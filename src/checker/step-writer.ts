/** Drafts the steps of an expanded state as rows, then adds them all and tells of each. */
import type { Instance } from '../model/instance.ts';
import type { FaultCount } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import type { Columns } from './columns.ts';
import type { ActingMove, Move } from './moves.ts';
import { type PackedRows, unchanged } from './packed-rows.ts';
import { type Decisions, outsideOf, type Visit } from './space.ts';

export class StepWriter {
  readonly #instance: Instance;
  readonly #columns: Columns;
  readonly #rows: PackedRows;
  /** The values of the expanded state, by column. */
  readonly #now: Int32Array;
  readonly #isBounded: boolean;
  /** Whether the scope allows one more crash. */
  mayCrash = false;
  /** What the step under construction changes: columns, each once, with their values afterwards. */
  readonly #changes: Int32Array;
  #length = 0;
  /** How much of that was there before the node acts. */
  #kept = 0;
  /** Of each step its label and the place of its row among those staged. */
  readonly #labels: Decisions[] = [];
  readonly #places: number[] = [];
  #steps = 0;

  constructor(columns: Columns, rows: PackedRows, now: Int32Array) {
    this.#instance = columns.instance;
    this.#columns = columns;
    this.#rows = rows;
    this.#now = now;
    this.#changes = new Int32Array(2 * now.length);
    const { constraint, boundary } = columns.instance.system;
    this.#isBounded = constraint !== undefined || boundary !== undefined;
  }

  /** The steps of the loaded state follow. */
  begin(): void {
    this.#steps = 0;
    this.alone();
  }

  /** What the next moves change before the node acts, such as the link that a message is taken from. */
  before(column: number, value: number): void {
    this.#changes[0] = column;
    this.#changes[1] = value;
    this.#length = 2;
    this.#kept = 2;
  }

  /** The next moves change nothing before the node acts. */
  alone(): void {
    this.#length = 0;
    this.#kept = 0;
  }

  /** A move with the crashes within it that the scope allows. */
  act(node: number, { whole, interrupted }: ActingMove): void {
    this.take(node, whole);
    if (!this.mayCrash) return;
    for (let i = 0; i < interrupted.length; i++) this.take(node, interrupted[i] as Move, true);
  }

  take(node: number, { next, sends, marks, fault, label }: Move, isCutShort = false): void {
    const isQuiet = sends.length === 0 && marks === 0 && fault === undefined && !isCutShort;
    if (isQuiet && next === this.#now[node] && this.#kept === 0)
      return this.#note(label, unchanged);
    // What came before is the place that a message was taken from, and no node's state.
    this.#changes[this.#length++] = node;
    this.#changes[this.#length++] = next;
    for (let i = 0; i < sends.length; i++) {
      const { column, contents } = this.#columns.linkOf(sends[i] as number);
      this.set(column, contents.with(this.get(column), sends[i] as number));
    }
    if (marks !== 0) this.#mark(marks);
    if (isCutShort) this.#count('crashes');
    if (fault !== undefined) this.#count(fault);
    this.emit(label);
  }

  #mark(marks: number): void {
    const { observed, history, moves } = this.#columns;
    this.set(observed, moves.ghosts.observe(this.get(observed), marks));
    if (history !== undefined) this.set(history, moves.ghosts.follow(this.get(history), marks));
  }

  /** A step of the environment that sets one column, and counts as a fault of the scope or as none. */
  change(label: Decisions, column: number, value: number, fault?: keyof FaultCount): void {
    this.set(column, value);
    if (fault !== undefined) this.#count(fault);
    this.emit(label);
  }

  #count(fault: keyof FaultCount): void {
    const { faults, digits } = this.#columns;
    this.set(faults, digits.plus(this.get(faults), fault));
  }

  /** The value of a column after what the step has changed so far. */
  get(column: number): number {
    const changes = this.#changes;
    for (let i = 0; i < this.#length; i += 2)
      if (changes[i] === column) return changes[i + 1] as number;
    return this.#now[column] as number;
  }

  /** Sets a column of the step under construction. */
  set(column: number, value: number): void {
    const changes = this.#changes;
    let at = 0;
    while (at < this.#length && changes[at] !== column) at += 2;
    changes[at] = column;
    changes[at + 1] = value;
    if (at === this.#length) this.#length += 2;
  }

  /** The step is complete, and another begins. */
  emit(label: Decisions): void {
    this.#note(label, this.#rows.stage(this.#changes, this.#length));
    this.#length = this.#kept;
  }

  #note(label: Decisions, place: number): void {
    this.#labels[this.#steps] = label;
    this.#places[this.#steps++] = place;
  }

  /** All steps have been drafted: adds them and tells of each, in the order in which they came. */
  end(index: number, visit: Visit<Decisions>): void {
    const rows = this.#rows;
    // Whether a state is within bounds is asked when it is the last, so that it can be taken back.
    if (!this.#isBounded) rows.settle(0, rows.staged);
    for (let step = 0; step < this.#steps; step++) {
      const label = this.#labels[step] as Decisions;
      const place = this.#places[step] as number;
      // Nothing changed: the state leads to itself, and need not be looked for.
      if (place === unchanged) {
        visit(index, false, label);
        continue;
      }
      if (this.#isBounded) rows.settle(place, place + 1);
      const added = rows.settled[place] as number;
      const target = added < 0 ? -1 - added : added;
      rows.show(place, target);
      if (added < 0) visit(target, false, label);
      else visit(this.#isBounded ? (this.outside(added, place) ?? added) : added, true, label);
    }
  }

  /** Where a new state is out of bounds; it is then taken back. */
  outside(index: number, place?: number): number | undefined {
    if (!this.#isBounded) return undefined;
    const state = this.#columns.state(this.#rows.values(index));
    const outside = outsideOf(this.#instance.system, new StateView(this.#instance, state));
    if (outside !== undefined) this.#rows.removeLast(place);
    return outside;
  }
}
