/**
 * Circuit breaker: closed it lets calls through and judges their results, open it rejects them, half-open it lets
 * a few through to find out. Each call carries the epoch in which it was admitted, and its result counts in no
 * other.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Effect, mark, type Received, send } from '../../model/effects.ts';
import type { Call, Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import type { FullBreakerOptions } from './breaker.ts';
import { includesError } from './legal.ts';
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
import { isBad, type Result, recorded, type Slice } from './window.ts';

/** A call that was let through. */
export interface Admitted extends Asked {
  readonly epoch: number;
  /** When it was, by the node's clock, where the breaker reads it. */
  readonly atMs?: number;
}

export interface BreakerContext {
  /**
   * Which stay in a state this is: a number that no call of an earlier one bears. The least such, so that a
   * breaker that lives for ever has finitely many states.
   */
  readonly epoch: number;
  readonly admitted: readonly Admitted[];
  /** Results of this epoch, closed. */
  readonly window: readonly Slice[];
  /** Results of the probes of this epoch, half-open. */
  readonly probes: { readonly good: number; readonly bad: number };
  /** How often it has opened since it was last closed; counted where its open time depends on it. */
  readonly opened: number;
}

type Events = Received<ServiceMessage> & { readonly now?: number };
type Answer = Received<Reply> | Received<Failed>;
interface Args {
  readonly context: BreakerContext;
  readonly event: Events;
}

function callIn({ context, event }: Args): Admitted | undefined {
  return context.admitted.find((one) => isCall(one, event));
}

