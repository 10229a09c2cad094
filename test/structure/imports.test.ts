/** Imports point one way, the core loads two packages, and the pure folders run in a browser. */
import { describe, expect, test } from 'vitest';
import { filesBelow, folderOf, importsOf, type Source, sourceOf } from './sources.ts';

const sources = filesBelow('src').map(sourceOf);

/** What the files of a folder may import from, beside their own folder. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  simulator: ['model'],
  checker: ['model'],
  histories: ['model'],
  fuzzing: ['model', 'simulator', 'checker', 'histories'],
  statistics: ['model', 'simulator'],
  protocols: ['model', 'histories', 'fuzzing'],
  patterns: ['model', 'histories', 'fuzzing', 'protocols'],
  reports: [
    'index',
    'model',
    'simulator',
    'checker',
    'histories',
    'fuzzing',
    'statistics',
    'protocols',
    'patterns',
  ],
  explorer: ['model', 'simulator', 'reports'],
  cli: [
    ...['index', 'model', 'simulator', 'checker', 'histories', 'fuzzing', 'protocols', 'patterns'],
    ...['statistics', 'reports', 'explorer'],
  ],
  // The public entry point of the core.
  index: ['model', 'simulator', 'checker', 'histories'],
};
const pure = [
  ...['model', 'simulator', 'checker', 'histories', 'fuzzing', 'statistics', 'protocols'],
  'patterns',
];

/** The imports of a source that point the wrong way, one line each. */
function wrongArrows({ file, imports }: Pick<Source, 'file' | 'imports'>): string[] {
  const from = folderOf(file);
  return imports.flatMap(({ file: target }) => {
    if (target === undefined) return [];
    if (!target.startsWith('src/')) return [`${file} imports ${target}, outside src`];
    const to = folderOf(target);
    const isRight = to === from || (allowed[from] ?? []).includes(to);
    return isRight ? [] : [`${file} imports ${target}: ${from} may not know ${to}`];
  });
}

describe('imports', () => {
  test('point one way: model, then simulator, checker and histories, then the rest', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.flatMap(wrongArrows)).toEqual([]);
  });

  test('that point the wrong way would be seen, in whatever form they are written', () => {
    const bad: readonly (readonly [string, string])[] = [
      ['src/model/x.ts', `import { run } from '../simulator/run.ts';`],
      ['src/simulator/x.ts', `import type { CheckResult } from '../checker/index.ts';`],
      ['src/checker/x.ts', `export * from '../protocols/index.ts';`],
      ['src/protocols/x.ts', `const { check } = await import('../checker/index.ts');`],
      ['src/reports/x.ts', `import '../cli/main.ts';`],
      ['src/model/x.ts', `import { y } from '../../test/y.ts';`],
      ['src/model/x.ts', `import { run } from '../index.ts';`],
    ];
    for (const [file, text] of bad)
      expect(wrongArrows({ file, imports: importsOf(file, text) }), text).toHaveLength(1);
  });

  test('of every folder have a rule', () => {
    for (const { file } of sources) expect(Object.keys(allowed)).toContain(folderOf(file));
  });

  test('exist: each relative one names a file', () => {
    const files = new Set(sources.map(({ file }) => file));
    for (const { file, imports } of sources)
      for (const { file: target, specifier } of imports)
        if (target?.endsWith('.ts')) expect(files, `${file}: ${specifier}`).toContain(target);
  });
});

/** The packages that loading the file loads, through every import that is not erased. */
function packagesBehind(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { specifier, file: target, isType } of sourceOf(file).imports) {
      if (isType) continue;
      if (target === undefined) packages.add(specifier);
      else follow(target);
    }
  };
  follow(entry);
  expect(seen.size).toBeGreaterThan(10);
  return packages;
}

describe('the pure part', () => {
  test('the core entry point loads nothing but xstate and seedrandom', () => {
    // Of xstate it needs the types alone, but a step calls the machine that the user brings.
    const packages = [...packagesBehind('src/index.ts')];
    expect(packages).toContain('seedrandom');
    for (const name of packages) expect(['seedrandom', 'xstate']).toContain(name);
  });

  test('the built-in protocols load no more than that', () => {
    const known = ['seedrandom', 'xstate', 'fast-check'];
    for (const name of packagesBehind('src/protocols/index.ts')) expect(known).toContain(name);
  });

  test('statistics load, beside that, the two libraries that count', () => {
    const known = ['seedrandom', 'xstate', 'hdr-histogram-js', 'jstat'];
    for (const name of packagesBehind('src/statistics/index.ts')) expect(known).toContain(name);
  });

  test('the folders up to patterns import nothing of Node', () => {
    for (const { file, imports } of sources)
      if (pure.includes(folderOf(file)))
        for (const { specifier } of imports)
          expect(specifier, file).not.toMatch(/^(node:|fs$|path$|os$|crypto$|child_process$|url$)/);
  });

  const impure =
    /\b(Math\.random|Date|performance|setTimeout|setInterval|queueMicrotask|process\.(env|cwd|argv|stdout|hrtime|memoryUsage))\b/;

  test('the folders up to patterns read no clock, draw no unseeded number and start no timer', () => {
    for (const { file, text } of sources) {
      if (!pure.includes(folderOf(file)) || file === 'src/model/purity.ts') continue;
      expect(codeOf(text).match(impure)?.[0], file).toBeUndefined();
    }
    expect(codeOf(sourceOf('src/model/purity.ts').text)).toMatch(impure);
  });
});

/** The text without comments and string literals, which may speak of clocks. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, '``');
}

describe('tests', () => {
  const tests = filesBelow('test').map(sourceOf);

  test('are neither skipped nor focused', () => {
    // The browser test skips itself where there is no browser, and says so.
    const marks =
      /\b(?:test|it|describe|suite)\.(?:only|skip|todo|fails)\b|\b(?:fit|xit|xdescribe|fdescribe)\(/;
    for (const { file, text } of tests)
      expect(codeOf(text).match(marks)?.[0], file).toBeUndefined();
    expect('describe.only(').toMatch(marks);
  });

  test('do not need the network, a clock of the wall or another folder of this computer', () => {
    for (const { file, text } of tests) {
      if (file.startsWith('test/bench/') || file === 'test/structure/imports.test.ts') continue;
      expect(text, file).not.toMatch(/\bsetTimeout\(|\/work\/|\/home\/|\bfetch\(/);
    }
  });
});
