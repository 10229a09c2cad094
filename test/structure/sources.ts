/** The source files and what they import, for tests of the structure. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** For a relative one, the file from the root of the repository; undefined for a package. */
  readonly file: string | undefined;
  /** Whether it is erased by the compiler. */
  readonly isType: boolean;
}

export interface Source {
  /** From the root of the repository, with slashes. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** All TypeScript files below the folder, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .sort();
}

export function sourceOf(file: string): Source {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, imports: importsOf(file, text) };
}

export function importsOf(file: string, text: string): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: string, isType: boolean): void => {
    const isRelative = specifier.startsWith('.');
    const target = isRelative ? join(dirname(file), specifier).replaceAll('\\', '/') : undefined;
    imports.push({ specifier, file: target, isType });
  };
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      add(node.moduleSpecifier.text, isErased(node));
    // import('x'), require('x') and import.meta.resolve('x') load a module too.
    if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) {
      const { kind } = node.expression;
      const called = node.expression.getText(parsed);
      if (kind === ts.SyntaxKind.ImportKeyword || called === 'require')
        add(node.arguments[0].text, false);
    }
    ts.forEachChild(node, visit);
  };
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  visit(parsed);
  return imports;
}

/** `import type`, `export type`, and lists of nothing but types, leave nothing to load. */
function isErased(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true;
    const { exportClause } = node;
    return (
      exportClause !== undefined &&
      ts.isNamedExports(exportClause) &&
      exportClause.elements.every((element) => element.isTypeOnly)
    );
  }
  const { importClause } = node;
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const { namedBindings, name } = importClause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** `src/model/x.ts` is in `model`; `src/index.ts` in `index`. */
export function folderOf(file: string): string {
  const [, folder = '', rest] = relative('.', file).replaceAll('\\', '/').split('/');
  return rest === undefined ? 'index' : folder;
}
