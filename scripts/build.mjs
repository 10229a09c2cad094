// Builds dist/ from src/: an empty folder, the compiler, then declarations with '.js' imports.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
compile();
for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.d.ts')) rewriteImports(join(dist, path));
}

function compile() {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
      cwd: root,
      stdio: 'inherit',
    });
  } catch {
    console.error('build: the compiler found errors (above); dist/ is not to be used.');
    process.exit(1);
  }
}

/**
 * `rewriteRelativeImportExtensions` reaches the JavaScript only: the compiler leaves './x.ts' in the
 * declarations, and no such file is published.
 */
function rewriteImports(path) {
  const text = readFileSync(path, 'utf8');
  let rewritten = text;
  for (const specifier of relativeSpecifiers(
    ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true),
  ).reverse()) {
    const end = specifier.getEnd() - 1;
    rewritten = `${rewritten.slice(0, end - '.ts'.length)}.js${rewritten.slice(end)}`;
  }
  if (rewritten !== text) writeFileSync(path, rewritten);
}

/** The string literals that name another source file, in the order of the text. */
function relativeSpecifiers(source) {
  const found = [];
  visit(source);
  return found;

  function visit(node) {
    const specifier = ts.isImportTypeNode(node) ? node.argument.literal : node.moduleSpecifier;
    if (
      specifier &&
      ts.isStringLiteral(specifier) &&
      /^\.{1,2}\/.*(?<!\.d)\.ts$/.test(specifier.text)
    ) {
      found.push(specifier);
    }
    ts.forEachChild(node, visit);
  }
}
