/** Orbits: what a thing can become under some renamings. */

export interface Orbit<T> {
  /** The thing itself first. */
  readonly members: readonly T[];
  /** For each member the places of its images, one for each renaming. */
  readonly images: readonly (readonly number[])[];
}

/**
 * All that repeated renaming makes of a thing. It has all images under the group that the renamings
 * generate: the group is finite, so that inverses are powers.
 */
export function orbitOf<T>(
  first: T,
  keyOf: (thing: T) => string,
  imagesOf: (thing: T) => readonly T[],
): Orbit<T> {
  const members: T[] = [first];
  const places = new Map([[keyOf(first), 0]]);
  const images: number[][] = [];
  for (let at = 0; at < members.length; at++)
    images.push(
      imagesOf(members[at] as T).map((image) => {
        const key = keyOf(image);
        const known = places.get(key);
        if (known !== undefined) return known;
        places.set(key, members.length);
        return members.push(image) - 1;
      }),
    );
  return { members, images };
}
