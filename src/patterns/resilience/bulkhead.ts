/**
 * Bulkhead: so many calls are out at once, some wait in order of arrival, the rest are rejected. A permit that is
 * given back goes to the head of the queue in the same step.
 */
import { emit, enqueueActions, setup } from 'xstate';
import type { Distribution } from '../../model/distribution.ts';
import { type Effect, type Received, send, start, stop } from '../../model/effects.ts';
import { defineProcess } from '../../model/process.ts';
import type { Call, Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import {
  heldIn,
  type Placed,
  type PolicyArgs,
  type PolicyEvent,
  placed,
  replaced,
  timers,
  without,
} from './held-calls.ts';
import { legal } from './legal.ts';
import {
  type Asked,
  answerOf,
  asked,
  callOf,
  cancelOf,
  failedOf,
  isCall,
  type Place,
  type Policy,
} from './policy.ts';

export interface BulkheadOptions {
  /** Calls that are out at once. Default 10. */
  readonly limit?: number;
  /** Calls that wait, at most; null: no bound. Default 0: what finds no permit is rejected at once. */
  readonly queue?: number | null;
  /** A call that has waited so long is rejected. Default: calls wait for ever. */
  readonly waitsAtMost?: Distribution;
}

type FullOptions = Required<Omit<BulkheadOptions, 'waitsAtMost'>> &
  Pick<BulkheadOptions, 'waitsAtMost'>;

/** A call that is out. One that was taken back keeps its permit, since the work on it goes on. */
export interface Out extends Asked {
  readonly isOrphan?: true;
}

export interface BulkheadContext {
  readonly using: readonly Out[];
  /** In the order in which they came. */
  readonly waiting: readonly Placed[];
}

type Args = PolicyArgs<BulkheadContext>;

function outIn({ context, event }: Args): Out | undefined {
  return event.type === 'FINISHED' ? undefined : context.using.find((one) => isCall(one, event));
}

function queuedIn({ context, event }: Args): Placed | undefined {
  return heldIn(context.waiting, event);
}

function bulkheadMachine({ limit, queue, waitsAtMost }: FullOptions, place: Place) {
  const family = place.family('wait');
  return setup({
    types: {
      context: {} as BulkheadContext,
      events: {} as PolicyEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      isUnderWay: (args) => outIn(args) !== undefined || queuedIn(args) !== undefined,
      isUnknown: (args) => outIn(args) === undefined,
      hasPermit: ({ context }) => context.using.length < limit,
      hasPlace: ({ context }) => queue === null || context.waiting.length < queue,
      isWaiting: (args) => queuedIn(args) !== undefined,
      isAnsweredHere: (args) =>
        queuedIn(args) !== undefined && (args.event as Cancel).answered === true,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      letThrough: enqueueActions(({ context, event, enqueue }) => {
        const call = asked(event as Received<Call>);
        enqueue.assign({ using: [...context.using, call] });
        enqueue.emit(place.below(callOf(call)));
      }),
      wait: enqueueActions(({ context, event, enqueue }) => {
        const call = placed(event, context.waiting);
        enqueue.assign({ waiting: [...context.waiting, call] });
        if (waitsAtMost !== undefined) enqueue.emit(start(family, String(call.place), {}));
      }),
      reject: emit(({ event }) => {
        const call = asked(event as Received<Call>);
        return send(call.from, failedOf(call, 'bulkhead-full'));
      }),
      /** The answer goes up, unless nobody waits for it, and the permit is free. */
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const call = outIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ using: without(context.using, call) });
        const answer = event as Received<Reply> | Received<Failed>;
        if (call.isOrphan !== true) enqueue.emit(send(call.from, answerOf(call, answer)));
      }),
      /** A free permit goes to who has waited longest, in the same step. */
      handOver: enqueueActions(({ context, enqueue }) => {
        const [next, ...waiting] = context.waiting;
        if (next === undefined || context.using.length >= limit) return;
        const { place: counted, ...call } = next;
        enqueue.assign({ waiting, using: [...context.using, call] });
        if (waitsAtMost !== undefined) enqueue.emit(stop(family, String(counted)));
        enqueue.emit(place.below(callOf(call)));
      }),
      rejectWaited: emit((args) => {
        const call = queuedIn(args) as Placed;
        return send(call.from, failedOf(call, 'bulkhead-waited'));
      }),
      answerCancelled: emit((args) => {
        const call = queuedIn(args) as Placed;
        return send(call.from, failedOf(call, 'cancelled'));
      }),
      leaveQueue: enqueueActions(({ context, event, enqueue }) => {
        const call = queuedIn({ context, event });
        enqueue.assign({ waiting: without(context.waiting, call) });
        if (waitsAtMost !== undefined && event.type !== 'FINISHED' && call !== undefined)
          enqueue.emit(stop(family, String(call.place)));
      }),
      tellBelow: emit(({ context, event }) => {
        const { answered } = event as Cancel;
        return place.below(cancelOf(outIn({ context, event }) as Out, answered === true));
      }),
      /**
       * Those below may forget it without an answer, or be at work on it: only with the answer is it known, so
       * they are asked for one.
       */
      orphan: enqueueActions(({ context, event, enqueue }) => {
        const call = outIn({ context, event }) as Out;
        enqueue.emit(place.below(cancelOf(call, true)));
        enqueue.assign({ using: replaced(context.using, call, { ...call, isOrphan: true }) });
      }),
    },
  }).createMachine({
    id: 'bulkhead',
    context: { using: [], waiting: [] },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [
            { guard: 'isUnderWay' },
            { guard: 'hasPermit', actions: 'letThrough' },
            { guard: 'hasPlace', actions: 'wait' },
            { actions: 'reject' },
          ],
          reply: [{ guard: 'isUnknown' }, { actions: ['passOn', 'handOver'] }],
          failed: [{ guard: 'isUnknown' }, { actions: ['passOn', 'handOver'] }],
          cancel: [
            { guard: 'isAnsweredHere', actions: ['answerCancelled', 'leaveQueue'] },
            { guard: 'isWaiting', actions: 'leaveQueue' },
            { guard: 'isUnknown' },
            { guard: 'isAnswered', actions: 'tellBelow' },
            { actions: 'orphan' },
          ],
          FINISHED: { actions: ['rejectWaited', 'leaveQueue'] },
        },
      },
    },
  });
}

/**
 * Bulkhead: a semaphore with a queue.
 *
 *     bulkhead({ limit: 4, queue: 10, waitsAtMost: constant(100) })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function bulkhead(options: BulkheadOptions = {}): Policy {
  const check = legal('bulkhead');
  check.names(options, ['limit', 'queue', 'waitsAtMost']);
  const full: FullOptions = { limit: 10, queue: 0, ...options };
  check.whole('limit', full.limit, 1);
  check.bound('queue', full.queue, 0);
  const { waitsAtMost } = full;
  if (waitsAtMost !== undefined) check.law('waitsAtMost', waitsAtMost);
  return {
    kind: 'bulkhead',
    options: full,
    parts: (place) => ({
      process: defineProcess({ machine: bulkheadMachine(full, place) }),
      families: timers(place, 'wait', waitsAtMost),
    }),
  };
}
