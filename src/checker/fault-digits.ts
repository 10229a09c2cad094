/** The faults so far as one small number: a digit for each kind, as large as its bound in the scope needs. */
import type { FullScope } from '../model/scope.ts';
import type { FaultCount } from '../model/state.ts';

export class FaultDigits {
  readonly #bounds: readonly [crashes: number, restarts: number, partitions: number];

  constructor({ crashes, restarts, partitions }: FullScope) {
    this.#bounds = [crashes + 1, restarts + 1, partitions + 1];
  }

  /** The number after `more` faults; each kind must stay within its bound. */
  plus(value: number, more: Partial<FaultCount>): number {
    const so = this.count(value);
    const [crashes, restarts, partitions] = this.#bounds;
    return (
      so.crashes +
      (more.crashes ?? 0) +
      crashes *
        (so.restarts +
          (more.restarts ?? 0) +
          restarts *
            (so.partitions +
              (more.partitions ?? 0) +
              partitions * (so.diskLosses + (more.diskLosses ?? 0))))
    );
  }

  crashes(value: number): number {
    return value % this.#bounds[0];
  }

  count(value: number): FaultCount {
    let rest = value;
    const [crashes, restarts, partitions] = this.#bounds.map((bound) => {
      const digit = rest % bound;
      rest = (rest - digit) / bound;
      return digit;
    }) as [number, number, number];
    return { crashes, restarts, partitions, diskLosses: rest };
  }
}
