/** Planted bugs must be found by the fuzzer as well, within stated runs, and be shrunk about as far as the checker's. */
import { type AnySystem, check, type RunFile, replay, variant } from 'counterpoint';
import { type FuzzOptions, type FuzzResult, fuzz, fuzzing } from 'counterpoint/fuzzing';
import { describe, expect, test } from 'vitest';
import { expectGenerated, generatedPart, markdownTable } from '../examples/generated.ts';
import { isDeep } from '../sizes.ts';
import type { PlantedBug } from './planted-bug.ts';

type Options = FuzzOptions & { readonly runs: number };

/** Fuzzes until something is violated. */
function firstViolation(system: AnySystem, options: Options) {
  const work = fuzzing(system, options);
  let step = work.next(false);
  while (step.done !== true) step = work.next(step.value.violations > 0);
  return (step.value as FuzzResult).violations[0];
}

/** Under which faults, and within how many runs, each bug of a protocol is found and the real one holds. */
export interface FuzzedProtocol {
  readonly system: AnySystem;
  /** The variant that the checker is asked about. Default: the system itself. */
  readonly checked?: AnySystem;
  readonly bugs: readonly PlantedBug[];
  /** Those of them that take seconds to be found and shrunk: the deep suite does. */
  readonly slow?: readonly string[];
  readonly options: Options;
  /** How many times the shortest story a shrunk one may be. */
  readonly longer: number;
  /** Parameters that bound the checker's questions, without the bound. */
  readonly unbounded?: Readonly<Record<string, number>>;
  /** Of the sound runs, beside votes of either kind. */
  readonly parameters?: Readonly<Record<string, number | boolean>>;
  /** Parameters of the real one. Default: whatever is voted. */
  readonly real?: Readonly<Record<string, number | string | boolean>>;
}

/** Declares the tests, and holds the table of that name in docs/fuzzing.md equal to what they find. */
export function describeFoundByFuzzer(part: string, protocols: readonly FuzzedProtocol[]): void {
  const rows: (readonly (string | number)[])[] = [];
  const asked = protocols.map(({ slow = [], bugs, ...rest }) => {
    for (const name of slow) expect(bugs.map((bug) => bug.name)).toContain(name);
    return { ...rest, bugs: isDeep ? bugs : bugs.filter(({ name }) => !slow.includes(name)) };
  });
  const isWhole = isDeep || protocols.every(({ slow = [] }) => slow.length === 0);

  describe.each(asked)(
    'the fuzzer finds every planted bug of $system.name',
    ({
      system,
      checked = system,
      bugs,
      options,
      longer,
      unbounded,
      parameters: own = {},
      real,
    }) => {
      test.each(bugs)(
        '$name',
        ({ name, mutation, variation, parameters, scope, scenario, timing }) => {
          const broken = variant(system, name, variation) as AnySystem;
          const asked = check(variant(checked, name, variation) as AnySystem, {
            parameters,
            scope,
            ...(timing === undefined ? {} : { timing }),
          });
          const violated = asked.properties.find(({ verdict }) => verdict === 'violated');
          const shortest = (violated as { counterexample: RunFile }).counterexample.decisions
            .length;
          const found = firstViolation(broken, {
            ...options,
            parameters: { ...parameters, ...options.parameters, ...unbounded },
            ...(scenario === undefined ? {} : { scenario }),
          });
          expect(found?.foundInRun).toBeLessThanOrEqual(options.runs);
          // Whoever is stuck waits until the horizon.
          if (found?.property !== 'stuck' || longer === 2)
            expect(found?.decisions.length).toBeLessThanOrEqual(longer * shortest);
          const replayed = replay(broken, found?.runFile as RunFile);
          expect(replayed.same).toBe(true);
          if (found?.property !== 'stuck') expect(replayed.violated).toContain(found?.property);
          rows.push([
            `\`${system.name}\``,
            mutation,
            asked.distinct,
            shortest,
            found?.foundInRun ?? '',
            `${found?.property}`,
            found?.faults.length ?? '',
            found?.decisions.length ?? '',
          ]);
        },
      );

      test('the real protocol withstands as many runs', () => {
        const parameters = real ?? { votes: 'any', ...own };
        const { verdict, runs } = fuzz(system, { ...options, parameters });
        expect([verdict, runs]).toEqual(['holds', options.runs]);
      });
    },
  );

  test('the table of the page', () => {
    expect(rows.length).toBe(asked.reduce((sum, { bugs }) => sum + bugs.length, 0));
    const head = [
      'protocol',
      'mistake',
      'states',
      'steps',
      'found in run',
      'violated',
      'faults',
      'decisions',
    ];
    const [page, name] = ['docs/fuzzing.md', `planted-bugs of ${part}`];
    if (isWhole) expectGenerated(page, name, markdownTable(head, rows));
    else {
      // In the deep suite the table is written and compared whole.
      const lines = generatedPart(page, name).split('\n');
      for (const row of rows)
        expect(lines).toContain(markdownTable(head, [row]).trimEnd().split('\n').at(-1));
    }
  });
}
