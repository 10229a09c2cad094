/**
 * Hedging (Dean and Barroso 2013): a call that takes long is made a second time, and the first answer counts. A
 * copy is the same call under the same key, known by its number. Which calls may be copied, what the failure of a
 * copy means and when there are enough of them are named rules.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Effect, mark, type Received, send, start, stop } from '../../model/effects.ts';
import type { Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import { afterCall, afterRetry, allowsRetry, fullBucket } from './budget.ts';
import type { FullHedgeOptions } from './hedge.ts';
import {
  heldIn,
  type Placed,
  type PolicyArgs,
  type PolicyEvent,
  placed,
  replaced,
  without,
} from './held-calls.ts';
import { includesError } from './legal.ts';
import { type Asked, answerOf, callOf, cancelOf, copyOf, isCall, type Place } from './policy.ts';
import { percentileOf, recordedTimes } from './response-times.ts';

/** A call under way. */
export interface Hedged extends Placed {
  /** Copies so far, the first included. */
  readonly copies: number;
  /** The numbers of those that are under way. */
  readonly out: readonly number[];
  /** There must be no further copy: it is not safe, or its caller takes the call back. */
  readonly isAlone?: true;
  /** Its caller takes it back, and waits for the answer. */
  readonly isOver?: true;
  /** When its first copy was sent, where the policy reads the clock. */
  readonly atMs?: number;
}

export interface HedgeContext {
  /** In the order in which they came. */
  readonly calls: readonly Hedged[];
  /** What is in the bucket of tokens; 0 without one. */
  readonly bucket: number;
  /** How long the first copies of the last calls took, in ms; of a delay that is a percentile. */
  readonly timesMs: readonly number[];
}

type Answer = Received<Reply> | Received<Failed>;
type Args = Omit<PolicyArgs<HedgeContext>, 'event'> & {
  readonly event: PolicyEvent & { readonly now?: number };
};

/** The number of the copy that an answer is of. */
function copyIn(call: Hedged, answer: Answer): number | undefined {
  return call.out.find((copy) => isCall(copyOf(call, copy), answer));
}

function callIn({ context: { calls }, event }: Args): Hedged | undefined {
  return event.type === 'reply' || event.type === 'failed'
    ? calls.find((one) => copyIn(one, event) !== undefined)
    : heldIn(calls, event);
}

