/** Writes the steps of an expanded state into rows, one after the other, and tells of each. */
import type { Instance } from '../model/instance.ts';
import type { FaultCount } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import type { Columns } from './columns.ts';
import type { ActingMove, Move } from './moves.ts';
import type { PackedRows } from './packed-rows.ts';
import { type Decisions, outsideOf, type Visit } from './space.ts';
import type { SpaceSymmetry } from './space-symmetry.ts';

const none = -1;

export class StepWriter {
  readonly #instance: Instance;
  readonly #columns: Columns;
  readonly #rows: PackedRows;
  readonly #isBounded: boolean;
  #index = 0;
  #visit: Visit<Decisions> = () => {};
  /** Whether the scope allows one more crash. */
  mayCrash = false;
  /** A column that the next moves change before the node acts, and its value. */
  #column = none;
  #value = 0;

  readonly #symmetry: SpaceSymmetry | undefined;

  constructor(columns: Columns, rows: PackedRows, symmetry?: SpaceSymmetry) {
    this.#symmetry = symmetry;
    this.#instance = columns.instance;
    this.#columns = columns;
    this.#rows = rows;
    const { constraint, boundary } = columns.instance.system;
    this.#isBounded = constraint !== undefined || boundary !== undefined;
  }

  /** The steps of the loaded state follow. */
  begin(index: number, visit: Visit<Decisions>): void {
    this.#index = index;
    this.#visit = visit;
    this.alone();
  }

  /** What the next moves change before the node acts, such as the link that a message is taken from. */
  before(column: number, value: number): void {
    this.#column = column;
    this.#value = value;
  }

  /** The next moves change nothing before the node acts. */
  alone(): void {
    this.#column = none;
  }

  /** A move with the crashes within it that the scope allows. */
  act(node: number, { whole, interrupted }: ActingMove): void {
    this.take(node, whole);
    if (!this.mayCrash) return;
    for (const cutShort of interrupted) this.take(node, cutShort, true);
  }

  take(node: number, move: Move, isCutShort = false): void {
    const rows = this.#rows;
    rows.reset();
    if (this.#column !== none) rows.set(this.#column, this.#value);
    rows.set(node, move.next);
    const { sends } = move;
    if (sends.length > 1) this.#reserve(sends);
    for (let i = 0; i < sends.length; i++) this.send(sends[i] as number);
    if (move.marks !== 0) {
      const { observed, history, moves } = this.#columns;
      rows.set(observed, moves.ghosts.observe(rows.get(observed), move.marks));
      if (history !== undefined)
        rows.set(history, moves.ghosts.follow(rows.get(history), move.marks));
    }
    if (isCutShort) this.#count('crashes');
    if (move.fault !== undefined) this.#count(move.fault);
    this.emit(move.label);
  }

  /** A step of the environment that sets one column, and counts as a fault of the scope or as none. */
  change(label: Decisions, column: number, value: number, fault?: keyof FaultCount): void {
    this.#rows.reset();
    this.#rows.set(column, value);
    if (fault !== undefined) this.#count(fault);
    this.emit(label);
  }

  send(envelope: number): void {
    const { column, contents } = this.#columns.linkOf(envelope);
    this.#rows.set(column, contents.with(this.#rows.get(column), envelope));
  }

  #reserve(sends: readonly number[]): void {
    for (let i = 0; i < sends.length; i++) {
      const envelope = sends[i] as number;
      const { column, contents } = this.#columns.linkOf(envelope);
      this.#rows.reserve(column, contents.with(this.#rows.get(column), envelope));
    }
    this.#rows.makeRoom();
  }

  #count(fault: keyof FaultCount): void {
    const { faults, digits } = this.#columns;
    this.#rows.set(faults, digits.plus(this.#rows.get(faults), fault));
  }

  /** Adds the row under construction, and tells of the step to it. */
  emit(label: Decisions): void {
    const rows = this.#rows;
    this.#symmetry?.note();
    // Nothing changed: the state leads to itself, and need not be looked for.
    if (!rows.changed) return this.#visit(this.#index, false, label);
    this.#symmetry?.settle();
    const added = rows.add();
    if (added < 0) this.#visit(-1 - added, false, label);
    else this.#visit(this.outside(added) ?? added, true, label);
  }

  /** Where a new state is out of bounds; it is then taken back. */
  outside(index: number): number | undefined {
    if (!this.#isBounded) return undefined;
    const values = this.#rows.values(index);
    const boundOf = (row: Int32Array): number | undefined =>
      outsideOf(this.#instance.system, new StateView(this.#instance, this.#columns.state(row)));
    const outside = this.#symmetry?.bound(values, boundOf) ?? boundOf(values);
    if (outside !== undefined) this.#rows.removeLast();
    return outside;
  }
}
