/** What people type after an option, read: `name=value`, numbers, seeds, crash points. */
import { type CrashFault, UserMistake } from '../index.ts';

/** Collects `name=value` pairs for commander, which calls this once for each. */
export function pairs(option: string) {
  return (typed: string, before: Readonly<Record<string, string>> = {}) => {
    const equals = typed.indexOf('=');
    if (equals < 1)
      throw new UserMistake(
        `${option} ${typed} has no "="; write ${option} name=value, and SYSTEM before it`,
      );
    const name = typed.slice(0, equals);
    if (Object.hasOwn(before, name))
      throw new UserMistake(`${option} ${name} is given twice; give it one value`);
    return Object.fromEntries([...Object.entries(before), [name, typed.slice(equals + 1)]]);
  };
}

/** A whole number above zero, such as a budget. */
export function wholeNumber(option: string, unit: string) {
  return (typed: string): number => {
    const value = Number(typed);
    if (typed.trim() !== '' && Number.isSafeInteger(value) && value > 0) return value;
    throw new UserMistake(
      `${option} is "${typed}"; it must be a whole number of ${unit}, 1 or more`,
    );
  };
}

/** A number above zero, fractions allowed. */
export function positive(option: string, unit: string) {
  return (typed: string): number => {
    const value = Number(typed);
    if (typed.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new UserMistake(`${option} is "${typed}"; it must be a number of ${unit} above zero`);
  };
}

/** The seed as typed; digits are a number, so that `--seed 7` and `seed: 7` are the same run. */
export function seed(typed: string): number | string {
  if (typed === '')
    throw new UserMistake('--seed is empty; give a whole number or a text, such as --seed 1');
  const value = Number(typed);
  return /^-?\d+$/.test(typed) && Number.isSafeInteger(value) ? value : typed;
}

/** What `--crash` asks: one crash at a point, or the table of all crashes of a node or of all nodes. */
export type CrashRequest =
  | { readonly kind: 'point'; readonly fault: CrashFault }
  /** `node` is undefined for `--crash all`. */
  | { readonly kind: 'table'; readonly node: string | undefined };

const pointForm =
  'NODE@before:N:MESSAGE or NODE@after:N:MESSAGE, such as coordinator@before:1:COMMIT';

/** Reads `NODE@before|after:N:MESSAGE`, `NODE` or `all`. Names are looked up later, in the system. */
export function crashRequest(typed: string, forMs: number | undefined): CrashRequest {
  const at = typed.indexOf('@');
  if (at < 0) {
    if (typed === '') throw new UserMistake(`--crash is empty; write ${pointForm}, NODE, or all`);
    return { kind: 'table', node: typed === 'all' ? undefined : typed };
  }
  const node = typed.slice(0, at);
  const [moment = '', nth = '', ...message] = typed.slice(at + 1).split(':');
  const refuse = (what: string): never => {
    throw new UserMistake(`--crash ${typed}: ${what}; write ${pointForm}`);
  };
  if (node === '') return refuse('the node is missing');
  if (moment !== 'before' && moment !== 'after')
    return refuse(`"${moment}" is neither before nor after`);
  const count = Number(nth);
  if (!/^\d+$/.test(nth) || !Number.isSafeInteger(count) || count < 1)
    return refuse(`"${nth}" is no number of occurrences, which are counted from 1`);
  const name = message.join(':');
  if (name === '') return refuse('the message is missing');
  const point = { moment, nth: count, message: name } as const;
  const fault: CrashFault = { fault: 'crash', node, point };
  return { kind: 'point', fault: forMs === undefined ? fault : { ...fault, forMs } };
}

/** A command as a shell would take it back: what holds anything unusual stands in quotes. */
export function shellCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
