/** The models that have a name of their own. */
import { suggestion, UserMistake } from '../model/errors.ts';
import { kv } from './key-value.ts';
import type { AnyModel } from './model.ts';
import { register } from './register.ts';

export const builtInModels: Readonly<Record<string, AnyModel>> = { register, kv };

/** `builtInModel('register')`. Throws a {@link UserMistake} for a name that there is not. */
export function builtInModel(name: string): AnyModel {
  const known = Object.keys(builtInModels);
  if (!known.includes(name))
    throw new UserMistake(
      `unknown model "${name}"${suggestion(name, [...known, 'a module that exports `model`'])}`,
    );
  return builtInModels[name] as AnyModel;
}
