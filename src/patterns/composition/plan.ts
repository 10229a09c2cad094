/**
 * Compositions as values: trees of calls of services, put together in the ways of chapter 14.8.3. A value says
 * what is done and nothing of when; `compile` makes a statechart of it.
 *
 * Data flows from step to step: a step takes the output of the one before, and the branches of a parallel, a
 * race and a forEach each take a copy. All of it is plain data. The meaning of each construct is in
 * docs/semantics.md, section 16.3.
 */
import type { Distribution } from '../../model/distribution.ts';
import { UserMistake } from '../../model/errors.ts';

/** What a composition fails with: the name of an error, or those of all branches of a race. */
export type CompositionError = string | readonly CompositionError[];

/** A function of the data so far. (Any function of one kind of data is one.) */
type Of<T> = (data: never) => T;

export interface Task {
  readonly kind: 'task';
  readonly service: string;
  readonly input?: Of<unknown>;
  readonly output?: (answer: never, data: never) => unknown;
}
export interface Compute {
  readonly kind: 'compute';
  readonly output: Of<unknown>;
}
export interface Wait {
  readonly kind: 'wait';
  readonly delay: Distribution | Of<Distribution>;
}
export interface Fail {
  readonly kind: 'fail';
  readonly error: CompositionError | Of<CompositionError>;
}
export interface Sequence {
  readonly kind: 'sequence';
  readonly steps: readonly Composition[];
}
export interface Parallel {
  readonly kind: 'parallel';
  readonly branches: readonly Composition[];
}
export interface Race {
  readonly kind: 'race';
  readonly branches: readonly Composition[];
}
export interface Choice {
  readonly kind: 'choice';
  readonly rules: readonly { readonly when: Of<boolean>; readonly part: Composition }[];
  readonly otherwise?: Composition;
}
export interface Loop {
  readonly kind: 'loop';
  readonly while: (data: never, rounds: number) => boolean;
  readonly body: Composition;
  readonly atMost: number;
}
export interface ForEach {
  readonly kind: 'forEach';
  readonly items: Of<readonly unknown[]>;
  readonly body: Composition;
  /** So many items at once, 1: one after the other, 0: all. */
  readonly concurrency: number;
}
export interface Catcher {
  /** The errors that it catches; absent: all. */
  readonly errors?: readonly string[];
  readonly handler: Composition;
}
export interface Attempt {
  readonly kind: 'attempt';
  readonly body: Composition;
  /** The first that catches an error handles it. */
  readonly catchers: readonly Catcher[];
}

/** A composition: a plain tree. */
export type Composition =
  | Task
  | Compute
  | Wait
  | Fail
  | Sequence
  | Parallel
  | Race
  | Choice
  | Loop
  | ForEach
  | Attempt;

/** What a handler of `attempt` takes: the error, and the data that the attempt began with. */
export interface Caught<T = unknown> {
  readonly error: CompositionError;
  readonly input: T;
}

/** Why a composition fails by itself, as the error that it fails with. */
export const ownErrors = {
  /** No rule of a choice was true, and there was no otherwise. */
  noChoice: 'no-choice',
  /** The guard of a loop was true after as many rounds as the loop may take. */
  tooManyRounds: 'too-many-rounds',
  /** What a list of errors is called where one name is needed: by catchers, and in an answer. */
  allFailed: 'all-failed',
} as const;

const kinds: ReadonlySet<unknown> = new Set<Composition['kind']>([
  ...(['task', 'compute', 'wait', 'fail', 'sequence', 'parallel', 'race', 'choice'] as const),
  ...(['loop', 'forEach', 'attempt'] as const),
]);

function legal(composition: Composition, what: string): Composition {
  const { kind } = (composition ?? {}) as { readonly kind?: unknown };
  if (kinds.has(kind)) return composition;
  throw new UserMistake(
    `${what} is ${JSON.stringify(composition) ?? typeof composition}; it must be a composition, such as task("payments")`,
  );
}

const allLegal = (list: readonly Composition[], what: string) =>
  list.map((one, index) => legal(one, `${what} ${index + 1}`));

function legalFunction(given: unknown, what: string): void {
  if (typeof given !== 'function')
    throw new UserMistake(`${what} is ${JSON.stringify(given)}; it must be a function of the data`);
}

/**
 * Calls a service with `input` of the data (default: the data) and gives its answer, or what `output` makes of
 * the answer and the data.
 *
 *     task('payments', (order: Order) => order.total, (receipt, order) => ({ ...order, receipt }))
 */
export function task<T, A = unknown>(
  service: string,
  input?: (data: T) => unknown,
  output?: (answer: A, data: T) => unknown,
): Task {
  if (typeof service !== 'string' || service === '')
    throw new UserMistake(
      `a task calls ${JSON.stringify(service)}; it must be the id of a service, such as "payments"`,
    );
  if (input !== undefined) legalFunction(input, `the input of the task ${service}`);
  if (output !== undefined) legalFunction(output, `the output of the task ${service}`);
  return { kind: 'task', service, ...(input && { input }), ...(output && { output }) };
}

/** Changes the data, at once and without any call: `compute((order: Order) => order.total)`. */
export function compute<T>(output: (data: T) => unknown): Compute {
  legalFunction(output, 'what is computed');
  return { kind: 'compute', output };
}

/** Lets time pass; the data stays: `wait(exponential(20))`, `wait((order: Order) => constant(order.ms))`. */
export function wait<T>(delay: Distribution | ((data: T) => Distribution)): Wait {
  const isLaw = typeof delay === 'object' && delay !== null && 'kind' in delay;
  if (typeof delay !== 'function' && !isLaw)
    throw new UserMistake(
      `a wait takes ${JSON.stringify(delay)}; it must be a distribution, such as constant(20), or a function of the data to one`,
    );
  return { kind: 'wait', delay };
}

