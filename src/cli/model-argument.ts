/** MODEL: a built-in name, or a path to a module that exports `model`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { type AnyModel, assertModel, builtInModel } from '../histories/index.ts';
import { UserMistake } from '../index.ts';
import { fileReason } from './files.ts';
import { javascript, loadModule, typescript } from './system-argument.ts';

export interface NamedModel {
  readonly typed: string;
  readonly model: AnyModel;
  /** SHA-256 of the user's module; undefined for a built-in model. */
  readonly module: string | undefined;
}

/** Finds or loads the model. Throws a {@link UserMistake} when there is none. */
export async function namedModel(typed: string, cwd: string): Promise<NamedModel> {
  const isModule = [...typescript, ...javascript].includes(extname(typed));
  if (!isModule && !/[/\\]/.test(typed))
    return { typed, model: builtInModel(typed), module: undefined };
  const path = resolve(cwd, typed);
  const source = await readFile(path).catch((error: unknown) => {
    throw new UserMistake(`${typed} cannot be read: ${fileReason(error)}`);
  });
  if (!isModule)
    throw new UserMistake(
      `${typed} is no module; a model is in a file that ends in .ts, .mts, .js or .mjs and exports \`model\``,
    );
  const module = createHash('sha256').update(source).digest('hex');
  const exported = (await loadModule(path, typed, module)) as Readonly<Record<string, unknown>>;
  const names = Object.keys(exported).filter((name) => name !== 'default');
  const { model } = exported;
  if (model === undefined)
    throw new UserMistake(
      `${typed} does not export \`model\` (it exports ${names.join(', ') || 'nothing'}); write \`export const model = { name, init, step }\``,
    );
  assertModel(model, `the model of ${typed}`);
  return { typed, model, module };
}
