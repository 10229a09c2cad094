/** Planted bugs of policies: a rule of a machine is replaced, and a property must notice it. */
import { expect, test } from 'vitest';
import { type AnySystem, check, type RunFile, replay, variant } from '../../../src/index.ts';

export type Rules = NonNullable<Parameters<typeof variant>[2]['provide']>;

export interface Question {
  readonly system: AnySystem;
  readonly scope: Readonly<Record<string, unknown>>;
}

/** Everything holds, and all of it was looked at. */
export function expectSound({ system, scope }: Question, states = 100_000): number {
  const { properties, complete, distinct } = check(system, { scope, maxStates: states });
  expect(properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(complete).toBe(true);
  return distinct;
}

/** Each of these is found by the checker in its question, and its counterexample can be replayed. */
export function describeBroken(
  bugs: readonly (readonly [name: string, Rules, Question, property: string])[],
): void {
  test.each(bugs)('%s', (_, provide, { system, scope }, property) => {
    const broken = variant(system, 'broken', { provide }) as AnySystem;
    const { properties } = check(broken, { scope, maxStates: 20_000 });
    const found = properties.filter(({ verdict }) => verdict === 'violated');
    expect(found.map(({ name }) => name)).toContain(property);
    const file = found.find(({ name }) => name === property)?.counterexample as RunFile;
    if (found.find(({ name }) => name === property)?.kind === 'invariant')
      expect(replay(broken, file).violated).toContain(property);
  });
}
