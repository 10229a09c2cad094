/**
 * A transition system as a Promela model: a numbered state and its numbered successors. Its states are
 * plain data that only its own functions understand, so what Spin repeats is the search.
 */
import type { Successor } from '../model/transition-system.ts';
import { comment, comments, type Row, table } from './promela-text.ts';

/** The states and steps of a space that has been searched to its end. */
export interface Graph {
  /** By number: the text of each state. */
  readonly states: readonly string[];
  readonly starts: readonly number[];
  readonly successors: readonly (readonly (Pick<Successor<unknown>, 'label'> & {
    readonly to: number;
  })[])[];
}

export interface GraphAssertion {
  readonly name: string;
  readonly meaning: string;
  /** By state. */
  readonly holds: readonly boolean[];
  readonly negated: boolean;
}

export function graphModel(
  { states, starts, successors }: Graph,
  assertions: readonly GraphAssertion[],
): { lines: readonly string[]; bytes: number } {
  let from = 0;
  const first = successors.map(({ length }) => {
    const at = from;
    from += length;
    return at;
  });
  const most = successors.reduce((largest, { length }) => Math.max(largest, length), 0);
  const many = starts.length !== 1;
  const option = (may: string, then: string): string =>
    `  :: d_step { c_expr { ${may} } -> c_code { ${then}; } }`;
  const lines = [
    ...comments(states.map((text, number) => `${number}: ${text}`)),
    '',
    '/* The successors of all states, one state after the other. */',
    ...table(
      'successor',
      'int',
      successors.flatMap((steps, source) =>
        steps.map(({ to, label }): Row => ({ value: `${to}`, meaning: `${source}: ${label}` })),
      ),
    ),
    '/* Where those of each state begin; one more, where they all end. */',
    ...table(
      'first_successor',
      'int',
      [...first, from].map((value) => ({ value: `${value}` })),
    ),
    ...assertions.flatMap(({ name, meaning, holds, negated }) => [
      comment(meaning),
      ...table(
        name,
        'char',
        holds.map((value) => ({ value: value === negated ? '0' : '1' })),
      ),
      `c_code { static int ${name}(void) { return now.state < 0 || ${name.toUpperCase()}(now.state); } }`,
    ]),
    '',
    many
      ? '/* The state; -1 before a start has been chosen, which is one state more. */'
      : '/* The state. */',
    `int state = ${many ? -1 : starts[0]};`,
    '',
    'active proctype system() {',
    'end: do',
    ...assertions.map(({ name }) => `  :: assert(c_expr { (${name})() })`),
    ...(many ? starts.map((start) => option('now.state < 0', `now.state = ${start}`)) : []),
    ...Array.from({ length: most }, (_, k) =>
      option(
        `now.state >= 0 && FIRST_SUCCESSOR(now.state) + ${k} < FIRST_SUCCESSOR(now.state + 1)`,
        `now.state = SUCCESSOR(FIRST_SUCCESSOR(now.state) + ${k})`,
      ),
    ),
    '  od',
    '}',
  ];
  return { lines, bytes: 4 };
}
