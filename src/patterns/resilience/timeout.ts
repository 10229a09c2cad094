/**
 * Timeout: an answer that takes too long. Cooperative, it asks those below to stop and waits for what they say;
 * abandoning, it fails the call and leaves the work an orphan, which keeps its server and has its effect.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { Distribution } from '../../model/distribution.ts';
import { type Effect, type Received, send, start, stop } from '../../model/effects.ts';
import { defineProcess } from '../../model/process.ts';
import type { Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
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
import { answerOf, callOf, cancelOf, failedOf, type Place, type Policy } from './policy.ts';

export interface TimeoutOptions {
  /** How long an answer may take. */
  readonly after: Distribution;
  /** `abandon`, the default: the caller is told at once. `cooperate`: it waits for those below to obey. */
  readonly mode?: 'abandon' | 'cooperate';
  /** Abandoning: whether those below are told, who then forget a call that has not begun. Default true. */
  readonly tells?: boolean;
}

/** A call under way. */
export interface Limited extends Placed {
  /** Its time is over, and it is waited for all the same. */
  readonly isLate?: true;
}

export interface TimeoutContext {
  readonly calls: readonly Limited[];
}

function callIn({ context, event }: PolicyArgs<TimeoutContext>): Limited | undefined {
  return heldIn(context.calls, event);
}

function timeoutMachine({ mode, tells }: Required<TimeoutOptions>, place: Place) {
  const family = place.family('limit');
  return setup({
    types: {
      context: {} as TimeoutContext,
      events: {} as PolicyEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      isUnderWay: (args) => callIn(args) !== undefined,
      /** An answer after the time-out is nothing. */
      isUnknown: (args) => callIn(args) === undefined,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
      isCooperative: () => mode === 'cooperate',
      tellsNobody: () => !tells,
    },
    actions: {
      begin: enqueueActions(({ context, event, enqueue }) => {
        const call = placed(event, context.calls);
        enqueue.assign({ calls: [...context.calls, call] });
        enqueue.emit(start(family, String(call.place), {}));
        enqueue.emit(place.below(callOf(call)));
      }),
      passOn: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Limited;
        const answer = event as Received<Reply> | Received<Failed>;
        // What was given up because of the time-out says so; what came all the same is what it is.
        const obeyed = call.isLate && answer.type === 'failed' && answer.error === 'cancelled';
        return send(call.from, obeyed ? failedOf(call, 'timeout') : answerOf(call, answer));
      }),
      failLate: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Limited;
        return send(call.from, failedOf(call, 'timeout'));
      }),
      askToStop: emit(({ context, event }) =>
        place.below(cancelOf(callIn({ context, event }) as Limited, true)),
      ),
      tellBelow: emit(({ context, event }) => {
        const answered = event.type === 'cancel' && event.answered === true;
        return place.below(cancelOf(callIn({ context, event }) as Limited, answered));
      }),
      noteLate: assign({
        calls: (args) => {
          const call = callIn(args) as Limited;
          return replaced(args.context.calls, call, { ...call, isLate: true });
        },
      }),
      forget: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ calls: without(context.calls, call) });
        if (event.type !== 'FINISHED' && call.isLate !== true)
          enqueue.emit(stop(family, String(call.place)));
      }),
    },
  }).createMachine({
    id: 'timeout',
    context: { calls: [] },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [{ guard: 'isUnderWay' }, { actions: 'begin' }],
          reply: [{ guard: 'isUnknown' }, { actions: ['passOn', 'forget'] }],
          failed: [{ guard: 'isUnknown' }, { actions: ['passOn', 'forget'] }],
          cancel: [
            { guard: 'isUnknown' },
            { guard: 'isAnswered', actions: 'tellBelow' },
            { actions: ['tellBelow', 'forget'] },
          ],
          FINISHED: [
            { guard: 'isUnknown' },
            { guard: 'isCooperative', actions: ['askToStop', 'noteLate'] },
            { guard: 'tellsNobody', actions: ['failLate', 'forget'] },
            { actions: ['failLate', 'tellBelow', 'forget'] },
          ],
        },
      },
    },
  });
}

/**
 * Timeout.
 *
 *     timeout({ after: constant(200) })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function timeout(options: TimeoutOptions): Policy {
  const check = legal('timeout');
  check.names(options, ['after', 'mode', 'tells']);
  const full = { mode: 'abandon', tells: true, ...options } as const;
  check.law('after', full.after);
  check.oneOf('mode', full.mode, ['abandon', 'cooperate']);
  check.flag('tells', full.tells);
  return {
    kind: 'timeout',
    options: full,
    parts: (place) => ({
      process: defineProcess({ machine: timeoutMachine(full, place) }),
      families: timers(place, 'limit', full.after),
    }),
  };
}
