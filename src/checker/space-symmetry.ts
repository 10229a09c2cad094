/** Symmetry in the state space of a system: its states are orbits, each kept as its canonical form. */
import type { Decision } from '../model/decision.ts';
import { canonical } from '../model/plain-data.ts';
import { decisionWords, nodeWords } from './asymmetry-words.ts';
import { CanonicalRows } from './canonical-rows.ts';
import type { Columns } from './columns.ts';
import { Invariance, ValuesCursor } from './invariance.ts';
import { orbitOf } from './orbit.ts';
import type { PackedRows } from './packed-rows.ts';
import { RowAction } from './row-action.ts';
import type { Decisions, Visit, Walk } from './space.ts';
import type { SymmetricMoves } from './symmetric-moves.ts';
import { asymmetry, type SymmetricSets } from './symmetric-sets.ts';

/** An initial state as the relation knows it, and the index of its orbit. */
interface Initial {
  readonly start: number;
  readonly values: Int32Array;
  orbit: number;
}

/** A state on a way that really leads somewhere. */
interface Place {
  readonly values: Int32Array;
  readonly label: Decisions | undefined;
  readonly before: Place | undefined;
  readonly from: number;
}

export class SpaceSymmetry {
  readonly invariance: Invariance;
  readonly #columns: Columns;
  readonly #moves: SymmetricMoves;
  readonly #rows: PackedRows;
  readonly #action: RowAction;
  readonly canonical: CanonicalRows;
  readonly #initial: Initial[] = [];
  readonly #compared = new Map<string, WeakSet<Decisions>>();

  constructor(columns: Columns, moves: SymmetricMoves, rows: PackedRows, sets: SymmetricSets) {
    this.#columns = columns;
    this.#moves = moves;
    this.#rows = rows;
    this.#action = new RowAction(columns, moves, sets.members);
    this.canonical = new CanonicalRows(this.#action, rows, sets);
    this.invariance = new Invariance(columns, this.canonical, this.#action.width, sets);
  }

  /** Whether crashes within a step keep more prefixes than the relation knows. */
  get hasAddedPrefixes(): boolean {
    return this.#moves.hasAddedPrefixes;
  }

  /** Which start led to the initial state from which a walk comes. */
  startOf(from: number): number {
    return this.#initial[from]?.start ?? 0;
  }

  /** Keeps the row under construction, which is the state that the step really leads to. */
  note(): void {
    this.canonical.note();
  }

  /** Replaces the row under construction by its canonical form. */
  settle(): void {
    this.canonical.settle();
  }

  reached(): ValuesCursor {
    return new ValuesCursor(this.#columns, this.canonical.reached);
  }

  /** Throws where `without` treats a decision and the same with nodes exchanged differently. */
  compareWithout(
    property: string,
    without: (decision: Decision) => boolean,
    label: Decisions,
  ): void {
    if (this.#compared.get(property)?.has(label) === true) return;
    const { renamings } = this.#moves;
    for (const first of label) {
      const { members } = orbitOf(
        first,
        (decision) => canonical(decision),
        (decision) => renamings.map((renaming) => renaming.decision(decision)),
      );
      const other = members.find((decision) => without(decision) !== without(first));
      if (other === undefined) continue;
      const { exchange } = renamings[0] as (typeof renamings)[number];
      throw asymmetry(
        this.#columns.instance.system.name,
        exchange,
        `property "${property}" is without one of ${decisionWords(first)} and ${decisionWords(other)}, and not without the other`,
      );
    }
    const compared = this.#compared.get(property) ?? new WeakSet();
    this.#compared.set(property, compared.add(label));
  }

  bound(values: Int32Array, boundOf: (row: Int32Array) => number | undefined): number | undefined {
    return this.invariance.bound(values, boundOf);
  }

  /** The row under construction is an initial state; it is replaced by its canonical form. */
  begin(start: number): Initial {
    this.note();
    const initial = { start, values: this.canonical.reached.slice(), orbit: -1 };
    this.#initial.push(initial);
    this.settle();
    return initial;
  }

  /** Throws where exchanging nodes makes an initial state something else than an initial state. */
  compareInitial(): void {
    const known = new Set(this.#initial.map(({ values }) => values.join()));
    for (const { values } of this.#initial)
      for (const [renaming, { exchange, nodes }] of this.#moves.renamings.entries()) {
        const image = new Int32Array(this.#action.width);
        this.#action.apply(renaming, values, this.#rows.columns, image);
        if (known.has(image.join())) continue;
        const { instance } = this.#columns;
        const differing = instance.nodes.find(({ index }) => image[index] !== values[index]);
        const words = (row: Int32Array): string => {
          if (differing === undefined) return 'something else';
          const node = this.#moves.node(differing.index, row[differing.index] as number);
          return nodeWords(differing.id, node);
        };
        const what =
          differing === undefined
            ? 'what was sent or marked at the start is not the same with the two exchanged'
            : nodes[differing.index] === differing.index
              ? `at the start ${words(values)}, and with the two exchanged ${words(image)}`
              : `at the start ${words(values)}, which with the other's name would be ${words(image)}`;
        throw asymmetry(instance.system.name, exchange, what);
      }
  }

  /**
   * A path of the relation along orbits. From any state of an orbit a step leads to the next orbit, but for
   * the one crash within a step whose prefix only some of them keep: then all of them are tried.
   */
  walk(
    orbits: readonly number[],
    expand: (index: number, visit: Visit<Decisions>) => void,
    shows: ((before: ValuesCursor, after: ValuesCursor) => boolean) | undefined,
  ): Walk<Decisions> {
    this.#moves.isLiteral = true;
    try {
      return this.#walk(orbits, expand, shows);
    } finally {
      this.#moves.isLiteral = false;
    }
  }

  #walk(
    orbits: readonly number[],
    expand: (index: number, visit: Visit<Decisions>) => void,
    shows: ((before: ValuesCursor, after: ValuesCursor) => boolean) | undefined,
  ): Walk<Decisions> {
    const enough = this.hasAddedPrefixes ? Number.POSITIVE_INFINITY : 1;
    let places: readonly Place[] = this.#initial.flatMap(({ orbit, values }, from) =>
      orbit === orbits[0] ? [{ values, label: undefined, before: undefined, from }] : [],
    );
    for (const [position, target] of orbits.slice(1).entries()) {
      const source = orbits[position] as number;
      const isLast = position === orbits.length - 2;
      const next = new Map<string, Place>();
      for (const before of places.slice(0, enough)) {
        this.#rows.loadValues(source, before.values);
        expand(source, (orbit, _isNew, label) => {
          if (orbit !== target) return;
          const { reached } = this.canonical;
          const key = reached.join();
          if (next.has(key)) return;
          if (isLast && shows !== undefined) {
            const from = new ValuesCursor(this.#columns, before.values);
            if (!shows(from, this.reached())) return;
          }
          next.set(key, { values: reached.slice(), label, before, from: before.from });
        });
      }
      places = [...next.values()];
    }
    const path: Decisions[] = [];
    const [last] = places;
    if (last === undefined) throw new Error('broken promise: no path leads along these orbits');
    for (let at: Place | undefined = last; at?.label !== undefined; at = at.before)
      path.push(at.label);
    return { path: path.reverse(), from: last.from };
  }
}
