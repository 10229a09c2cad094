/**
 * The history as Wing & Gong walk it: calls and returns in the order of time, in a doubly linked list
 * from which an operation can be taken and put back in constant time (Wing & Gong 1993, Lowe 2017).
 */
import { isPending, type Operation } from './operation.ts';

/** The end of the list, and its beginning: the list is a ring. */
export const ring = 0;

export class Entries {
  /** Entries are numbered from 1 in the order of time. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** The operation of an entry, as its index in the list given. */
  readonly operation: Int32Array;
  readonly isCall: Uint8Array;
  readonly callOf: Int32Array;
  /** 0 for a pending operation: its return comes after everything, so that nothing waits for it. */
  readonly returnOf: Int32Array;

  constructor(operations: readonly Operation[]) {
    const points = pointsOf(operations);
    const count = points.length;
    this.next = new Int32Array(count + 1);
    this.previous = new Int32Array(count + 1);
    this.operation = new Int32Array(count + 1);
    this.isCall = new Uint8Array(count + 1);
    this.callOf = new Int32Array(operations.length);
    this.returnOf = new Int32Array(operations.length);
    for (const [index, { operation, isCall }] of points.entries()) {
      const entry = index + 1;
      this.operation[entry] = operation;
      this.isCall[entry] = isCall ? 1 : 0;
      if (isCall) this.callOf[operation] = entry;
      else this.returnOf[operation] = entry;
    }
    for (let entry = 0; entry <= count; entry++) {
      this.next[entry] = entry === count ? ring : entry + 1;
      this.previous[entry] = entry === 0 ? count : entry - 1;
    }
  }

  /** Takes an operation out: it has its place in the order. */
  lift(operation: number): void {
    this.#unlink(this.callOf[operation] as number);
    const end = this.returnOf[operation] as number;
    if (end !== ring) this.#unlink(end);
  }

  /** Puts the operation that was taken out last back to where it was. */
  unlift(operation: number): void {
    const end = this.returnOf[operation] as number;
    if (end !== ring) this.#link(end);
    this.#link(this.callOf[operation] as number);
  }

  #unlink(entry: number): void {
    const before = this.previous[entry] as number;
    const after = this.next[entry] as number;
    this.next[before] = after;
    this.previous[after] = before;
  }

  #link(entry: number): void {
    this.next[this.previous[entry] as number] = entry;
    this.previous[this.next[entry] as number] = entry;
  }
}

interface Point {
  readonly operation: number;
  readonly isCall: boolean;
  readonly time: number;
}

/**
 * Intervals are closed: what returns at a time does not precede what is called at that time, so calls
 * come first. Equal calls stay in the order given.
 */
function pointsOf(operations: readonly Operation[]): readonly Point[] {
  const points: Point[] = [];
  for (const [operation, one] of operations.entries()) {
    points.push({ operation, isCall: true, time: one.invoked });
    if (!isPending(one)) points.push({ operation, isCall: false, time: one.returned as number });
  }
  return points.sort((a, b) => a.time - b.time || Number(b.isCall) - Number(a.isCall));
}
