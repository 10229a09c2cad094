/**
 * A policy is a process on the caller's node between caller and callee: it takes `call` from above and gives
 * exactly one `reply` or `failed` for each; below it is another policy, or a service on another node.
 */
import type { Received, Send } from '../../model/effects.ts';
import type { Family, Process } from '../../model/process.ts';
import {
  attemptOf,
  type Call,
  type Cancel,
  type Failed,
  type Probe,
  type Reply,
} from '../services/messages.ts';
import type { ServiceEffects } from '../services/options.ts';

/** Why a policy fails a call by itself. */
export type Rejection =
  /** The circuit breaker is open, or half-open with no permit left. */
  | 'breaker-open'
  /** The bulkhead has neither a permit nor a place to wait. */
  | 'bulkhead-full'
  /** It has waited at the bulkhead for as long as calls may. */
  | 'bulkhead-waited'
  /** The bucket of the rate limit has neither a token nor a place to wait. */
  | 'rate-limited'
  /** It has waited for a token for as long as calls may. */
  | 'rate-waited'
  /** No target of the failover is healthy. */
  | 'all-ejected'
  /** No answer came in time. */
  | 'timeout'
  /** Its caller took it back. */
  | 'cancelled';

/** Rejections for want of room: the callee has not been asked, and may be again later. */
const rejections: readonly string[] = [
  ...['bulkhead-full', 'bulkhead-waited', 'rate-limited', 'rate-waited', 'all-ejected'],
];

export function isRejection(error: string): boolean {
  return rejections.includes(error);
}

/** Whether the callee has failed the call, and neither another policy nor its own caller. */
export function isOfCallee(error: string): boolean {
  return !(isRejection(error) || error === 'breaker-open' || error === 'cancelled');
}

/** A policy with its options: data, of which a list says in which order calls pass. */
export interface Policy {
  readonly kind: string;
  /** All options, those left out with their defaults. */
  readonly options: object;
  /** Its process, and the families that it starts, at this place. */
  parts(place: Place): Parts;
}

export interface Parts {
  readonly process: Process;
  /** By names that {@link Place.family} has given. */
  readonly families?: Readonly<Record<string, Family>>;
}

/** Where a policy stands: what it is called there, and what is below it. */
export interface Place {
  /** The name of its process on the node, such as `retry`. */
  readonly name: string;
  /** The name of a family of its own: `retry-backoff`. */
  family(name: string): string;
  /** Hands a call, or the taking back of one, to what is below. */
  below<M extends Call | Cancel>(message: M): Send<M>;
  /** Hands it to its service at once, past the policies below. */
  direct<M extends Call | Cancel | Probe>(message: M): Send<M>;
  /** What effects calls of a service have. Throws a `UserMistake` for one that there is not. */
  effects(service: string): ServiceEffects;
}

/** A call as a policy holds it. */
export interface Asked {
  readonly key: string;
  readonly from: string;
  readonly service: string;
  readonly input?: unknown;
  readonly attempt?: string;
}

export function asked({ key, from, service, input, attempt }: Received<Call>): Asked {
  return {
    ...{ key, from, service },
    ...(input === undefined ? {} : { input }),
    ...attemptOf({ attempt }),
  };
}

/** The call again, for what is below. */
export function callOf({ key, service, input, attempt }: Asked): Call {
  return {
    ...{ type: 'call', key, service },
    ...(input === undefined ? {} : { input }),
    ...attemptOf({ attempt }),
  };
}

/** The call is taken back; `answered`: its answer is waited for all the same. */
export function cancelOf({ key, service, attempt }: Asked, answered: boolean): Cancel {
  return {
    ...{ type: 'cancel', key, service },
    ...attemptOf({ attempt }),
    ...(answered ? { answered } : {}),
  };
}

/** One of several copies of a call below: the same key, and the number of the copy as its attempt. */
export function copyOf<T extends Asked>(call: T, copy: number | string): T {
  const { attempt } = call;
  return { ...call, attempt: attempt === undefined ? `${copy}` : `${attempt}.${copy}` };
}

export function failedOf(call: Asked, error: Rejection | string): Failed {
  return { type: 'failed', key: call.key, error, ...attemptOf(call) };
}

/** What came from below, as the answer of the call above. */
export function answerOf(call: Asked, answer: Reply | Failed): Reply | Failed {
  if (answer.type === 'failed') return failedOf(call, answer.error);
  const { key, output, degraded } = answer;
  const marked = degraded === undefined ? {} : { degraded };
  return { type: 'reply', key, output, ...marked, ...attemptOf(call) };
}

/** A call is known by its key and, where there are several, by its attempt. */
export function isCall(
  call: { readonly key: string; readonly attempt?: string },
  message: { readonly key: string; readonly attempt?: string },
): boolean {
  return call.key === message.key && call.attempt === message.attempt;
}
