/** What options of policies are refused, each in one sentence. */
import { type Distribution, validDistribution } from '../../model/distribution.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';

/** The checks of the options of one policy, which its mistakes name. */
export function legal(policy: string) {
  const bad = (name: string, value: unknown, must: string): never => {
    const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
    throw new UserMistake(`${policy}: ${name} is ${shown}; it must be ${must}`);
  };
  return {
    bad,
    /** Options under other names would be silently without effect. */
    names(given: object, known: readonly string[], where = ''): void {
      if (typeof given !== 'object' || given === null) bad(where || 'options', given, 'an object');
      for (const name of Object.keys(given))
        if (!known.includes(name))
          throw new UserMistake(
            `${policy}: there is no option ${JSON.stringify(`${where}${name}`)}${suggestion(name, known)}`,
          );
    },
    whole(name: string, value: number, least: number): void {
      if (!(Number.isSafeInteger(value) && value >= least))
        bad(name, value, `a whole number, ${least} or more`);
    },
    /** A whole number, or null for no bound. */
    bound(name: string, value: number | null, least: number): void {
      if (value !== null && !(Number.isSafeInteger(value) && value >= least))
        bad(name, value, `a whole number, ${least} or more, or null for no bound`);
    },
    number(name: string, value: number, least: number, most: number): void {
      if (!(typeof value === 'number' && value >= least && value <= most))
        bad(
          name,
          value,
          most === Number.MAX_VALUE
            ? `a number, ${least} or more`
            : `a number from ${least} to ${most}`,
        );
    },
    ratio(name: string, value: number): void {
      if (!(typeof value === 'number' && value > 0 && value <= 1))
        bad(name, value, 'a number above 0, at most 1');
    },
    duration(name: string, value: number): void {
      if (!(Number.isFinite(value) && value >= 0))
        bad(name, value, 'a number of milliseconds, 0 or more');
    },
    flag(name: string, value: unknown): void {
      if (typeof value !== 'boolean') bad(name, value, 'true or false');
    },
    oneOf(name: string, value: unknown, values: readonly string[]): void {
      if (!values.includes(value as string))
        bad(name, value, values.map((one) => JSON.stringify(one)).join(' or '));
    },
    /** Which errors: a list of them, or a function. */
    errors(name: string, value: unknown): void {
      if (typeof value === 'function') return;
      if (!(Array.isArray(value) && value.every((one) => typeof one === 'string')))
        bad(name, value, 'a list of errors, or a function from an error to true or false');
    },
    function(name: string, value: unknown): void {
      if (typeof value !== 'function') bad(name, value, 'a function');
    },
    /** Names of services, none twice. */
    services(name: string, value: unknown): void {
      const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
      if (!isList || new Set(value).size < value.length)
        bad(name, value, 'a list of services, none of them twice');
    },
    law(name: string, value: Distribution): void {
      validDistribution(value, `${policy}: ${name}`);
    },
  };
}

/** Errors by name, or those of which a function says so. */
export type Errors = readonly string[] | ((error: string) => boolean);

export function includesError(errors: Errors, error: string): boolean {
  return typeof errors === 'function' ? errors(error) : errors.includes(error);
}
