/**
 * Rate limit: a bucket of tokens, one for each call that is let through. New ones come at fixed times while it is
 * not full; some calls wait for one, in order of arrival, and the rest are rejected.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Effect, type Received, send, start, stop } from '../../model/effects.ts';
import type { Call, Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import {
  heldIn,
  type Placed,
  type PolicyArgs,
  type PolicyEvent,
  placed,
  without,
} from './held-calls.ts';
import {
  type Asked,
  answerOf,
  asked,
  callOf,
  cancelOf,
  failedOf,
  isCall,
  type Place,
} from './policy.ts';
import type { FullRateLimitOptions } from './rate-limit.ts';

export interface RateLimitContext {
  /** What is in the bucket. */
  readonly tokens: number;
  /** Calls that were let through, whose answers are to go up. */
  readonly out: readonly Asked[];
  /** In the order in which they came. */
  readonly waiting: readonly Placed[];
}

type Args = PolicyArgs<RateLimitContext>;

function outIn({ context, event }: Args): Asked | undefined {
  return event.type === 'FINISHED' ? undefined : context.out.find((one) => isCall(one, event));
}

function waitingIn({ context, event }: Args): Placed | undefined {
  return heldIn(context.waiting, event);
}

/** Its name and that of each of its rules and acts stand in its table. */
export function rateLimitMachine(options: FullRateLimitOptions, place: Place) {
  const { tokens, capacity, queue, waitsAtMost } = options;
  const family = place.family('wait');
  return setup({
    types: {
      context: {} as RateLimitContext,
      events: {} as PolicyEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      isUnderWay: (args) => outIn(args) !== undefined || waitingIn(args) !== undefined,
      /** An answer that nobody waits for is nothing. */
      isUnknown: (args) => outIn(args) === undefined,
      hasToken: ({ context }) => context.tokens > 0,
      hasPlace: ({ context }) => queue === null || context.waiting.length < queue,
      /** With the new tokens, of which those who wait take theirs, nothing more goes in. */
      becomesFull: ({ context }) => context.tokens + tokens - context.waiting.length >= capacity,
      isWaiting: (args) => waitingIn(args) !== undefined,
      isAnsweredHere: (args) =>
        waitingIn(args) !== undefined && (args.event as Cancel).answered === true,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      letThrough: enqueueActions(({ context, event, enqueue }) => {
        const call = asked(event as Received<Call>);
        enqueue.assign({ tokens: context.tokens - 1, out: [...context.out, call] });
        enqueue.emit(place.below(callOf(call)));
      }),
      wait: enqueueActions(({ context, event, enqueue }) => {
        const call = placed(event, context.waiting);
        enqueue.assign({ waiting: [...context.waiting, call] });
        if (waitsAtMost !== undefined) enqueue.emit(start(family, String(call.place), {}));
      }),
      reject: emit(({ event }) => {
        const call = asked(event as Received<Call>);
        return send(call.from, failedOf(call, 'rate-limited'));
      }),
      /** Those who have waited longest take what has come, before the bucket keeps any of it. */
      refill: enqueueActions(({ context, enqueue }) => {
        const come = context.tokens + tokens;
        const next = context.waiting.slice(0, come);
        const through = next.map(({ place: _, ...call }): Asked => call);
        enqueue.assign({
          tokens: Math.min(capacity, come - next.length),
          waiting: context.waiting.slice(next.length),
          out: [...context.out, ...through],
        });
        for (const { place: counted } of next)
          if (waitsAtMost !== undefined) enqueue.emit(stop(family, String(counted)));
        for (const call of through) enqueue.emit(place.below(callOf(call)));
      }),
      passOn: emit((args) => {
        const call = outIn(args) as Asked;
        return send(call.from, answerOf(call, args.event as Reply | Failed));
      }),
      rejectWaited: emit((args) => {
        const call = waitingIn(args) as Placed;
        return send(call.from, failedOf(call, 'rate-waited'));
      }),
      answerCancelled: emit((args) => {
        const call = waitingIn(args) as Placed;
        return send(call.from, failedOf(call, 'cancelled'));
      }),
      leaveQueue: enqueueActions(({ context, event, enqueue }) => {
        const call = waitingIn({ context, event });
        enqueue.assign({ waiting: without(context.waiting, call) });
        if (waitsAtMost !== undefined && event.type !== 'FINISHED' && call !== undefined)
          enqueue.emit(stop(family, String(call.place)));
      }),
      tellBelow: emit((args) =>
        place.below(cancelOf(outIn(args) as Asked, (args.event as Cancel).answered === true)),
      ),
      forget: assign({ out: (args) => without(args.context.out, outIn(args)) }),
    },
    delays: { refill: 0 },
  }).createMachine({
    id: 'rate-limit',
    context: { tokens: capacity, out: [], waiting: [] },
    initial: 'full',
    on: {
      reply: [{ guard: 'isUnknown' }, { actions: ['passOn', 'forget'] }],
      failed: [{ guard: 'isUnknown' }, { actions: ['passOn', 'forget'] }],
      cancel: [
        { guard: 'isAnsweredHere', actions: ['answerCancelled', 'leaveQueue'] },
        { guard: 'isWaiting', actions: 'leaveQueue' },
        { guard: 'isUnknown' },
        { guard: 'isAnswered', actions: 'tellBelow' },
        { actions: ['tellBelow', 'forget'] },
      ],
      FINISHED: { actions: ['rejectWaited', 'leaveQueue'] },
    },
    states: {
      // A full bucket counts no time: the next token comes so long after the first that was taken.
      full: {
        on: { call: [{ guard: 'isUnderWay' }, { target: 'filling', actions: 'letThrough' }] },
      },
      filling: {
        on: {
          call: [
            { guard: 'isUnderWay' },
            { guard: 'hasToken', actions: 'letThrough' },
            { guard: 'hasPlace', actions: 'wait' },
            { actions: 'reject' },
          ],
        },
        after: {
          refill: [
            { guard: 'becomesFull', target: 'full', actions: 'refill' },
            { target: 'filling', reenter: true, actions: 'refill' },
          ],
        },
      },
    },
  });
}
