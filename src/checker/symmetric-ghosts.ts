/** What marks make of a state, where nodes may be exchanged: the observer has to commute with it. */
import type { Instance } from '../model/instance.ts';
import { canonical } from '../model/plain-data.ts';
import type { ObservedMark } from '../model/system.ts';
import { Ghosts } from './ghosts.ts';
import { orbitOf } from './orbit.ts';
import type { NodeRenaming } from './renamed-nodes.ts';
import { asymmetry } from './symmetric-sets.ts';

export class SymmetricGhosts extends Ghosts {
  readonly #system: string;
  readonly #renamings: readonly NodeRenaming[];
  readonly #imagesOfMarks: number[][];
  readonly #imagesOfObservations: number[][];
  readonly #observed: number[][] = [];

  constructor(instance: Instance, renamings: readonly NodeRenaming[]) {
    super(instance);
    this.#system = instance.system.name;
    this.#renamings = renamings;
    this.#imagesOfMarks = renamings.map(() => []);
    this.#imagesOfObservations = renamings.map(() => []);
  }

  imageOfMarks(renaming: number, marks: number): number {
    const known = this.#imagesOfMarks[renaming] as number[];
    known[marks] ??= this.numberOfMarks(
      (this.#renamings[renaming] as NodeRenaming).marks(
        this.marks[marks] as readonly ObservedMark[],
      ),
    );
    return known[marks];
  }

  imageOfObservation(renaming: number, observation: number): number {
    const known = this.#imagesOfObservations[renaming] as number[];
    if (known[observation] === undefined) {
      const by = this.#renamings[renaming] as NodeRenaming;
      const renamed = (number: number): number =>
        this.numberOfObservation(by.observation(this.observations[number]));
      const image = renamed(observation);
      if (renamed(image) !== observation)
        throw asymmetry(
          this.#system,
          by.exchange,
          `exchanging them twice does not give back the observation ${this.#words(observation)}`,
        );
      known[observation] = image;
      known[image] = observation;
    }
    return known[observation] as number;
  }

  /** As the observer says, who is asked about all exchanges at once and has to say the same. */
  override observe(observation: number, marks: number): number {
    if (marks === 0) return observation;
    const known = this.#observed[observation]?.[marks];
    if (known !== undefined) return known;
    const { members, images } = orbitOf(
      { observation, marks },
      (one) => `${one.observation} ${one.marks}`,
      (one) =>
        this.#renamings.map((_, renaming) => ({
          observation: this.imageOfObservation(renaming, one.observation),
          marks: this.imageOfMarks(renaming, one.marks),
        })),
    );
    const after = members.map((one) => super.observe(one.observation, one.marks));
    for (const [place, one] of members.entries())
      for (const [renaming, image] of (images[place] as readonly number[]).entries()) {
        const expected = this.imageOfObservation(renaming, after[place] as number);
        if (after[image] === expected) continue;
        // A list whose order counts may be all that is different: renaming what was found shows it.
        this.imageOfObservation(renaming, after[image] as number);
        const { exchange } = this.#renamings[renaming] as NodeRenaming;
        const mark = this.marks[(members[image] as typeof one).marks];
        throw asymmetry(
          this.#system,
          exchange,
          `with the two exchanged, the observer makes ${this.#words(after[image] as number)} of ${canonical(mark)} where it should make ${this.#words(expected)}`,
        );
      }
    for (const [place, one] of members.entries()) {
      this.#observed[one.observation] ??= [];
      (this.#observed[one.observation] as number[])[one.marks] = after[place] as number;
    }
    return after[0] as number;
  }

  #words(observation: number): string {
    return canonical(this.observations[observation]);
  }
}
