/**
 * Retry: a call that fails is made again, after a wait, under the same key. Which failures are worth it and
 * when it is over are named rules.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import {
  type Effect,
  type Finished,
  mark,
  type Received,
  send,
  start,
  stop,
} from '../../model/effects.ts';
import type { Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import type { Drawn } from './backoff.ts';
import { afterCall, afterRetry, allowsRetry, fullBucket } from './budget.ts';
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
import {
  type Asked,
  answerOf,
  callOf,
  cancelOf,
  copyOf,
  failedOf,
  isCall,
  isRejection,
  type Place,
} from './policy.ts';
import type { FullRetryOptions } from './retry.ts';

/** A call under way. */
export interface Retried extends Placed {
  /** Attempts so far. */
  readonly attempts: number;
  /** What the last attempt failed with, while the call waits for the next. */
  readonly waitsAfter?: string;
  readonly drawn?: Drawn;
  /** There must be no further attempt: the total time is over, or its caller takes the call back. */
  readonly isOver?: true;
}

export interface RetryContext {
  /** In the order in which they came. */
  readonly calls: readonly Retried[];
  /** What is in the bucket of tokens; 0 without one. */
  readonly bucket: number;
}

type Answer = Received<Reply> | Received<Failed>;
type Args = PolicyArgs<RetryContext>;

/** Retried under no circumstances: the callee has not been asked, or nobody wants the answer. */
const never: readonly string[] = ['breaker-open', 'cancelled'];

/** The call as its attempt that is under way below: the same key, and the number of the attempt. */
function below(call: Retried): Asked {
  return copyOf(call, call.attempts);
}

function isFirst({ attempts, waitsAfter }: Retried): boolean {
  return attempts === 1 && waitsAfter === undefined;
}

/** The call that an event is about: by what its caller says, what comes from below, or its timer. */
function callIn({ context: { calls }, event }: Args): Retried | undefined {
  switch (event.type) {
    case 'reply':
    case 'failed':
      return calls.find((one) => one.waitsAfter === undefined && isCall(below(one), event));
    default:
      return heldIn(calls, event);
  }
}

/** Its name and that of each of its rules and acts stand in its table. */
export function retryMachine(options: FullRetryOptions, place: Place) {
  const { attempts, on, onRejection, budget, totalTime } = options;
  const families = { backoff: place.family('backoff'), total: place.family('total') };
  const name = (call: Retried): string => String(call.place);
  const error = ({ event }: Args): string => (event as Failed).error;
  return setup({
    types: {
      context: {} as RetryContext,
      events: {} as PolicyEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      /** A copy of a call that is under way is nothing. */
      isUnderWay: (args) => callIn(args) !== undefined,
      /** Nor is an answer that nobody waits for, or the end of a call that has ended. */
      isUnknown: (args) => callIn(args) === undefined,
      isNotRetryable: (args) => {
        const why = error(args);
        if (never.includes(why) || (isRejection(why) && !onRejection)) return true;
        return !includesError(on, why);
      },
      isSpent: (args) => attempts !== null && (callIn(args)?.attempts ?? 0) >= attempts,
      isOver: (args) => callIn(args)?.isOver === true,
      isOverBudget: (args) => {
        const { calls, bucket } = args.context;
        const own = callIn(args);
        const retried = calls.filter((one) => one !== own && !isFirst(one)).length;
        return !allowsRetry(budget, bucket, calls.length, retried);
      },
      isWaiting: (args) => callIn(args)?.waitsAfter !== undefined,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
      isAnsweredHere: (args) =>
        callIn(args)?.waitsAfter !== undefined && (args.event as Cancel).answered === true,
      isBackoff: ({ event }) => (event as Finished).family === families.backoff,
    },
    actions: {
      begin: enqueueActions(({ context, event, enqueue }) => {
        const call: Retried = { ...placed(event, context.calls), attempts: 1 };
        enqueue.assign({
          calls: [...context.calls, call],
          bucket: afterCall(budget, context.bucket),
        });
        if (totalTime !== undefined) enqueue.emit(start(families.total, name(call), {}));
        enqueue.emit(place.below(callOf(below(call))));
      }),
      /** The answer goes up, and the call is forgotten. */
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ calls: without(context.calls, call) });
        if (totalTime !== undefined) enqueue.emit(stop(families.total, name(call)));
        enqueue.emit(send(call.from, answerOf(call, event as Answer)));
      }),
      backOff: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        const waiting = { ...call, waitsAfter: error({ context, event }) };
        const { drawn } = call;
        enqueue.assign({
          calls: replaced(context.calls, call, waiting),
          bucket: afterRetry(budget, context.bucket),
        });
        const input = { n: call.attempts - 1, ...(drawn && { previous: drawn }) };
        enqueue.emit(start(families.backoff, name(call), input));
      }),
      again: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        const { waitsAfter: _, ...rest } = call;
        const drawn = (event as Finished).output as Drawn | null;
        const next = { ...rest, attempts: call.attempts + 1, ...(drawn && { drawn }) };
        enqueue.assign({ calls: replaced(context.calls, call, next) });
        enqueue.emit(mark('retried', { call: call.key, attempt: next.attempts }));
        enqueue.emit(place.below(callOf(below(next))));
      }),
      /** The total time is over while the call waits: it ends with what it has failed with. */
      giveUp: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call?.waitsAfter === undefined) return;
        enqueue.assign({ calls: without(context.calls, call) });
        enqueue.emit(stop(families.backoff, name(call)));
        enqueue.emit(send(call.from, failedOf(call, call.waitsAfter)));
      }),
      noFurther: assign({
        calls: (args) => {
          const call = callIn(args) as Retried;
          return replaced(args.context.calls, call, { ...call, isOver: true });
        },
      }),
      tellBelow: emit(({ context, event }) => {
        const call = callIn({ context, event });
        const { answered } = event as Cancel;
        return place.below(cancelOf(below(call as Retried), answered === true));
      }),
      /** A call that is taken back is forgotten with all its times. */
      forget: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ calls: without(context.calls, call) });
        if (totalTime !== undefined) enqueue.emit(stop(families.total, name(call)));
        if (call.waitsAfter !== undefined) enqueue.emit(stop(families.backoff, name(call)));
      }),
      answerCancelled: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Retried;
        return send(call.from, failedOf(call, 'cancelled'));
      }),
    },
  }).createMachine({
    id: 'retry',
    context: { calls: [], bucket: fullBucket(budget) },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [{ guard: 'isUnderWay' }, { actions: 'begin' }],
          reply: [{ guard: 'isUnknown' }, { actions: 'passOn' }],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isNotRetryable', actions: 'passOn' },
            { guard: 'isSpent', actions: 'passOn' },
            { guard: 'isOver', actions: 'passOn' },
            { guard: 'isOverBudget', actions: 'passOn' },
            { actions: 'backOff' },
          ],
          cancel: [
            { guard: 'isUnknown' },
            { guard: 'isAnsweredHere', actions: ['answerCancelled', 'forget'] },
            { guard: 'isAnswered', actions: ['noFurther', 'tellBelow'] },
            { guard: 'isWaiting', actions: 'forget' },
            { actions: ['tellBelow', 'forget'] },
          ],
          FINISHED: [
            { guard: 'isBackoff', actions: 'again' },
            { guard: 'isWaiting', actions: 'giveUp' },
            { actions: 'noFurther' },
          ],
        },
      },
    },
  });
}
