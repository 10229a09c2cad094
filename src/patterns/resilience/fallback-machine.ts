/**
 * Fallback (degraded service): a call that fails is answered all the same, by a value, what was answered last, or
 * another service, and the answer says that it is degraded. Which failures are worth it, and what there is to give
 * in their place, are named rules.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Effect, type Finished, mark, send, start, stop } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import type { Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import type { FullFallbackOptions } from './fallback.ts';
import {
  heldIn,
  lowestFree,
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
  isOfCallee,
  type Place,
} from './policy.ts';

/** A call under way. */
export interface Backed extends Placed {
  /** What it failed with, while another service is asked in its place. */
  readonly failedWith?: string;
  /** Its caller takes it back, and waits for the answer: nothing is given in its place. */
  readonly isOver?: true;
}

/** The last full answer to calls that are alike. */
export interface Kept {
  readonly of: string;
  readonly output: unknown;
  /** The name of the instance that counts its age. */
  readonly place: number;
}

export interface FallbackContext {
  readonly calls: readonly Backed[];
  /** The one that was kept longest ago comes first. */
  readonly kept: readonly Kept[];
}

type Args = PolicyArgs<FallbackContext>;

/** The call to the other service: the same key, and an attempt that no answer from below bears. */
const elsewhere = (call: Backed, service: string): Asked => ({
  ...copyOf(call, 'fallback'),
  service,
});

function callIn({ context: { calls }, event }: Args): Backed | undefined {
  if (event.type !== 'reply' && event.type !== 'failed') return heldIn(calls, event);
  return calls.find((one) =>
    isCall(one.failedWith === undefined ? one : elsewhere(one, ''), event),
  );
}