/** Its name and that of each of its rules and acts stand in its table. */
export function breakerMachine(options: FullBreakerOptions, place: Place) {
  const { window, above, onSuccess, on, permits, mayFail, tagged, probe, open } = options;
  const limit = window.kind === 'consecutive' ? undefined : window.slow?.afterMs;
  const isCounted = ({ context, event }: Args, one: Admitted | undefined): boolean =>
    one !== undefined && (!tagged || one.epoch === context.epoch) && event.type !== 'cancel';
  const resultOf = (args: Args): Result => {
    const { event } = args;
    const since = (event.now ?? 0) - (callIn(args)?.atMs ?? 0);
    return { failed: event.type === 'failed', slow: limit !== undefined && since >= limit };
  };
  const windowAfter = (args: Args) =>
    recorded(window, args.context.window, resultOf(args), args.event.now);
  const probesAfter = (args: Args) => {
    const { good, bad } = args.context.probes;
    const { failed, slow } = resultOf(args);
    return failed || slow ? { good, bad: bad + 1 } : { good: good + 1, bad };
  };
  const out = ({ epoch, admitted }: BreakerContext): number =>
    admitted.filter((one) => one.epoch === epoch).length;
  return setup({
    types: {
      context: {} as BreakerContext,
      events: {} as Events,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      /** A copy of a call that is under way is nothing. */
      isUnderWay: (args) => callIn(args) !== undefined,
      /** Nor is an answer that nobody waits for. */
      isUnknown: (args) => callIn(args) === undefined,
      isOfAnotherEpoch: (args) => !isCounted(args, callIn(args)),
      /** An error that is no failure of the callee gives the permit back and says nothing. */
      isUnhandled: ({ event }) =>
        event.type === 'failed' && !includesError(on, (event as Failed).error),
      opensClosed: (args) =>
        (onSuccess || args.event.type === 'failed') && isBad(window, windowAfter(args), above),
      hasPermit: ({ context }) => out(context) + context.probes.good + context.probes.bad < permits,
      /** The last of the probes is in, and too many of them have failed. */
      opensHalfOpen: (args) => {
        const { good, bad } = probesAfter(args);
        return good + bad >= permits && bad > mayFail;
      },
      closes: (args) => {
        const { good, bad } = probesAfter(args);
        return good + bad >= permits && bad <= mayFail;
      },
      /** No probe is out, so that there is none to wait for. */
      isLastOut: ({ context }) => out(context) === 0,
      isWatched: () => probe !== null,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      admit: enqueueActions(({ context, event, enqueue }) => {
        const call = asked(event as Received<Call>);
        const at = event.now === undefined ? {} : { atMs: event.now };
        const admitted: Admitted = { ...call, epoch: context.epoch, ...at };
        enqueue.assign({ admitted: [...context.admitted, admitted] });
        enqueue.emit(place.below(callOf(call)));
      }),
      reject: emit(({ event }) => {
        const call = asked(event as Received<Call>);
        return send(call.from, failedOf(call, 'breaker-open'));
      }),
      record: assign({ window: (args) => windowAfter(args) }),
      recordProbe: assign({ probes: (args) => probesAfter(args) }),
      /** The answer goes up, whatever it counts. */
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ admitted: context.admitted.filter((one) => one !== call) });
        enqueue.emit(send(call.from, answerOf(call, event as Answer)));
      }),
      tellBelow: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Admitted;
        return place.below(cancelOf(call, (event as Cancel).answered === true));
      }),
      forget: assign({
        admitted: (args) => args.context.admitted.filter((one) => one !== callIn(args)),
      }),
      beginEpoch: assign(({ context: { admitted } }) => {
        const taken = admitted.map(({ epoch }) => epoch);
        let epoch = 1;
        while (taken.includes(epoch)) epoch++;
        return { epoch, window: [], probes: { good: 0, bad: 0 } };
      }),
      countOpening: assign({
        opened: ({ context }) => (typeof open === 'function' ? context.opened + 1 : 0),
      }),
      forgetOpenings: assign({ opened: 0 }),
      noteOpened: emit(() => mark('opened', { policy: place.name })),
      noteHalfOpen: emit(() => mark('half-opened', { policy: place.name })),
      noteClosed: emit(() => mark('closed', { policy: place.name })),
    },
    delays: { open: 0, probe: 0 },
  }).createMachine({
    id: 'circuit-breaker',
    context: { epoch: 1, admitted: [], window: [], probes: { good: 0, bad: 0 }, opened: 0 },
    initial: 'closed',
    on: {
      // In every state: what is not said otherwise goes up and counts nothing.
      reply: { guard: 'isUnderWay', actions: 'passOn' },
      failed: { guard: 'isUnderWay', actions: 'passOn' },
      cancel: [
        { guard: 'isUnknown' },
        { guard: 'isAnswered', actions: 'tellBelow' },
        { actions: ['tellBelow', 'forget'] },
      ],
    },
    states: {
      closed: {
        on: {
          call: [{ guard: 'isUnderWay' }, { actions: 'admit' }],
          reply: [
            { guard: 'isUnknown' },
            { guard: 'isOfAnotherEpoch', actions: 'passOn' },
            { guard: 'opensClosed', target: 'open', actions: 'passOn' },
            { actions: ['record', 'passOn'] },
          ],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isOfAnotherEpoch', actions: 'passOn' },
            { guard: 'isUnhandled', actions: 'passOn' },
            { guard: 'opensClosed', target: 'open', actions: 'passOn' },
            { actions: ['record', 'passOn'] },
          ],
        },
      },
      open: {
        entry: ['beginEpoch', 'countOpening', 'noteOpened'],
        on: { call: [{ guard: 'isUnderWay' }, { actions: 'reject' }] },
        after: { open: 'halfOpen' },
      },
      halfOpen: {
        entry: ['beginEpoch', 'noteHalfOpen'],
        initial: 'waiting',
        on: {
          reply: [
            { guard: 'isUnknown' },
            { guard: 'isOfAnotherEpoch', actions: 'passOn' },
            { guard: 'closes', target: 'reclosed', actions: 'passOn' },
            { guard: 'opensHalfOpen', target: 'open', actions: 'passOn' },
            { actions: ['recordProbe', 'passOn'] },
          ],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isOfAnotherEpoch', actions: 'passOn' },
            { guard: 'isUnhandled', actions: 'passOn' },
            { guard: 'opensHalfOpen', target: 'open', actions: 'passOn' },
            { guard: 'closes', target: 'reclosed', actions: 'passOn' },
            { actions: ['recordProbe', 'passOn'] },
          ],
        },
        states: {
          waiting: {
            on: {
              call: [
                { guard: 'isUnderWay' },
                { guard: 'hasPermit', target: 'probing', actions: 'admit' },
                { actions: 'reject' },
              ],
            },
          },
          probing: {
            always: { guard: 'isLastOut', target: 'waiting' },
            on: {
              call: [
                { guard: 'isUnderWay' },
                { guard: 'hasPermit', actions: 'admit' },
                { actions: 'reject' },
              ],
            },
            after: { probe: { guard: 'isWatched', target: '#circuit-breaker.open' } },
          },
        },
      },
      reclosed: {
        entry: ['beginEpoch', 'forgetOpenings', 'noteClosed'],
        always: 'closed',
      },
    },
  });
}
