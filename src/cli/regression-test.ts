/** A violation as the text of a test to paste: it fails until the mistake is mended. */
import type { Violation } from '../fuzzing/index.ts';

interface Subject {
  /** The built-in name or the path of the module, as it was typed. */
  readonly typed: string;
  readonly isModule: boolean;
}

export function regressionTest(
  { property, seed, scenario, parameters, faults, weather, operations }: Violation,
  { typed, isModule }: Subject,
): string {
  const options = {
    seed,
    ...(scenario === undefined ? {} : { scenario }),
    parameters,
    ...weather,
    faults,
    ...(operations === undefined ? {} : { operations }),
  };
  const imports = isModule
    ? [
        `import { run } from 'counterpoint';`,
        `import { system } from ${quoted(modulePath(typed))};`,
      ]
    : [
        `import { type AnySystem, run } from 'counterpoint';`,
        `import { builtInSystem } from 'counterpoint/patterns';`,
      ];
  const subject = isModule
    ? []
    : ['', `const system = builtInSystem(${quoted(typed)}) as AnySystem;`];
  return `${[
    ...imports,
    `import { expect, test } from 'vitest';`,
    ...subject,
    '',
    `test(${quoted(`${property}, as fuzzing broke it`)}, () => {`,
    `  const { verdict, properties } = run(system, ${JSON.stringify(options, undefined, 2).replaceAll('\n', '\n  ')});`,
    `  expect({ verdict, broken: properties.filter((one) => one.verdict === 'violated') }).toEqual({`,
    `    verdict: 'holds',`,
    `    broken: [],`,
    `  });`,
    `});`,
  ].join('\n')}\n`;
}

/** The path as an import of a file beside the module would have it. */
function modulePath(typed: string): string {
  return `./${typed.split(/[/\\]/).at(-1) ?? typed}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
