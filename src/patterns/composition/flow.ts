/** A flow: one execution of a composition. Its context, its positions and keys, and how it ends. */
import type { CompositionError } from './plan.ts';

/**
 * Where a part stands in a composition: `2.1` is the first part of the second. `*` stands for the rounds of
 * the loop before it. A branch of a parallel or a race is a thread, called by its position; `''` is the whole.
 */
export type Position = string;

/** How a call ended that nobody waits for any more. `unknown` until, and unless, its answer comes. */
export type Ending = 'unknown' | 'completed' | 'cancelled';

/** Calls that were under way when their branch was given up, by key. A saga has to know. */
export type Abandoned = Readonly<
  Record<string, { readonly service: string; readonly ended: Ending }>
>;

/** How a flow ended. */
export type Outcome = { readonly abandoned: Abandoned } & (
  | { readonly status: 'completed'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: CompositionError }
  | { readonly status: 'cancelled' }
);

export interface FlowInput {
  /** The key of the call that the flow works on: keys of its own calls begin with it. */
  readonly key: string;
  readonly data?: unknown;
}

/** A forEach that is under way. */
export interface Items {
  readonly items: readonly unknown[];
  /** Outputs so far, by index. */
  readonly outputs: Readonly<Record<number, unknown>>;
  /** Indices that are under way. */
  readonly running: readonly number[];
}

export interface FlowContext {
  readonly key: string;
  /** The data of each thread; of a branch that has ended, its output, or in a race its error. */
  readonly data: Readonly<Record<Position, unknown>>;
  /** What each attempt that is under way began with. */
  readonly inputs: Readonly<Record<Position, unknown>>;
  /** Rounds that each loop that is under way has begun. */
  readonly rounds: Readonly<Record<Position, number>>;
  readonly items: Readonly<Record<Position, Items>>;
  /** Branches that have ended while a sibling has not. */
  readonly ended: readonly Position[];
  /**
   * The threads that have something to do in this step, in their order. A branch starts when it is first, so
   * that branches start in declared order, each once those before it wait. Empty between steps.
   */
  readonly turns: readonly Position[];
  readonly abandoned: Abandoned;
  readonly status: 'running' | Outcome['status'];
}

export function flowContext({ key, data }: FlowInput): FlowContext {
  const nothing = { inputs: {}, rounds: {}, items: {}, ended: [], turns: [], abandoned: {} };
  return { key, data: { '': data ?? null }, ...nothing, status: 'running' };
}

/** The outcome of a flow that has ended. */
export function outcomeOf({ status, data, abandoned }: FlowContext): Outcome {
  if (status === 'completed') return { status, output: data[''], abandoned };
  if (status === 'failed') return { status, error: data[''] as CompositionError, abandoned };
  return { status: 'cancelled', abandoned };
}

/**
 * The key of a call: that of the flow, and the position with the rounds of the loops around it. It depends on
 * nothing that may differ from one execution to the next, so that it is the idempotency key too.
 */
export function callKey({ key, rounds }: FlowContext, at: Position): string {
  const segments = at.split('.');
  const own = segments.map((segment, index) =>
    segment === '*' ? `#${rounds[segments.slice(0, index).join('.')]}` : segment,
  );
  return `${key}:${own.join('.')}`;
}

/** The name of an instance with that key: names have no slash. */
export function instanceName(key: string): string {
  return key === '' ? '%' : key.replaceAll('%', '%25').replaceAll('/', '%2F');
}

const isInside = (position: Position, outer: Position): boolean =>
  outer === '' || position === outer || position.startsWith(`${outer}.`);

function without<T>(
  all: Readonly<Record<Position, T>>,
  outer: Position,
): Readonly<Record<Position, T>> {
  return Object.fromEntries(Object.entries(all).filter(([position]) => !isInside(position, outer)));
}

/** The context without all that is remembered of the part at that position and of what stands inside it. */
export function leaving(context: FlowContext, outer: Position): FlowContext {
  return {
    ...context,
    data: without(context.data, outer),
    inputs: without(context.inputs, outer),
    rounds: without(context.rounds, outer),
    items: without(context.items, outer),
    ended: context.ended.filter((thread) => !isInside(thread, outer)),
    turns: context.turns.filter((thread) => !isInside(thread, outer)),
  };
}

/** The thread goes on, before all others, with that data. */
export function going(context: FlowContext, thread: Position, data: unknown): FlowContext {
  const turns = [thread, ...context.turns.filter((other) => other !== thread)];
  return { ...context, turns, data: { ...context.data, [thread]: data } };
}

/** The thread has nothing to do until something happens. */
export function resting(context: FlowContext, thread: Position): FlowContext {
  return { ...context, turns: context.turns.filter((other) => other !== thread) };
}