/** Its name and that of each of its rules and acts stand in its table. */
export function fallbackMachine({ on, onRejection, give }: FullFallbackOptions, place: Place) {
  const families = { age: place.family('age'), limit: place.family('limit') };
  const caching = give.kind === 'cached' ? give : undefined;
  const other = give.kind === 'service' ? give : undefined;
  const otherCall = (call: Backed): Asked => {
    const { input: _, ...rest } = elsewhere(call, other?.service ?? '');
    const input = other?.input(call.input ?? null, call.failedWith ?? '');
    return { ...rest, ...(input === undefined || input === null ? {} : { input }) };
  };
  /** Calls of one name are alike: what one was answered may be given for another. */
  const nameOf = (call: Asked | undefined): string =>
    call === undefined ? '' : canonical(caching?.by(call.service, call.input ?? null) ?? null);
  const keptFor = (context: FallbackContext, call: Asked | undefined): Kept | undefined =>
    context.kept.find(({ of }) => of === nameOf(call));
  const degradedReply = (call: Asked, output: unknown): Reply => {
    return answerOf(call, { type: 'reply', key: call.key, output, degraded: true }) as Reply;
  };
  const noteDegraded = (call: Asked, error: string) =>
    mark('degraded', { policy: place.name, key: call.key, error });
  return setup({
    types: {
      context: {} as FallbackContext,
      events: {} as PolicyEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      isUnderWay: (args) => callIn(args) !== undefined,
      /** An answer that nobody waits for is nothing. */
      isUnknown: (args) => callIn(args) === undefined,
      isFromElsewhere: (args) => callIn(args)?.failedWith !== undefined,
      /** The failure goes up as it is. */
      isUnhandled: (args) => {
        const { error } = args.event as Failed;
        if (callIn(args)?.isOver === true || error === 'cancelled') return true;
        if (!onRejection && !isOfCallee(error)) return true;
        return !includesError(on, error);
      },
      givesValue: () => give.kind === 'value' || give.kind === 'computed',
      hasKept: (args) => keptFor(args.context, callIn(args)) !== undefined,
      asksElsewhere: () => other !== undefined,
      /** What is given in place of an answer is none to be given again. */
      isFull: ({ event }) => caching !== undefined && (event as Reply).degraded !== true,
      isAge: ({ event }) => (event as Finished).family === families.age,
      isAnsweredHere: (args) =>
        callIn(args)?.failedWith !== undefined && (args.event as Cancel).answered === true,
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      begin: enqueueActions(({ context, event, enqueue }) => {
        const call = placed(event, context.calls);
        enqueue.assign({ calls: [...context.calls, call] });
        enqueue.emit(place.below(callOf(call)));
      }),
      passOn: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Backed;
        return send(call.from, answerOf(call, event as Reply | Failed));
      }),
      /** The answer replaces what was kept of calls alike, and its age is counted anew. */
      keep: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        const before = keptFor(context, call);
        const [oldest, ...younger] = context.kept;
        const others =
          before !== undefined || context.kept.length < (caching?.size ?? 1)
            ? without(context.kept, before)
            : younger;
        const gone = before ?? (others === younger ? oldest : undefined);
        const free = lowestFree(others.map((one) => one.place));
        const { output } = event as Reply;
        const kept: Kept = { of: nameOf(call), output: output ?? null, place: free };
        enqueue.assign({ kept: [...others, kept] });
        if ((caching?.maxAge ?? null) === null) return;
        if (gone !== undefined) enqueue.emit(stop(families.age, String(gone.place)));
        enqueue.emit(start(families.age, String(free), {}));
      }),
      /** It has grown too old to be given. */
      expire: assign({
        kept: ({ context, event }) =>
          context.kept.filter((one) => String(one.place) !== (event as Finished).key),
      }),
      giveValue: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Backed;
        const { error } = event as Failed;
        const { key, service, input = null } = call;
        const output =
          give.kind === 'computed'
            ? give.of({ error, key, service, input })
            : give.kind === 'value'
              ? give.value
              : null;
        enqueue.emit(noteDegraded(call, error));
        enqueue.emit(send(call.from, degradedReply(call, output ?? null)));
      }),
      giveKept: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Backed;
        enqueue.emit(noteDegraded(call, (event as Failed).error));
        enqueue.emit(send(call.from, degradedReply(call, keptFor(context, call)?.output)));
      }),
      askElsewhere: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Backed;
        const asking: Backed = { ...call, failedWith: (event as Failed).error };
        enqueue.assign({ calls: replaced(context.calls, call, asking) });
        if (other?.within !== null) enqueue.emit(start(families.limit, String(call.place), {}));
        enqueue.emit(place.direct(callOf(otherCall(asking))));
      }),
      giveOther: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Backed;
        enqueue.emit(noteDegraded(call, call.failedWith ?? ''));
        enqueue.emit(send(call.from, degradedReply(call, (event as Reply).output)));
      }),
      /** Nothing is given in its place: it fails with what the callee said. */
      failAsBelow: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Backed;
        return send(call.from, failedOf(call, call.failedWith ?? ''));
      }),
      takeBackElsewhere: emit(({ context, event }) =>
        place.direct(cancelOf(otherCall(callIn({ context, event }) as Backed), false)),
      ),
      tellBelow: emit(({ context, event }) =>
        place.below(
          cancelOf(
            callIn({ context, event }) as Backed,
            event.type === 'cancel' && event.answered === true,
          ),
        ),
      ),
      noteOver: assign({
        calls: ({ context, event }) => {
          const call = callIn({ context, event }) as Backed;
          return replaced(context.calls, call, { ...call, isOver: true });
        },
      }),
      forget: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event });
        if (call === undefined) return;
        enqueue.assign({ calls: without(context.calls, call) });
        if (call.failedWith !== undefined && other?.within !== null && event.type !== 'FINISHED')
          enqueue.emit(stop(families.limit, String(call.place)));
      }),
    },
  }).createMachine({
    id: 'fallback',
    context: { calls: [], kept: [] },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [{ guard: 'isUnderWay' }, { actions: 'begin' }],
          reply: [
            { guard: 'isUnknown' },
            { guard: 'isFromElsewhere', actions: ['giveOther', 'forget'] },
            { guard: 'isFull', actions: ['keep', 'passOn', 'forget'] },
            { actions: ['passOn', 'forget'] },
          ],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isFromElsewhere', actions: ['failAsBelow', 'forget'] },
            { guard: 'isUnhandled', actions: ['passOn', 'forget'] },
            { guard: 'givesValue', actions: ['giveValue', 'forget'] },
            { guard: 'hasKept', actions: ['giveKept', 'forget'] },
            { guard: 'asksElsewhere', actions: 'askElsewhere' },
            { actions: ['passOn', 'forget'] },
          ],
          cancel: [
            { guard: 'isUnknown' },
            {
              guard: 'isAnsweredHere',
              actions: ['takeBackElsewhere', 'failAsBelow', 'forget'],
            },
            { guard: 'isFromElsewhere', actions: ['takeBackElsewhere', 'forget'] },
            { guard: 'isAnswered', actions: ['tellBelow', 'noteOver'] },
            { actions: ['tellBelow', 'forget'] },
          ],
          FINISHED: [
            { guard: 'isAge', actions: 'expire' },
            { actions: ['takeBackElsewhere', 'failAsBelow', 'forget'] },
          ],
        },
      },
    },
  });
}
