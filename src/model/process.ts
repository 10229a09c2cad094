/**
 * A process: an XState machine with the delays, choices, operations and recovery that the machine
 * itself must not know about. A node is the unit of crash, clock, disk and place in the network, and
 * hosts one or more processes.
 */
import type { AnyStateMachine, ContextFrom, EmittedFrom, EventFrom, InputFrom } from 'xstate';
import type { Distribution } from './distribution.ts';
import type { NodeId, Replace, Write } from './effects.ts';

/** The records that a machine writes, read off its `emitted` type. */
type RecordOf<TMachine extends AnyStateMachine> =
  EmittedFrom<TMachine> extends infer E
    ? E extends Write<infer R>
      ? R
      : E extends Replace<infer R>
        ? R
        : never
    : never;

/** The names of the machine's delays, as `setup` declares them; any text where it declares none. */
type DelayName<TMachine extends AnyStateMachine> = keyof NonNullable<
  Parameters<TMachine['provide']>[0]['delays']
> &
  string;

/** A delay: a distribution, or one that depends on the context at the moment of arming. */
export type Delay<TMachine extends AnyStateMachine> =
  | Distribution
  | ((args: { readonly context: ContextFrom<TMachine> }) => Distribution);

/**
 * A spontaneous event: a choice that the process makes by itself, such as a vote. It is enabled
 * whenever the machine has a transition for it that changes something. The checker branches on every
 * choice whose weight is above zero; the simulator draws one by weight, `after` having passed
 * (constant(0) when absent).
 */
export interface Choice<TEvent extends { readonly type: string } = { readonly type: string }> {
  readonly event: TEvent;
  /** Relative frequency, zero or more; zero means that it never happens. Default 1. */
  readonly weight?: number;
  readonly after?: Distribution;
  /**
   * When true it is taken at once: a state in which it is open belongs to the step that led there, so
   * that nothing comes between a request and what is chosen about it (Promela's `atomic`).
   */
  readonly immediate?: boolean;
}

/**
 * Recovery: the input of the restarted machine, from the records that survived. (A conditional type, so
 * that the compiler has filled in the machine when it looks at the function: texts in what it returns
 * are then checked as what the input allows, instead of as any text.)
 */
type Recovery<TMachine extends AnyStateMachine> = TMachine extends AnyStateMachine
  ? (records: readonly RecordOf<TMachine>[]) => InputFrom<TMachine>
  : never;

/** What a process needs beside its machine. Only `machine` and its `input` are required. */
export interface ProcessOptions<TMachine extends AnyStateMachine> {
  readonly machine: TMachine;
  /** Input of the machine at its first start. */
  readonly input?: InputFrom<TMachine>;
  /** The machine's named delays, as distributions. Delays not named here keep the machine's own. */
  readonly delays?: { readonly [K in DelayName<TMachine>]?: Delay<TMachine> };
  /**
   * The peers on which a named delay is a time-out: under synchronous timing it fires only when one of
   * them is down or cut off, or when nothing else will ever happen, and a peer that is down comes back
   * only after it has fired. So it is for time-outs that give a peer up, once. Delays not named here wait
   * for nobody in particular.
   */
  readonly suspects?: {
    readonly [K in DelayName<TMachine>]?:
      | readonly NodeId[]
      | ((args: { readonly context: ContextFrom<TMachine> }) => readonly NodeId[]);
  };
  /**
   * The input of the machine restarted after a crash, from the records that survived, in the order
   * in which they were written. Without it the machine restarts with its first input: amnesia.
   */
  readonly recover?: Recovery<TMachine>;
  readonly choices?: readonly Choice<EventFrom<TMachine>>[];
  /** What the environment asks of the process, one after the other: a client's operations. */
  readonly operations?: readonly EventFrom<TMachine>[];
  /**
   * The named delays that are work of the node and not waits: a slow node takes longer for them. It changes
   * when they fire, and so nothing in a check.
   */
  readonly work?: readonly DelayName<TMachine>[];
  /** When true, every event carries `now`, the node clock's reading in ms, and a timer's `waited`. */
  readonly clock?: boolean;
}

/** A declared process. Made by {@link defineProcess}. */
export interface Process<TMachine extends AnyStateMachine = AnyStateMachine>
  extends ProcessOptions<TMachine> {
  readonly kind: 'process';
}

/** A process whose instances a node creates at run time (effect `start`), keyed by a string. */
export interface Family<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly kind: 'family';
  readonly process: Process<TMachine>;
}

/** A node with several processes or with families. A node with one process is just that process. */
export interface Node<
  TProcesses extends Readonly<Record<string, Process>> = Readonly<Record<string, Process>>,
> {
  readonly kind: 'node';
  readonly processes: TProcesses;
  readonly families: Readonly<Record<string, Family>>;
}

/**
 * Declares a process.
 *
 *     defineProcess({ machine: participant, input: { able: true },
 *                     delays: { patience: uniform(150, 300) } })
 */
export function defineProcess<TMachine extends AnyStateMachine>(
  options: ProcessOptions<TMachine>,
): Process<TMachine> {
  return { ...options, kind: 'process' };
}

/** Declares a family: the machine's input is given by the `start` effect. */
export function defineFamily<TMachine extends AnyStateMachine>(
  options: Omit<ProcessOptions<TMachine>, 'input' | 'operations'>,
): Family<TMachine> {
  return { kind: 'family', process: { ...options, kind: 'process' } };
}

/** Declares a node that hosts several processes, or families, or both. */
export function defineNode<TProcesses extends Readonly<Record<string, Process>>>(options: {
  readonly processes: TProcesses;
  readonly families?: Readonly<Record<string, Family>>;
}): Node<TProcesses> {
  return { kind: 'node', processes: options.processes, families: options.families ?? {} };
}

/** What {@link replicate} makes: by name up to the ninth; beyond it there are `all` and addresses. */
export type Replicas<TPrefix extends string, T> = {
  // A pattern such as `p${number}` would be shorter, but a spread loses it.
  readonly [K in `${TPrefix}${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`]?: T;
};

/** `prefix1` to `prefixN`, each made by `make(id, index)`, the index counting from 1. */
export function replicate<TPrefix extends string, T>(
  prefix: TPrefix,
  count: number,
  make: (id: `${TPrefix}${number}`, index: number) => T,
): Replicas<TPrefix, T> {
  const made: Record<string, T> = {};
  for (let index = 1; index <= count; index++)
    made[`${prefix}${index}`] = make(`${prefix}${index}`, index);
  return made as Replicas<TPrefix, T>;
}
