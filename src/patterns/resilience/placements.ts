/** Calls of a failover: where each is, where it goes next, and what its answer says of its target. */
import type { Finished, Received } from '../../model/effects.ts';
import type { FullFailoverOptions } from './failover.ts';
import {
  heldIn,
  lowestFree,
  type Placed,
  type PolicyArgs,
  type PolicyEvent,
} from './held-calls.ts';
import { type Asked, copyOf, isCall } from './policy.ts';
import type { Probed } from './prober.ts';
import { chosen, isHealthy, isOutlier, isPanic, type Target } from './targets.ts';
import { isBad, type Result, recorded } from './window.ts';

/** A call under way. */
export interface Placement extends Placed {
  /** The targets that it was sent to, the last of which has it. */
  readonly tried: readonly string[];
  /** The epoch of that target when it was sent there. */
  readonly epoch: number;
  /** When it was, where the policy reads the clock. */
  readonly atMs?: number;
  /** It is for a service that is no target, and nothing is done with it. */
  readonly isOther?: true;
  /** Its caller takes it back, and waits for the answer. */
  readonly isOver?: true;
}

export interface FailoverContext {
  readonly targets: readonly Target[];
  readonly calls: readonly Placement[];
  /** Where the last call went. */
  readonly last: string | null;
}

export type FailoverEvent = (PolicyEvent | Received<Probed>) & { readonly now?: number };
export type FailoverArgs = Omit<PolicyArgs<FailoverContext>, 'event'> & {
  readonly event: FailoverEvent;
};

/** The call as it is under way below. */
export function below(call: Placement): Asked {
  if (call.isOther === true) return call;
  return { ...copyOf(call, call.tried.length), service: call.tried.at(-1) ?? call.service };
}

export function callIn({ context: { calls }, event }: FailoverArgs): Placement | undefined {
  if (event.type === 'PROBED') return undefined;
  return event.type === 'reply' || event.type === 'failed'
    ? calls.find((one) => isCall(below(one), event))
    : heldIn(calls, event);
}

export function named({ targets }: FailoverContext, name: string | undefined): Target | undefined {
  return targets.find((one) => one.name === name);
}

/** The targets with one of them changed. */
export function changed(
  { targets }: FailoverContext,
  name: string,
  by: Partial<Target>,
): readonly Target[] {
  return targets.map((one) => (one.name === name ? { ...one, ...by } : one));
}

/** The target that a timer is about. */
export function targetIn({ event }: FailoverArgs): string {
  return (event as Finished).key;
}

/** A number that no call under way to the target bears. */
export function epochAfter({ calls }: FailoverContext, name: string): number {
  const to = calls.filter(({ tried }) => tried.at(-1) === name);
  return lowestFree(to.map(({ epoch }) => epoch));
}

/** The call as it is sent to a target. */
export function sentTo(
  context: FailoverContext,
  call: Placement,
  target: string,
  now: number | undefined,
): Placement {
  const epoch = named(context, target)?.epoch ?? 1;
  const at = now === undefined ? {} : { atMs: now };
  return { ...call, tried: [...call.tried, target], epoch, ...at };
}

/** The target of a call that comes, or undefined where there is none. */
export function firstTarget(
  { choose, panic, panicBelow }: FullFailoverOptions,
  { targets, last }: FailoverContext,
): string | undefined {
  if (!isPanic(targets, panicBelow))
    return chosen(choose, targets, targets.filter(isHealthy), last);
  return panic === 'reject' ? undefined : chosen(choose, targets, targets, last);
}

/** The next target of a call that has failed: a healthy one that it was not sent to. */
export function nextTarget(
  { choose, attempts }: FullFailoverOptions,
  args: FailoverArgs,
): string | undefined {
  const { targets, last } = args.context;
  const { tried } = callIn(args) as Placement;
  if (tried.length >= attempts) return undefined;
  const left = targets.filter((one) => isHealthy(one) && !tried.includes(one.name));
  return chosen(choose, targets, left, last);
}

/** The targets with the result of a call recorded. */
export function withResult(
  { window, outlier }: FullFailoverOptions,
  args: FailoverArgs,
): readonly Target[] {
  const call = callIn(args) as Placement;
  const target = named(args.context, call.tried.at(-1)) as Target;
  const slow = window.kind === 'consecutive' ? undefined : window.slow?.afterMs;
  const { now = 0, type } = args.event;
  const isSlow = slow !== undefined && now - (call.atMs ?? 0) >= slow;
  const result: Result = { failed: type === 'failed', slow: isSlow };
  return changed(args.context, target.name, {
    window: recorded(window, target.window, result, now),
    ...(outlier !== undefined && {
      recent: recorded({ kind: 'count', size: outlier.size, ratio: 1 }, target.recent, result),
    }),
  });
}

/** Whether the last results of the target, this one included, are bad, or worse than those of the others. */
export function isSick(options: FullFailoverOptions, args: FailoverArgs): boolean {
  const { window, outlier } = options;
  const name = callIn(args)?.tried.at(-1) ?? '';
  const targets = withResult(options, args);
  const results = targets.find((one) => one.name === name)?.window ?? [];
  return (
    isBad(window, results, false) || (outlier !== undefined && isOutlier(outlier, targets, name))
  );
}
