/**
 * What callers and services say to each other. The key names a call: the same on every attempt, and a
 * function of what is asked for, so that it serves as the idempotency key too.
 */

/** A caller asks a service. */
export interface Call {
  readonly type: 'call';
  readonly service: string;
  readonly key: string;
  readonly input?: unknown;
  /** Which attempt of the call it is, where there may be several; its answer says it too. */
  readonly attempt?: string;
}

/** A caller no longer waits: the call is forgotten if it has not begun. */
export interface Cancel {
  readonly type: 'cancel';
  readonly service: string;
  readonly key: string;
  readonly attempt?: string;
  /** The caller waits on: a call that is forgotten is answered `cancelled`, another as it ends. */
  readonly answered?: true;
}

/** Asks whether the service is there: it waits in no queue, and has no effect. */
export interface Probe {
  readonly type: 'probe';
  readonly service: string;
  readonly key: string;
  readonly attempt?: string;
}

export interface Reply {
  readonly type: 'reply';
  readonly key: string;
  readonly output: unknown;
  readonly attempt?: string;
  /** It is not the service's answer but one in its place. */
  readonly degraded?: true;
}

/** Why a call failed without having been worked on, or what work on it ended with. */
export type Failure =
  /** No place was free, neither to be served nor to wait. */
  | 'full'
  /** The service is broken. */
  | 'unavailable'
  /** It has waited for as long as the service lets calls wait. */
  | 'waited'
  /** It has waited for too long while there is too much to do, or what matters more has taken its place. */
  | 'shed'
  /** Its caller took it back before work on it had begun, and waited for the answer. */
  | 'cancelled'
  /** Work on it failed. */
  | 'error';

export interface Failed {
  readonly type: 'failed';
  readonly key: string;
  /** A {@link Failure}, or what the service says of this input. */
  readonly error: string;
  readonly attempt?: string;
}

/** The attempt that a message belongs to, to be said again in what answers it. */
export function attemptOf({ attempt }: { readonly attempt?: string | undefined }): Attempt {
  return attempt === undefined ? {} : { attempt };
}

/** A part of a message: the attempt, where it says one. */
export interface Attempt {
  readonly attempt?: string;
}

export type ServiceMessage = Call | Cancel | Probe | Reply | Failed;

/** The record of an effect: what a service that has forgotten everything else still knows. */
export interface EffectRecord {
  readonly effect: string;
  readonly output: unknown;
}