/** Its name and that of each of its rules and acts stand in its table. */
export function hedgeMachine(options: FullHedgeOptions, place: Place) {
  const { copies, after, replicas, on, calls: which, tells, budget } = options;
  const family = place.family('delay');
  const percentile = 'percentile' in after ? after : undefined;
  /** Where a copy goes: the first to the service that was called, the further ones to its replicas in turn. */
  const copy = (call: Hedged, number: number): Asked => {
    const first = replicas.indexOf(call.service);
    const next = first < 0 ? undefined : replicas[(first + number - 1) % replicas.length];
    return { ...copyOf(call, number), service: next ?? call.service };
  };
  /** A key is known to one service alone: what has effects may be copied to no replica. */
  const isSafe = (call: Asked): boolean => {
    if (which === 'all') return true;
    if (which !== 'idempotent') return which(call.service, call.input);
    return replicas.includes(call.service)
      ? replicas.every((one) => place.effects(one) === 'none')
      : place.effects(call.service) !== 'every';
  };
  /** The copies under way, without the one that an answer is of. */
  const others = (args: Args): readonly Asked[] => {
    const call = callIn(args) as Hedged;
    const answered = copyIn(call, args.event as Answer);
    return without(call.out, answered).map((number) => copy(call, number));
  };
  const hasFurther = (args: Args): boolean => {
    const call = callIn(args);
    return call !== undefined && call.isAlone !== true && call.copies < copies;
  };
  const isWithinBudget = (args: Args): boolean => {
    const { calls, bucket } = args.context;
    const own = callIn(args);
    const hedged = calls.filter((one) => one !== own && one.copies > 1).length;
    return allowsRetry(budget, bucket, calls.length, hedged);
  };
  return setup({
    types: {
      context: {} as HedgeContext,
      events: {} as Args['event'],
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      /** A copy of a message that is under way is nothing. */
      isUnderWay: (args) => callIn(args) !== undefined,
      /** Nor is an answer that nobody waits for, of a copy that has lost. */
      isUnknown: (args) => callIn(args) === undefined,
      /** Whether the call may be made twice. */
      isSafe: ({ event }) => isSafe(event as Asked),
      /** The failure is the call's, and no other copy can make it good. */
      isFatal: (args) =>
        callIn(args)?.isOver !== true && !includesError(on, (args.event as Failed).error),
      mayReplace: (args) => hasFurther(args) && isWithinBudget(args),
      isOverBudget: (args) => !isWithinBudget(args),
      isLastOut: (args) => callIn(args)?.out.length === 1,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      begin: enqueueActions(({ context, event, enqueue }) => {
        const at = percentile === undefined ? {} : { atMs: event.now ?? 0 };
        const call: Hedged = { ...placed(event, context.calls), copies: 1, out: [1], ...at };
        enqueue.assign({
          calls: [...context.calls, call],
          bucket: afterCall(budget, context.bucket),
        });
        enqueue.emit(place.below(callOf(copy(call, 1))));
      }),
      leaveAlone: assign({
        calls: ({ context, event }) => {
          const call = callIn({ context, event }) as Hedged;
          return replaced(context.calls, call, { ...call, isAlone: true });
        },
      }),
      /** The time until the next copy begins, if there may be one. */
      count: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined || !hasFurther({ context, event })) return;
        const ms = percentile === undefined ? 0 : percentileOf(percentile, context.timesMs);
        if (ms !== undefined) enqueue.emit(start(family, String(call.place), { of: ms }));
      }),
      stopCounting: emit((args) => stop(family, String(callIn(args)?.place))),
      sendCopy: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Hedged;
        const number = call.copies + 1;
        const next: Hedged = { ...call, copies: number, out: [...call.out, number] };
        enqueue.assign({
          calls: replaced(context.calls, call, next),
          bucket: afterRetry(budget, context.bucket),
        });
        enqueue.emit(mark('hedged', { key: call.key, copy: number }));
        enqueue.emit(place.below(callOf(copy(next, number))));
      }),
      /** A copy that has failed; before it the next may have been sent. */
      dropCopy: assign({
        calls: ({ context, event }) => {
          const call = callIn({ context, event }) as Hedged;
          const failed = copyIn(call, event as Answer);
          return replaced(context.calls, call, { ...call, out: without(call.out, failed) });
        },
      }),
      /** How long the first copy took, or had taken when another was faster: longer than those before it. */
      noteTime: assign({
        timesMs: ({ context, event }) => {
          const call = callIn({ context, event });
          if (call?.atMs === undefined || percentile === undefined) return context.timesMs;
          if (!call.out.includes(1)) return context.timesMs;
          return recordedTimes(percentile, context.timesMs, (event.now ?? 0) - call.atMs);
        },
      }),
      tellLosers: enqueueActions(({ context, event, enqueue }) => {
        if (!tells) return;
        for (const loser of others({ context, event }))
          enqueue.emit(place.below(cancelOf(loser, false)));
      }),
      tellBelow: enqueueActions(({ context, event, enqueue }) => {
        const answered = event.type === 'cancel' && event.answered === true;
        for (const one of others({ context, event }))
          enqueue.emit(place.below(cancelOf(one, answered)));
      }),
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Hedged;
        enqueue.emit(stop(family, String(call.place)));
        enqueue.emit(send(call.from, answerOf(call, event as Answer)));
        enqueue.assign({ calls: without(context.calls, call) });
      }),
      noFurther: assign({
        calls: ({ context, event }) => {
          const call = callIn({ context, event }) as Hedged;
          return replaced(context.calls, call, { ...call, isAlone: true, isOver: true });
        },
      }),
      /** A call that is taken back is forgotten with its time. */
      forget: assign({
        calls: ({ context, event }) => without(context.calls, callIn({ context, event })),
      }),
    },
  }).createMachine({
    id: 'hedge',
    context: { calls: [], bucket: fullBucket(budget), timesMs: [] },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [
            { guard: 'isUnderWay' },
            { guard: 'isSafe', actions: ['begin', 'count'] },
            { actions: ['begin', 'leaveAlone'] },
          ],
          reply: [{ guard: 'isUnknown' }, { actions: ['noteTime', 'tellLosers', 'passOn'] }],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isFatal', actions: ['tellLosers', 'passOn'] },
            // The copy that failed makes room for the next, which need not wait.
            { guard: 'mayReplace', actions: ['stopCounting', 'sendCopy', 'count', 'dropCopy'] },
            { guard: 'isLastOut', actions: 'passOn' },
            { actions: 'dropCopy' },
          ],
          cancel: [
            { guard: 'isUnknown' },
            { guard: 'isAnswered', actions: ['stopCounting', 'tellBelow', 'noFurther'] },
            { actions: ['stopCounting', 'tellBelow', 'forget'] },
          ],
          FINISHED: [
            { guard: 'isUnknown' },
            { guard: 'isOverBudget' },
            { actions: ['sendCopy', 'count'] },
          ],
        },
      },
    },
  });
}
