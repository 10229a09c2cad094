/**
 * Scope: the bounds that are part of a question. It is printed with every `holds`; what lies outside it
 * was not asked. (A budget is something else: what a check may spend; spent means `unknown`.)
 */
import { suggestion, UserMistake } from './errors.ts';
import type { NetworkSemantics } from './network.ts';

/** What a check may be asked; what is left out has the system's or the general default. */
export interface Scope {
  /** Crashes in one execution, at any moment and between any two effects. Default 0. */
  readonly crashes?: number;
  /** Restarts in one execution. Default: as many as crashes. */
  readonly restarts?: number;
  /** Partitions into two sides in one execution, each mended or not. Default 0. */
  readonly partitions?: number;
  /** Disks lost while their node is down. Default 0. */
  readonly diskLosses?: number;
  /** Identical copies of a message in flight at once. Default 1. */
  readonly copies?: number;
  /** Whether messages may be lost. Default: as the network declares. */
  readonly loss?: boolean;
  /** Whether delivered messages may leave a copy in flight. Default: as the network declares. */
  readonly duplication?: boolean;
}

/** A scope with nothing left out, as printed. */
export type FullScope = Required<Scope>;

const numbers = ['crashes', 'restarts', 'partitions', 'diskLosses', 'copies'] as const;
const switches = ['loss', 'duplication'] as const;

/** The full scope. Throws a {@link UserMistake} for an unknown key or an illegal bound. */
export function fullScope(
  given: Readonly<Record<string, unknown>>,
  defaults: Scope,
  network: NetworkSemantics,
): FullScope {
  const known = [...numbers, ...switches] as readonly string[];
  const chosen: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (!known.includes(key))
      throw new UserMistake(`a scope has no bound "${key}"${suggestion(key, known)}`);
    if (value !== undefined) chosen[key] = value;
  }
  const bound = (key: string, fallback: number, min: number): number => {
    const value = chosen[key] ?? fallback;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min)
      throw new UserMistake(
        `the scope's ${key} is ${JSON.stringify(value)}; it must be a whole number, ${min} or more`,
      );
    return number;
  };
  const flag = (key: string, declared: boolean): boolean => {
    const value = chosen[key] ?? declared;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw new UserMistake(
      `the scope's ${key} is ${JSON.stringify(value)}; it must be true or false`,
    );
  };
  const crashes = bound('crashes', 0, 0);
  return {
    crashes,
    restarts: bound('restarts', crashes, 0),
    partitions: bound('partitions', 0, 0),
    diskLosses: bound('diskLosses', 0, 0),
    copies: bound('copies', 1, 1),
    loss: flag('loss', network.loss),
    duplication: flag('duplication', network.duplication),
  };
}

/** `crashes <= 1, restarts <= 1, copies <= 1, loss, duplication`: a scope in words. */
export function describeScope(scope: FullScope): string {
  const parts: string[] = [];
  for (const key of numbers) {
    if (scope[key] > 0 || key === 'crashes') parts.push(`${key} <= ${scope[key]}`);
  }
  for (const key of switches) parts.push(scope[key] ? key : `no ${key}`);
  return parts.join(', ');
}
