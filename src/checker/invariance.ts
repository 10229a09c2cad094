/**
 * Predicates that must not tell exchanged states apart: each answer is compared with the answers for all
 * versions of the state. What a predicate reads is noted, so that states which agree in all of that are
 * compared once: a predicate over what the observer has made of the marks is asked about few of them.
 */
import { emptyHistory } from '../model/client-history.ts';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Property } from '../model/property.ts';
import { StateView } from '../model/state-view.ts';
import { nodeWords } from './asymmetry-words.ts';
import type { CanonicalRows } from './canonical-rows.ts';
import type { Columns } from './columns.ts';
import type { Cursor } from './questions.ts';
import { describeSets, type SymmetricSets } from './symmetric-sets.ts';

/** A state given by the values of its columns. */
export class ValuesCursor implements Cursor {
  readonly values: Int32Array;
  readonly history = emptyHistory;
  readonly #columns: Columns;

  constructor(columns: Columns, values: Int32Array) {
    this.#columns = columns;
    this.values = values;
  }

  read(column: number): number {
    return this.values[column] ?? 0;
  }

  view(): StateView {
    return new StateView(this.#columns.instance, this.#columns.state(this.values));
  }
}

/** Notes the columns that a predicate reads, or that it saw the state as a whole. */
class NotingCursor implements Cursor {
  readonly history = emptyHistory;
  sawAll = false;
  readonly #of: Cursor;
  readonly #noted: Set<number>;

  constructor(of: Cursor, noted: Set<number>) {
    this.#of = of;
    this.#noted = noted;
  }

  read(column: number): number {
    this.#noted.add(column);
    return this.#of.read(column);
  }

  view(): StateView {
    this.sawAll = true;
    return this.#of.view();
  }
}

export class Invariance {
  readonly #instance: Instance;
  readonly #columns: Columns;
  readonly #rows: CanonicalRows;
  readonly #width: number;
  readonly #sets: SymmetricSets;
  /** For each node the nodes that it may be exchanged with, itself included. */
  readonly #peers: readonly (readonly number[])[];

  constructor(columns: Columns, rows: CanonicalRows, width: number, sets: SymmetricSets) {
    this.#instance = columns.instance;
    this.#columns = columns;
    this.#rows = rows;
    this.#width = width;
    this.#sets = sets;
    this.#peers = this.#instance.nodes.map(({ id, index }) => {
      const set = sets.sets.find((members) => members.includes(id));
      return set?.map((member) => this.#instance.node(member).index) ?? [index];
    });
  }

  /** The property, refused where one of its predicates tells versions of a state apart. */
  property(property: Property<Cursor>): Property<Cursor> {
    const of = (predicate: (state: Cursor) => boolean) => {
      const same = this.#compared(property.name, 1, ([state]) => predicate(state as Cursor));
      return (state: Cursor): boolean => same([state]);
    };
    const { premise, ...rest } = property;
    const common = premise === undefined ? {} : { premise: of(premise) };
    switch (rest.kind) {
      case 'invariant':
      case 'reachable':
        return { ...rest, ...common, holds: of(rest.holds) };
      case 'alwaysPossible':
        return { ...rest, ...common, goal: of(rest.goal) };
      case 'transition': {
        const { allows } = rest;
        const same = this.#compared(rest.name, 2, ([before, after]) =>
          allows(before as Cursor, after as Cursor),
        );
        return { ...rest, ...common, allows: (before, after) => same([before, after]) };
      }
      default:
        throw new Error(`broken promise: ${rest.kind} is refused with symmetry`);
    }
  }

  /** Throws where a bound of the system is not the same for all versions of the state. */
  bound<T>(values: Int32Array, boundOf: (values: Int32Array) => T): T {
    const bound = boundOf(values);
    for (const version of this.#rows.versions([this.#widened(values)]))
      if (boundOf(version[0] as Int32Array) !== bound)
        throw this.#toldApart('its constraint or boundary', [values], version);
    return bound;
  }

  #widened(values: Int32Array): Int32Array {
    const row = new Int32Array(this.#width);
    row.set(values);
    return row;
  }

  #compared(
    name: string,
    sides: 1 | 2,
    predicate: (states: readonly Cursor[]) => boolean,
  ): (states: readonly Cursor[]) => boolean {
    const compared = new ComparedPredicate(predicate, sides, {
      columns: this.#columns,
      rows: this.#rows,
      width: this.#width,
      peers: this.#peers,
      toldApart: (originals, version) => this.#toldApart(`property "${name}"`, originals, version),
    });
    return (states) => compared.answer(states);
  }

  #toldApart(
    what: string,
    originals: readonly Int32Array[],
    version: readonly Int32Array[],
  ): UserMistake {
    const at = originals.findIndex((values, side) => values.join() !== version[side]?.join());
    const words = (values: Int32Array | undefined): string =>
      this.#sets.members
        .map((id) => {
          const { index } = this.#instance.node(id);
          const nodes = this.#columns.state(values ?? new Int32Array(this.#width)).nodes;
          return nodeWords(id, nodes[index] as (typeof nodes)[number]);
        })
        .join(', ');
    return new UserMistake(
      `"${this.#instance.system.name}" is not symmetric in ${describeSets(this.#sets.sets)}: ${what} says one thing where ${words(originals[at])}, and another with names exchanged, where ${words(version[at])}; let it treat all of them alike, or check it without symmetry`,
    );
  }
}

