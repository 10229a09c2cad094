/**
 * What marks make of a state: observations and what clients have seen, by number. A list of marks leads
 * from number to number, each step computed once.
 */
import { type ClientHistory, isHistoryMark, withMark } from '../model/client-history.ts';
import type { Instance } from '../model/instance.ts';
import { canonical, keyOf } from '../model/plain-data.ts';
import type { ObservedMark } from '../model/system.ts';
import { Numbering } from './numbering.ts';

export class Ghosts {
  readonly #instance: Instance;
  readonly #marks = new Numbering<readonly ObservedMark[]>();
  readonly #observations = new Numbering<unknown>();
  readonly #histories = new Numbering<ClientHistory>();
  readonly #observed: number[][] = [];
  readonly #followed: number[][] = [];

  constructor(instance: Instance) {
    this.#instance = instance;
    this.numberOfMarks([]);
  }

  /** Observations by number. */
  get observations(): readonly unknown[] {
    return this.#observations.all;
  }

  /** What clients have seen, by number. */
  get histories(): readonly ClientHistory[] {
    return this.#histories.all;
  }

  /** Lists of marks, by number. */
  get marks(): readonly (readonly ObservedMark[])[] {
    return this.#marks.all;
  }

  /** Whether a mark can change the state. */
  isNoted(mark: string): boolean {
    const { observer, hasHistory } = this.#instance;
    return observer !== undefined || (hasHistory && isHistoryMark(mark));
  }

  /** The number of a list of marks; 0 for none. */
  numberOfMarks(marks: readonly ObservedMark[]): number {
    return this.#marks.of(canonical(marks, 'a mark'), marks);
  }

  /** The number of two lists of marks, one after the other. */
  joined(first: number, then: number): number {
    return this.numberOfMarks([first, then].flatMap((marks) => this.#marks.all[marks] ?? []));
  }

  numberOfObservation(observed: unknown): number {
    const where = 'what the observer made of the marks';
    const key =
      typeof observed === 'object' && observed !== null
        ? keyOf(observed, where)
        : canonical(observed, where);
    return this.#observations.of(key, observed);
  }

  numberOfHistory(history: ClientHistory): number {
    return this.#histories.of(keyOf(history, 'the data of a mark'), history);
  }

  /** The observation after a list of marks. */
  observe(observation: number, marks: number): number {
    const { observer } = this.#instance;
    return this.#after(this.#observed, observation, marks, (list) => {
      let observed = this.observations[observation];
      for (const mark of list) if (observer !== undefined) observed = observer.on(observed, mark);
      return this.numberOfObservation(observed);
    });
  }

  /** What clients have seen after a list of marks. */
  follow(history: number, marks: number): number {
    return this.#after(this.#followed, history, marks, (list) => {
      let seen = this.histories[history] as ClientHistory;
      for (const mark of list) seen = withMark(seen, mark);
      return this.numberOfHistory(seen);
    });
  }

  /** What {@link observe} has computed of an observation, by list of marks. */
  knownObservations(from: number): readonly (number | undefined)[] {
    return this.#observed[from] ?? [];
  }

  /** What {@link follow} has computed of a history, by list of marks. */
  knownHistories(from: number): readonly (number | undefined)[] {
    return this.#followed[from] ?? [];
  }

  #after(
    known: number[][],
    from: number,
    marks: number,
    compute: (list: readonly ObservedMark[]) => number,
  ): number {
    if (marks === 0) return from;
    let after = known[from];
    if (after === undefined) {
      after = [];
      known[from] = after;
    }
    let number = after[marks];
    if (number === undefined) {
      number = compute(this.#marks.all[marks] ?? []);
      after[marks] = number;
    }
    return number;
  }
}