/** Fails: `fail('out of stock')`, `fail((order: Order) => order.reason)`. */
export function fail<T>(error: CompositionError | ((data: T) => CompositionError)): Fail {
  return { kind: 'fail', error };
}

/** One after the other, each with the output of the one before; the first failure ends it. */
export function sequence(...steps: readonly Composition[]): Sequence {
  return { kind: 'sequence', steps: allLegal(steps, 'of a sequence, step') };
}

/** All at once, on copies of the data. Gives the list of outputs in declared order; a failure cancels the rest. */
export function parallel(...branches: readonly Composition[]): Parallel {
  return { kind: 'parallel', branches: allLegal(branches, 'of a parallel, branch') };
}

/** All at once; the first that succeeds gives the output, and the others are cancelled. If all fail, so does it. */
export function race(...branches: readonly Composition[]): Race {
  if (branches.length === 0)
    throw new UserMistake('a race has no branches, so nothing could win it; give it at least one');
  return { kind: 'race', branches: allLegal(branches, 'of a race, branch') };
}

/** A rule of a choice. */
export type Rule<T> = readonly [when: (data: T) => boolean, then: Composition];

/**
 * The first rule whose guard is true; `otherwise` if none is, without which it fails with `no-choice`.
 *
 *     choice([(order: Order) => order.gift, task('wrapping')], sequence())
 */
export function choice<T>(
  ...given: readonly [...Rule<T>[], Composition] | readonly Rule<T>[]
): Choice {
  const rules: Choice['rules'][number][] = [];
  let otherwise: Composition | undefined;
  for (const [index, one] of given.entries()) {
    const what = `of a choice, rule ${index + 1}`;
    if (Array.isArray(one)) {
      const [when, part] = one as Rule<T>;
      legalFunction(when, `${what}: the guard`);
      rules.push({ when, part: legal(part, what) });
    } else if (index === given.length - 1) otherwise = legal(one as Composition, what);
    else throw new UserMistake(`${what} is no pair [when, then]; only the last may stand alone`);
  }
  return { kind: 'choice', rules, ...(otherwise && { otherwise }) };
}

/**
 * Again and again while the guard is true, which is asked before each round with the data and the number of
 * rounds so far. A guard that is true after `atMost` rounds fails the loop with `too-many-rounds`.
 *
 *     loop((page: Page) => page.next !== null, task('pages'), { atMost: 100 })
 */
export function loop<T>(
  guard: (data: T, rounds: number) => boolean,
  body: Composition,
  { atMost }: { readonly atMost: number },
): Loop {
  legalFunction(guard, 'the guard of a loop');
  if (!(Number.isSafeInteger(atMost) && atMost >= 0))
    throw new UserMistake(
      `a loop has atMost ${atMost}; it must be a whole number, zero or more: a loop without a bound may never end`,
    );
  return { kind: 'loop', while: guard, body: legal(body, 'the body of a loop'), atMost };
}

/**
 * The body for each item of a list, `concurrency` at once (default 0: all; 1: one after the other). Gives the
 * list of outputs in the order of the items; a failure cancels the rest; no items give an empty list.
 */
export function forEach<T>(
  items: (data: T) => readonly unknown[],
  body: Composition,
  { concurrency = 0 }: { readonly concurrency?: number } = {},
): ForEach {
  legalFunction(items, 'the items of a forEach');
  if (!(Number.isSafeInteger(concurrency) && concurrency >= 0))
    throw new UserMistake(
      `a forEach has concurrency ${concurrency}; it must be a whole number, zero (all at once) or more`,
    );
  return { kind: 'forEach', items, body: legal(body, 'the body of a forEach'), concurrency };
}

/** An attempt to which catchers can be added; the method is no part of the value. */
export interface Attempting extends Attempt {
  catch(handler: Composition): Attempting;
  catch(errors: string | readonly string[], handler: Composition): Attempting;
}

/**
 * The body; if it fails, the first catcher that names the error (one without names catches all) goes on from
 * `{ error, input }`. What a handler fails with is not caught by its own attempt.
 *
 *     attempt(task('payments')).catch('full', task('later')).catch(fail('unpaid'))
 */
export function attempt(body: Composition): Attempting {
  return attempting({ kind: 'attempt', body: legal(body, 'what is attempted'), catchers: [] });
}

function attempting(value: Attempt): Attempting {
  const add = (first: Composition | string | readonly string[], second?: Composition) => {
    const handler = legal(second ?? (first as Composition), 'the handler of a catch');
    const errors = second && { errors: [first].flat() as string[] };
    return attempting({ ...value, catchers: [...value.catchers, { ...errors, handler }] });
  };
  // Not enumerable: a composition is a plain tree, whatever made it.
  return Object.defineProperty({ ...value }, 'catch', { value: add }) as Attempting;
}

/** The compositions right below one, in declared order. */
export function partsOf(composition: Composition): readonly Composition[] {
  switch (composition.kind) {
    case 'sequence':
      return composition.steps;
    case 'parallel':
    case 'race':
      return composition.branches;
    case 'choice': {
      const { rules, otherwise } = composition;
      return [...rules.map(({ part }) => part), ...(otherwise === undefined ? [] : [otherwise])];
    }
    case 'loop':
    case 'forEach':
      return [composition.body];
    case 'attempt':
      return [composition.body, ...composition.catchers.map(({ handler }) => handler)];
    default:
      return [];
  }
}

/** The ids of all services that it may call. */
export function servicesOf(composition: Composition): ReadonlySet<string> {
  const own = composition.kind === 'task' ? [composition.service] : [];
  return new Set([...own, ...partsOf(composition).flatMap((part) => [...servicesOf(part)])]);
}
