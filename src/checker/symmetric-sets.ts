/**
 * The declared symmetry of a system: sets of names whose members may be exchanged, and the transpositions
 * of neighbours, which generate all permutations of each set.
 */
import { suggestion, UserMistake } from '../model/errors.ts';

/** The exchange of two neighbours in a set. */
export interface Transposition {
  readonly a: string;
  readonly b: string;
  /** Which set, and the place of `a` in it; `b` has the next one. */
  readonly set: number;
  readonly place: number;
}

export interface SymmetricSets {
  /** As declared, without sets of fewer than two members. */
  readonly sets: readonly (readonly string[])[];
  /** All members, set after set. */
  readonly members: readonly string[];
  readonly transpositions: readonly Transposition[];
  /** How many permutations there are in all. */
  readonly permutations: number;
}

/** Seven exchangeable nodes: beyond it one state has more versions than are worth comparing. */
const mostPermutations = 5040;

/** Throws a {@link UserMistake} for unknown names, names given twice, and for too many permutations. */
export function symmetricSets(
  declared: readonly (readonly string[])[],
  system: string,
  known: readonly string[] | undefined,
): SymmetricSets {
  const members: string[] = [];
  const transpositions: Transposition[] = [];
  let permutations = 1;
  const sets = declared.filter(({ length }) => length > 1);
  for (const name of declared.flat()) {
    if (known !== undefined && !known.includes(name))
      throw new UserMistake(
        `the symmetry of "${system}" names ${JSON.stringify(name)}, which is none of its nodes${suggestion(name, known)}`,
      );
    if (members.includes(name))
      throw new UserMistake(
        `the symmetry of "${system}" names ${name} twice; a node belongs to one set at most`,
      );
    members.push(name);
  }
  for (const [set, names] of sets.entries())
    for (const [place, b] of names.entries()) {
      permutations *= place + 1;
      if (place > 0)
        transpositions.push({ a: names[place - 1] as string, b, set, place: place - 1 });
    }
  if (permutations > mostPermutations)
    throw new UserMistake(
      `the symmetric sets of "${system}" have ${permutations} permutations; with more than ${mostPermutations} a state has too many versions to compare, so declare smaller sets, or check without symmetry`,
    );
  return { sets, members: sets.flat(), transpositions, permutations };
}

/** `p1, p2 and p3; c1 and c2`: the sets in words. */
export function describeSets(sets: readonly (readonly string[])[]): string {
  return sets.map((names) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`).join('; ');
}

/** The beginning of all sentences about a system that is not symmetric. */
export function asymmetry(system: string, { a, b }: Transposition, what: string): UserMistake {
  return new UserMistake(
    `"${system}" is not symmetric in ${a} and ${b}: ${what}; check it without symmetry, or declare only nodes that nothing but their names tells apart`,
  );
}
