/**
 * Loops: workloads that generate their operations, as data. A closed loop has users who each wait for an
 * answer, think and ask again; in an open loop operations arrive by themselves, however slow the answers
 * are (Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006).
 */
import type { EventObject } from 'xstate';
import type { Distribution } from './distribution.ts';
import type { Address } from './effects.ts';

/** What a field of a generated operation holds. */
export type FieldLaw =
  /** One of `keys` keys, `k1` and so on, each as likely as the others. */
  | { readonly kind: 'uniform'; readonly keys: number; readonly prefix?: string }
  /** One of them, the i-th with a probability proportional to `1 / i ** exponent`. Default 0.99. */
  | {
      readonly kind: 'zipf';
      readonly keys: number;
      readonly exponent?: number;
      readonly prefix?: string;
    }
  /** One of the values, by weight; all alike when there are no weights. */
  | {
      readonly kind: 'values';
      readonly values: readonly unknown[];
      readonly weights?: readonly number[];
    }
  /** `client#1`, `client#2`: which operation of its client it is. No two operations have the same. */
  | { readonly kind: 'serial' };

export type Fields = Readonly<Record<string, FieldLaw>>;

/** An operation as it is written down: an event of the client's machine, with whatever that has. */
export type Operation = EventObject | (EventObject & Readonly<Record<string, unknown>>);

/** One kind of operation of a mix. */
export interface MixedOperation {
  readonly operation: Operation;
  /** Relative frequency. Default 1. */
  readonly weight?: number;
  /** Fields that are drawn for each operation; they take the place of those of `operation`. */
  readonly fields?: Fields;
}

/** When the operations of an open loop arrive. */
export type Arrivals =
  /** At random: gaps are exponential. */
  | { readonly kind: 'poisson'; readonly perSecond: number }
  /** One every `everyMs`. */
  | { readonly kind: 'constant'; readonly everyMs: number }
  /** Gaps of any law, independent of each other. */
  | { readonly kind: 'renewal'; readonly gap: Distribution }
  /** On and off in turn, beginning with on: Poisson with `perSecond` while on. */
  | {
      readonly kind: 'bursts';
      readonly perSecond: number;
      readonly on: Distribution;
      readonly off: Distribution;
      /** While off. Default 0. */
      readonly offPerSecond?: number;
    }
  /**
   * Poisson with a rate that swings around `perSecond` by `amplitude` of it, once in `periodMs`, and is
   * highest at `peakAtMs`.
   */
  | {
      readonly kind: 'diurnal';
      readonly perSecond: number;
      /** From 0, which is no swing, to 1, at which the rate falls to nothing. Default 0.5. */
      readonly amplitude?: number;
      /** Default: a day. */
      readonly periodMs?: number;
      /** Default: half a period. */
      readonly peakAtMs?: number;
    };

/**
 * Operations that are asked again. They must have a `call`, by which a client knows that it is the same
 * one, so that there has to be a field `call` with the law `serial`.
 */
export interface Retries {
  /** In all, the first included: 1 is users who give up after `timeoutMs`. */
  readonly attempts: number;
  /** An attempt without an answer for so long is given up. Default: it is waited for. */
  readonly timeoutMs?: number;
  /** Before each further attempt. Default none. */
  readonly pause?: Distribution;
}

interface LoopBase {
  /** By what its random streams are called. Default: its place in the list, from 1. */
  readonly name?: string;
  /** The clients, each with the loop to itself. Default: every process that declares operations. */
  readonly processes?: readonly Address[];
  /** Default: the operations that the process declares, each as likely as the others. */
  readonly mix?: readonly MixedOperation[];
  /** Fields of all operations of the mix. */
  readonly fields?: Fields;
  /** Operations of each client at most. Default: as many as there is time for. */
  readonly operations?: number;
  /** When it begins. Default 0. */
  readonly fromMs?: number;
  /** Nothing arrives later. Default: the end of the run. */
  readonly untilMs?: number;
  /** Default: what fails has failed, and what is not answered is not asked again. */
  readonly retries?: Retries;
}

export interface ClosedLoop extends LoopBase {
  readonly loop: 'closed';
  /**
   * Users of each client, of whom each has one operation. More than one need operations with a `call`.
   * Default 1.
   */
  readonly users?: number;
  /** Before the first operation, and after each answer. Default: the run's `think`. */
  readonly think?: Distribution;
}

export interface OpenLoop extends LoopBase {
  readonly loop: 'open';
  readonly arrivals: Arrivals;
}

export type Loop = ClosedLoop | OpenLoop;

/** The loops of a run; those of one client come together. */
export type Loops = readonly Loop[];

/**
 * The name of an operation in the whole system, where it has one: its text field `call`. A client may
 * have several such operations open, and the marks `returned` and `failed` name the one that they end.
 */
export function callOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('call' in data)) return undefined;
  return typeof data.call === 'string' ? data.call : undefined;
}
