/**
 * The two ways in which something is wrong: a mistake of the user, told in one sentence, and a
 * broken promise inside, which throws at once.
 */
import { distance } from './edit-distance.ts';

/**
 * A mistake in what the user wrote or typed: a machine, a system, a parameter, a file.
 * Its message is one sentence with the offending value and the likely fix; the command prints it
 * without a stack trace and ends with exit code 2.
 */
export class UserMistake extends Error {
  override readonly name = 'UserMistake';
}

/** True for a {@link UserMistake} of any copy of this package (`instanceof` fails across copies). */
export function isUserMistake(error: unknown): error is UserMistake {
  return error instanceof Error && error.name === 'UserMistake';
}

/**
 * The end of a sentence about an unknown name: `; did you mean "raft"?`, or the list of what is known.
 * A suggestion is made when at most a third of the letters differ.
 */
export function suggestion(unknown: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(unknown.length / 3)) + 1;
  for (const name of known) {
    // Of several names that begin so, the shortest is meant.
    const isBeginning = name.startsWith(unknown) && unknown.length > 2;
    const differs = isBeginning ? 1 - 1 / name.length : distance(unknown, name);
    if (differs < least) {
      least = differs;
      best = name;
    }
  }
  if (best !== undefined) return `; did you mean "${best}"?`;
  return known.length === 0 ? '; there are none' : `; known are ${known.join(', ')}`;
}
