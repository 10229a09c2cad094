/**
 * The event queue: a binary heap ordered by time, ties broken by the order of pushing. A class, since
 * its identity matters: there is one a run, and it changes.
 */
export interface Timed {
  /** Virtual time in whole microseconds. */
  readonly at: number;
}

export class EventQueue<T extends Timed> {
  readonly #heap: T[] = [];
  readonly #order: number[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(event: T): void {
    const heap = this.#heap;
    const order = this.#order;
    const sequence = this.#pushed++;
    let hole = heap.length;
    heap.push(event);
    order.push(sequence);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent] as T;
      // The pushed event has the highest sequence, so that at equal times it stays below.
      if (above.at <= event.at) break;
      heap[hole] = above;
      order[hole] = order[parent] as number;
      hole = parent;
    }
    heap[hole] = event;
    order[hole] = sequence;
  }

  /** Takes the earliest event, or undefined when there is none. */
  pop(): T | undefined {
    const heap = this.#heap;
    const order = this.#order;
    const first = heap[0];
    const last = heap.pop();
    const sequence = order.pop();
    if (last === undefined || sequence === undefined || heap.length === 0) return first;
    const size = heap.length;
    const half = size >> 1;
    let hole = 0;
    while (hole < half) {
      let child = 2 * hole + 1;
      let below = heap[child] as T;
      const right = child + 1;
      if (right < size) {
        const other = heap[right] as T;
        if (
          other.at < below.at ||
          (other.at === below.at && (order[right] as number) < (order[child] as number))
        ) {
          child = right;
          below = other;
        }
      }
      if (last.at < below.at || (last.at === below.at && sequence < (order[child] as number)))
        break;
      heap[hole] = below;
      order[hole] = order[child] as number;
      hole = child;
    }
    heap[hole] = last;
    order[hole] = sequence;
    return first;
  }
}
