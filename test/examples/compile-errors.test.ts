// What the compiler says to the likely mistakes of a first hour. Each file of compile-errors/ is a small
// program, a line of four dashes, and the errors; UPDATE_GOLDEN=1 writes the errors anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'test/examples/compile-errors');
const divider = '----\n';

interface Mistake {
  readonly name: string;
  readonly source: string;
  readonly errors: string;
}

const mistakes = readdirSync(folder)
  .sort()
  .map((file): Mistake => {
    const [source = '', errors = ''] = readFileSync(join(folder, file), 'utf8').split(divider);
    return { name: file.replace('.txt', ''), source, errors };
  });

const pathOf = (name: string): string => join(root, 'docs/examples', `mistake-${name}.ts`);

/** One program for all of them, since checking the types of xstate takes the most time. */
function errorsOf(programs: readonly Mistake[]): Map<string, string> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const sources = new Map(programs.map(({ name, source }) => [pathOf(name), source]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const source = sources.get(file);
    return source === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, source, language);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return new Map(
    programs.map(({ name }) => {
      const file = program.getSourceFile(pathOf(name));
      const all = [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ];
      return [name, all.map(inWords).join('')];
    }),
  );
}

function inWords({ file, start, code, messageText }: ts.Diagnostic): string {
  const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start) : undefined;
  const where = at === undefined ? '' : `${at.line + 1}:${at.character + 1} `;
  const sentence = ts.flattenDiagnosticMessageText(messageText, '\n');
  return `${where}TS${code} ${sentence.replaceAll(root, '')}\n`;
}

describe('the compiler tells', () => {
  let found = new Map<string, string>();
  beforeAll(() => {
    found = errorsOf(mistakes);
    if (process.env.UPDATE_GOLDEN !== '1') return;
    for (const { name, source } of mistakes)
      writeFileSync(join(folder, `${name}.txt`), source + divider + (found.get(name) ?? ''));
  });

  test.each(mistakes)('$name', ({ name, errors }) => {
    const told = found.get(name) ?? '';
    if (process.env.UPDATE_GOLDEN !== '1') expect(told).toBe(errors);
    expect(told).not.toBe('');
  });

  test('nothing against a program without a mistake', () => {
    const source = "import { constant } from 'counterpoint';\n\nconstant(1);\n";
    expect(errorsOf([{ name: 'none', source, errors: '' }]).get('none')).toBe('');
  });
});
