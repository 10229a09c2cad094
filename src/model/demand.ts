/**
 * Demand: what the environment may ask of a process under a workload that generates its operations. It is
 * a language over operations: any of a set, in any order, so many at most. A simulation draws one of its
 * words by the laws of the workload; the checker tries them all, and laws and times mean nothing to it.
 */
import type { EventObject } from 'xstate';
import type { Address } from './effects.ts';
import { UserMistake } from './errors.ts';
import type { FieldLaw, Fields } from './loops.ts';
import { canonical } from './plain-data.ts';

/** Operations that are alike but for their drawn fields. */
export interface Pattern {
  readonly operation: EventObject;
  readonly fields: Fields;
}

export interface Demand {
  readonly anyOf: readonly Pattern[];
  /** Operations at most, those that are asked again not counted. Undefined: no bound. */
  readonly atMost: number | undefined;
  /** Whether an operation may be asked again, at any time. */
  readonly again: boolean;
  /**
   * Whether it matters how many were asked: otherwise that is not counted, so that a process that is
   * asked for ever has no more states than its machine.
   */
  readonly counts: boolean;
}

export function demandOf(
  anyOf: readonly Pattern[],
  atMost: number | undefined,
  again: boolean,
): Demand {
  const hasSerial = anyOf.some(({ fields }) =>
    Object.values(fields).some(({ kind }) => kind === 'serial'),
  );
  return { anyOf, atMost, again, counts: atMost !== undefined || hasSerial };
}

/** `client#3` */
export function serialOf(process: Address, number: number): string {
  return `${process}#${number}`;
}

/** `k17` */
export function keyName({ prefix = 'k' }: { readonly prefix?: string }, rank: number): string {
  return `${prefix}${rank}`;
}

/**
 * Whether the environment may ask for the operation, `done` having been asked so far: as a new one, or
 * again one that was asked before.
 */
export function asked(
  demand: Demand,
  process: Address,
  done: number,
  operation: EventObject,
): 'new' | 'again' | undefined {
  const isNew = done < (demand.atMost ?? Number.POSITIVE_INFINITY);
  if (isNew && demand.anyOf.some((pattern) => matches(pattern, process, done + 1, operation)))
    return 'new';
  if (!demand.again) return undefined;
  const number = serialIn(demand, process, operation);
  if (number === undefined || number > done) return undefined;
  const isKnown = demand.anyOf.some((pattern) => matches(pattern, process, number, operation));
  return isKnown ? 'again' : undefined;
}

/** Which operation of its client it says to be. */
function serialIn(demand: Demand, process: Address, operation: EventObject): number | undefined {
  for (const { fields } of demand.anyOf)
    for (const [name, { kind }] of Object.entries(fields)) {
      const value = (operation as Readonly<Record<string, unknown>>)[name];
      if (kind !== 'serial' || typeof value !== 'string') continue;
      const number = Number(value.slice(process.length + 1));
      if (Number.isSafeInteger(number) && number >= 1 && value === serialOf(process, number))
        return number;
    }
  return undefined;
}

function matches(
  { operation: model, fields }: Pattern,
  process: Address,
  number: number,
  operation: EventObject,
): boolean {
  if (model.type !== operation.type) return false;
  const given = operation as Readonly<Record<string, unknown>>;
  const own = model as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    const law = fields[name] as FieldLaw;
    if (!(name in given) || !isPossible(law, process, number, given[name])) return false;
  }
  for (const name of Object.keys(own))
    if (!(name in fields) && !(name in given && same(own[name], given[name]))) return false;
  return Object.keys(given).every((name) => name in fields || name in own);
}

function isPossible(law: FieldLaw, process: Address, number: number, value: unknown): boolean {
  switch (law.kind) {
    case 'serial':
      return value === serialOf(process, number);
    case 'values':
      return law.values.some((one) => same(one, value));
    default: {
      const { prefix = 'k', keys } = law;
      if (typeof value !== 'string' || !value.startsWith(prefix)) return false;
      const rank = Number(value.slice(prefix.length));
      return Number.isInteger(rank) && rank >= 1 && rank <= keys && value === keyName(law, rank);
    }
  }
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return canonical(one) === canonical(other);
}

/** So many different operations a person or a checker can be offered at once. */
const mostAtOnce = 1000;

/**
 * All operations that the environment may ask for next, new ones first. Throws a {@link UserMistake} where
 * there are too many to be tried.
 */
export function possibleOperations(
  demand: Demand,
  process: Address,
  done: number,
): readonly EventObject[] {
  const possible = new Map<string, EventObject>();
  const add = (number: number): void => {
    for (const pattern of demand.anyOf)
      for (const operation of instancesOf(pattern, process, number)) {
        possible.set(canonical(operation), operation);
        if (possible.size > mostAtOnce)
          throw new UserMistake(
            `${process} may be asked for more than ${mostAtOnce} different operations at once, which is too much to be tried; give the workload fewer keys or values`,
          );
      }
  };
  if (done < (demand.atMost ?? Number.POSITIVE_INFINITY)) add(done + 1);
  if (demand.again) for (let number = 1; number <= done; number++) add(number);
  return [...possible.values()];
}

function* instancesOf(
  { operation, fields }: Pattern,
  process: Address,
  number: number,
): Generator<EventObject> {
  const names = Object.keys(fields);
  const fill = function* (from: number, filled: EventObject): Generator<EventObject> {
    const name = names[from];
    if (name === undefined) {
      yield filled;
      return;
    }
    for (const value of valuesOf(fields[name] as FieldLaw, process, number))
      yield* fill(from + 1, { ...filled, [name]: value } as EventObject);
  };
  yield* fill(0, operation);
}

function* valuesOf(law: FieldLaw, process: Address, number: number): Generator<unknown> {
  if (law.kind === 'serial') yield serialOf(process, number);
  else if (law.kind === 'values') yield* law.values;
  else for (let rank = 1; rank <= law.keys; rank++) yield keyName(law, rank);
}
