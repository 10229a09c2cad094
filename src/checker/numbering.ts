/** Things numbered in the order in which they come, equal ones alike. */
export class Numbering<T> {
  /** By number. */
  readonly all: T[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a thing; things with equal keys are equal. */
  of(key: string, thing: T): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.length;
      this.#numbers.set(key, number);
      this.all.push(thing);
    }
    return number;
  }
}
