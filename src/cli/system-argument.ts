/** SYSTEM: a built-in name, or a path to a module that exports `system`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnySystem, type AnyTransitionSystem, isUserMistake, UserMistake } from '../index.ts';
import { builtInSystem, builtInSystems } from '../patterns/index.ts';
import { fileReason } from './files.ts';

export interface NamedSystem {
  /** As typed: what commands to repeat and run files say. */
  readonly typed: string;
  readonly system: AnySystem | AnyTransitionSystem;
  /** SHA-256 of the user's module; undefined for a built-in system. */
  readonly module: string | undefined;
}

/** The system, if it has machines to run; else a {@link UserMistake}. */
export function machinesOf({ typed, system }: NamedSystem): AnySystem {
  if (system.kind !== 'transition-system') return system;
  throw new UserMistake(
    `"${system.name}" is an abstract system, which has no machines to run; use \`check ${typed}\``,
  );
}

export const typescript = ['.ts', '.mts', '.cts'];
export const javascript = ['.js', '.mjs', '.cjs'];

/** Finds or loads the system. Throws a {@link UserMistake} when there is none. */
export async function namedSystem(typed: string, cwd: string): Promise<NamedSystem> {
  if (builtInSystems().some(({ name }) => name === typed))
    return { typed, system: builtInSystem(typed), module: undefined };
  const extension = extname(typed);
  const isModule = [...typescript, ...javascript].includes(extension);
  if (!isModule && !/^\.{0,2}[/\\]/.test(typed) && typed !== '.' && typed !== '..')
    return { typed, system: builtInSystem(typed), module: undefined };
  const path = resolve(cwd, typed);
  const source = await readFile(path).catch((error: unknown) => {
    throw new UserMistake(`${typed} cannot be read: ${fileReason(error)}`);
  });
  if (!isModule)
    throw new UserMistake(
      `${typed} is no module; a system is a file that ends in .ts, .mts, .js or .mjs and exports \`system\``,
    );
  const module = createHash('sha256').update(source).digest('hex');
  const exported = await loadModule(path, typed, module);
  return { typed, system: systemOf(exported, typed), module };
}

/**
 * TypeScript is loaded through tsx, anew each time. JavaScript is loaded by Node itself; the hash tells
 * apart what was edited in between.
 */
export async function loadModule(path: string, typed: string, hash: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  try {
    if (!typescript.includes(extname(path)))
      return (await import(`${url}?${hash.slice(0, 8)}`)) as unknown;
    const { tsImport } = await import('tsx/esm/api');
    return (await tsImport(url, import.meta.url)) as unknown;
  } catch (error) {
    if (isUserMistake(error)) throw new UserMistake(`${typed}: ${error.message}`);
    throw new UserMistake(`${typed} cannot be loaded: ${firstLine(error, path)}`);
  }
}

function systemOf(exported: unknown, typed: string): AnySystem | AnyTransitionSystem {
  const names =
    typeof exported === 'object' && exported !== null
      ? Object.keys(exported).filter((name) => name !== 'default')
      : [];
  const { system } = (exported ?? {}) as { readonly system?: unknown };
  if (system === undefined)
    throw new UserMistake(
      `${typed} does not export \`system\` (it exports ${names.join(', ') || 'nothing'}); write \`export const system = defineSystem({ ... })\``,
    );
  const { kind, properties } = (system ?? {}) as {
    readonly kind?: unknown;
    readonly properties?: unknown;
  };
  if ((kind !== 'system' && kind !== 'transition-system') || !Array.isArray(properties))
    throw new UserMistake(
      `${typed} exports a \`system\` that is no system; make it with defineSystem or defineTransitionSystem`,
    );
  return system as AnySystem | AnyTransitionSystem;
}

/**
 * A mistake in the user's own functions (a predicate that reads what is not there) is theirs and not a
 * bug of ours: the stack tells whose file threw first.
 */
export function asMistakeOf(
  { typed, module }: Pick<NamedSystem, 'typed' | 'module'>,
  error: unknown,
): unknown {
  if (module === undefined || isUserMistake(error) || !(error instanceof Error)) return error;
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  const file = typed.split(/[/\\]/).at(-1) ?? typed;
  if (!frame.includes(file) && !frame.includes(encodeURIComponent(file))) return error;
  // Of a module that is not marked as one (no "type": "module"), tsx keeps no lines.
  const line = new RegExp(`^[^?]*${escaped(file)}:(\\d+):\\d+\\)?$`).exec(frame)?.[1];
  const where = line === undefined ? '' : ` at line ${line}`;
  return new UserMistake(`${typed} threw${where}: ${error.message.split('\n')[0]}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The line of an error that says what is wrong; esbuild puts it second, with the whole path before it. */
function firstLine(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /^Cannot find (?:module|package) '([^'./\\][^']*)'/.exec(message)?.[1];
  if (missing !== undefined)
    return `it imports "${missing}", which is not installed where it lies; run npm install ${missing} there`;
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => line.includes('ERROR:')) ?? lines[0] ?? 'it threw nothing';
  const place = telling.replaceAll(path, '').replace(/^:(\d+):\d+: ERROR: /, 'line $1: ');
  return place.trim();
}
