/** The faults so far as one small number: a digit for each kind, as large as its bound in the scope needs. */
import type { FullScope } from '../model/scope.ts';
import { type FaultCount, faultNames } from '../model/state.ts';

export class FaultDigits {
  /** What one more of each kind adds to the number. */
  readonly #weights: FaultCount;
  readonly #bounds: FaultCount;

  constructor(scope: FullScope) {
    let weight = 1;
    const weights: Partial<Record<keyof FaultCount, number>> = {};
    const bounds: Partial<Record<keyof FaultCount, number>> = {};
    for (const name of faultNames) {
      weights[name] = weight;
      bounds[name] = scope[name] + 1;
      weight *= scope[name] + 1;
    }
    this.#weights = weights as FaultCount;
    this.#bounds = bounds as FaultCount;
  }

  /** The number after one more fault of a kind, which must stay within its bound. */
  plus(value: number, name: keyof FaultCount): number {
    return value + this.#weights[name];
  }

  /** How many faults of a kind there were. */
  of(value: number, name: keyof FaultCount): number {
    return Math.floor(value / this.#weights[name]) % this.#bounds[name];
  }

  count(value: number): FaultCount {
    return Object.fromEntries(
      faultNames.map((name) => [name, this.of(value, name)]),
    ) as unknown as FaultCount;
  }
}
