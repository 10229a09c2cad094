/**
 * Exchanges of nodes on the columns of rows: where a value of a column goes, and what becomes of it. Each is
 * computed once, from the node state, message or set of links that the number stands for.
 */
import { type Columns, fixedColumns, type Link } from './columns.ts';
import { orbitOf } from './orbit.ts';
import type { NodeRenaming } from './renamed-nodes.ts';
import type { SymmetricMoves } from './symmetric-moves.ts';

/** A column with one of its values. */
interface Cell {
  readonly column: number;
  readonly value: number;
}

export class RowAction {
  readonly renamings: readonly NodeRenaming[];
  /** Columns of a row at most. */
  readonly width: number;
  readonly #columns: Columns;
  readonly #moves: SymmetricMoves;
  readonly #nodes: number;
  readonly #firstLink: number;
  /** For each renaming and column: by value the new one. */
  readonly #images: number[][][];
  /** For each renaming and column: the column that it becomes, known once a value of it is. */
  readonly #targets: number[][];
  readonly #links: Link[] = [];
  /** Cut sets by their links. */
  readonly #cuts = new Map<string, number>();
  /** For each column by value and member: what the value says of the member, as the hash of a class. */
  readonly #classes: number[][] = [];
  #classCount = 0;
  readonly #members: readonly number[];
  /** For each renaming and member its image. */
  readonly #memberImages: readonly (readonly number[])[];

  constructor(columns: Columns, moves: SymmetricMoves, members: readonly string[]) {
    const { instance, cuts } = columns;
    const firstLink = fixedColumns(instance);
    this.renamings = moves.renamings;
    this.#columns = columns;
    this.#moves = moves;
    this.#nodes = instance.nodes.length;
    this.#firstLink = firstLink;
    this.width = firstLink + this.#nodes ** 2;
    this.#images = this.renamings.map(() => []);
    this.#targets = this.renamings.map(() => []);
    for (const { cut } of [{ cut: 0 }, ...cuts.partitions])
      this.#cuts.set(cuts.links(cut).join(), cut);
    this.#members = members.map((id) => instance.node(id).index);
    this.#memberImages = this.renamings.map(({ nodes }) =>
      this.#members.map((index) => this.#members.indexOf(nodes[index] as number)),
    );
  }

  /** Writes the row, exchanged, into another of {@link width} columns. */
  apply(renaming: number, from: Int32Array, columns: number, into: Int32Array): void {
    into.fill(0);
    const images = this.#images[renaming] as number[][];
    const targets = this.#targets[renaming] as number[];
    for (let column = 0; column < columns; column++) {
      const value = from[column] as number;
      if (value === 0 && column >= this.#firstLink) continue;
      const image = images[column]?.[value] ?? this.#image(renaming, column, value);
      into[targets[column] as number] = image;
    }
  }

  /**
   * What the row says of a member: equal for two rows and two members that some renaming takes to each
   * other. It is a sum of hashes, so that different things may be equal too.
   */
  signature(row: Int32Array, columns: number, member: number): number {
    let sum = 0;
    const members = this.#members.length;
    for (let column = 0; column < columns; column++) {
      const value = row[column] as number;
      if (value === 0 && column >= this.#firstLink) continue;
      const known = this.#classes[column]?.[value * members + member];
      sum = (sum + (known ?? this.#classify(column, value, member))) | 0;
    }
    return sum;
  }

  #classify(column: number, value: number, member: number): number {
    const members = this.#members.length;
    const { members: cells, images } = orbitOf<Cell>(
      { column, value },
      (cell) => `${cell.column} ${cell.value}`,
      (cell) =>
        this.renamings.map((_, renaming) => {
          const image = this.#image(renaming, cell.column, cell.value);
          return { column: this.#targets[renaming]?.[cell.column] as number, value: image };
        }),
    );
    const classes = cells.map((cell) => {
      this.#classes[cell.column] ??= [];
      return this.#classes[cell.column] as number[];
    });
    const slot = (place: number, one: number): number =>
      (cells[place] as Cell).value * members + one;
    for (let one = 0; one < members; one++) {
      if (classes[0]?.[slot(0, one)] !== undefined) continue;
      const hash = mixed(this.#classCount++);
      const waiting: (readonly [place: number, member: number])[] = [[0, one]];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [place, which] = next;
        const known = classes[place] as number[];
        if (known[slot(place, which)] !== undefined) continue;
        known[slot(place, which)] = hash;
        for (const [renaming, image] of (images[place] as readonly number[]).entries())
          waiting.push([image, this.#memberImages[renaming]?.[which] as number]);
      }
    }
    return this.#classes[column]?.[value * members + member] as number;
  }

  #image(renaming: number, column: number, value: number): number {
    const images = this.#images[renaming] as number[][];
    images[column] ??= [];
    const known = images[column][value];
    if (known !== undefined) return known;
    const targets = this.#targets[renaming] as number[];
    const [target, image] = this.#computed(renaming, column, value);
    targets[column] = target;
    images[column][value] = image;
    return image;
  }

  #computed(
    renaming: number,
    column: number,
    value: number,
  ): readonly [target: number, image: number] {
    const { nodes } = this.renamings[renaming] as NodeRenaming;
    const { observed, cut, delivered, cuts } = this.#columns;
    const moves = this.#moves;
    if (column < this.#nodes)
      return [nodes[column] as number, moves.imageOfNode(renaming, column, value)];
    if (column === observed) return [column, moves.ghosts.imageOfObservation(renaming, value)];
    if (column === cut) {
      const links = (this.renamings[renaming] as NodeRenaming).links(cuts.links(value));
      return [column, this.#cuts.get(links.join()) as number];
    }
    if (column === delivered)
      return [column, value === 0 ? 0 : moves.imageOfEnvelope(renaming, value - 1) + 1];
    if (column < this.#firstLink) return [column, value];
    return this.#imageOfContent(renaming, column, value);
  }

  #imageOfContent(
    renaming: number,
    column: number,
    value: number,
  ): readonly [target: number, image: number] {
    const envelopes = this.#linkOf(column)
      .contents.content(value)
      .map((envelope) => this.#moves.imageOfEnvelope(renaming, envelope));
    const link = this.#columns.linkOf(envelopes[0] as number);
    let content = 0;
    for (const envelope of envelopes) content = link.contents.with(content, envelope);
    return [link.column, content];
  }

  #linkOf(column: number): Link {
    if (this.#links[column] === undefined)
      for (const link of this.#columns.links) this.#links[link.column] = link;
    return this.#links[column] as Link;
  }
}

/** Spreads a small number over 32 bits, so that sums of few are rarely equal. */
function mixed(value: number): number {
  let h = Math.imul(value + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