interface Comparing {
  readonly columns: Columns;
  readonly rows: CanonicalRows;
  readonly width: number;
  /** For each node the nodes that it may be exchanged with, itself included. */
  readonly peers: readonly (readonly number[])[];
  readonly toldApart: (
    originals: readonly Int32Array[],
    version: readonly Int32Array[],
  ) => UserMistake;
}

/** A predicate over one state or the two of a step, asked about all versions. */
class ComparedPredicate {
  readonly #predicate: (states: readonly Cursor[]) => boolean;
  readonly #comparing: Comparing;
  /** For each side the columns that were ever read, and all that these may become. */
  readonly #noted: readonly Set<number>[];
  #relevant: readonly (readonly number[])[];
  #count = 0;
  /** What was read of the states that have been compared. */
  readonly #done = new Set<string | number>();
  /** Whether the predicate remembers nothing, but looks at whole states each time. */
  #isForgetful = false;

  constructor(
    predicate: (states: readonly Cursor[]) => boolean,
    sides: 1 | 2,
    comparing: Comparing,
  ) {
    this.#predicate = predicate;
    this.#comparing = comparing;
    this.#noted = Array.from({ length: sides }, () => new Set());
    this.#relevant = this.#noted.map(() => []);
  }

  answer(states: readonly Cursor[]): boolean {
    const answer = this.#predicate(states);
    if (!this.#isForgetful && this.#done.has(this.#keyOfStates(states))) return answer;
    const { width } = this.#comparing;
    const originals = states.map((state) =>
      Int32Array.from({ length: width }, (_, column) => state.read(column)),
    );
    for (let learnt = 0; ; ) {
      const sawAll = this.#compare(originals, answer);
      if (this.#isForgetful) return answer;
      const read = this.#noted.reduce((sum, { size }) => sum + size, 0);
      if (read !== this.#count) {
        // More than was known matters to it: versions that differ there are told apart from now on.
        this.#count = read;
        this.#relevant = this.#noted.map((columns) => this.#exchangeable(columns));
        this.#done.clear();
      } else if (!sawAll) {
        this.#done.add(this.#keyOfStates(states));
        return answer;
      } else if (++learnt > 1) {
        // What is learnt is looked at as a whole once: this predicate learns nothing.
        this.#isForgetful = true;
      }
    }
  }

  /** Throws where some version has another answer. Returns whether one was looked at as a whole. */
  #compare(originals: readonly Int32Array[], answer: boolean): boolean {
    const { rows, columns, toldApart } = this.#comparing;
    const keyOf = this.#isForgetful
      ? undefined
      : (version: readonly Int32Array[]) => this.#keyOfRows(version);
    let sawAll = false;
    for (const version of rows.versions(originals, keyOf)) {
      const cursors = version.map(
        (values, side) =>
          new NotingCursor(new ValuesCursor(columns, values), this.#noted[side] as Set<number>),
      );
      if (this.#predicate(cursors) !== answer) throw toldApart(originals, version);
      for (const cursor of cursors) sawAll ||= cursor.sawAll;
    }
    return sawAll;
  }

  #keyOfStates(states: readonly Cursor[]): string | number {
    const [only, another] = this.#relevant[0] as readonly number[];
    // Most predicates look at the observation alone, and numbers are found sooner than texts.
    if (states.length === 1 && only !== undefined && another === undefined)
      return (states[0] as Cursor).read(only);
    let key = '';
    for (let side = 0; side < states.length; side++) {
      const state = states[side] as Cursor;
      for (const column of this.#relevant[side] as readonly number[])
        key += `${state.read(column)},`;
    }
    return key;
  }

  #keyOfRows(rows: readonly Int32Array[]): string {
    let key = '';
    for (let side = 0; side < rows.length; side++) {
      const row = rows[side] as Int32Array;
      for (const column of this.#relevant[side] as readonly number[]) key += `${row[column]},`;
    }
    return key;
  }

  /** All columns that may become one of these. */
  #exchangeable(columns: ReadonlySet<number>): readonly number[] {
    const all = new Set<number>();
    for (const column of columns)
      for (const peer of this.#comparing.peers[column] ?? [column]) all.add(peer);
    return [...all].sort((a, b) => a - b);
  }
}
