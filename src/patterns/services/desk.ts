/**
 * The desk of a service: admits calls, lets them wait, has them worked on, and answers. Which call is
 * admitted, waits, is served next or is answered from memory are named rules.
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
  write,
} from '../../model/effects.ts';
import type { Call, EffectRecord, Failed, Failure, Reply, ServiceMessage } from './messages.ts';
import type { FullOptions, Scripted } from './options.ts';

/** A call at the service. */
export interface Held {
  readonly key: string;
  readonly from: string;
  readonly input: unknown;
  /** The place at which it is worked on or waits: the name of the instance that counts its time. */
  readonly place: string;
}

export interface DeskContext {
  /** Calls that wait, in the order in which they came. */
  readonly waiting: readonly Held[];
  /** Calls that are worked on, by their places. */
  readonly working: readonly Held[];
  readonly isBroken: boolean;
  /** What each key was answered; only of a service whose effects happen once. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** How often each key was called; only of a service with a script. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Effects so far. */
  readonly effects: number;
}

export interface DeskInput {
  readonly records: readonly EffectRecord[];
}

type Events =
  | Received<ServiceMessage>
  | Received<{ type: 'BROKE' } | { type: 'REPAIRED' }>
  | Finished;
type Emitted = Effect<ServiceMessage, EffectRecord>;

/** The lowest free place: the same few places serve for ever. */
function freePlace(taken: readonly Held[]): string {
  for (let number = 1; ; number++)
    if (!taken.some(({ place }) => place === String(number))) return String(number);
}

function without(calls: readonly Held[], gone: Held): readonly Held[] {
  return calls.filter((one) => one !== gone);
}

/** The call at the place that an instance has told of. */
function heldAt(calls: readonly Held[], event: unknown): Held {
  const held = calls.find(({ place }) => place === (event as Finished).key);
  if (held === undefined)
    throw new Error(`broken promise: there is no call at place ${(event as Finished).key}`);
  return held;
}

/** Which attempt of its key a call is that is worked on, from 1. */
function attemptOf({ attempts }: DeskContext, { key }: Held): number {
  return (attempts[key] ?? 0) + 1;
}

/** The machine of the desk of a service with these options. */
export function deskMachine(id: string, options: FullOptions) {
  const { concurrency, queue, discipline, effects, script, answer, refuses } = options;
  const failed = (key: string, error: Failure | string): Failed => ({ type: 'failed', key, error });
  const scripted = (context: DeskContext, event: unknown): Scripted | undefined => {
    const attempt = attemptOf(context, heldAt(context.working, event));
    return script?.[Math.min(attempt, script.length) - 1];
  };
  return setup({
    types: {
      context: {} as DeskContext,
      input: {} as DeskInput,
      events: {} as Events,
      emitted: {} as Emitted,
    },
    guards: {
      /** An idempotent service answers a key that it knows without doing anything. */
      isKnown: ({ context, event }) =>
        effects === 'once' && Object.hasOwn(context.answers, (event as Call).key),
      /** And has nothing to do twice for a key that it is at. */
      isUnderWay: ({ context, event }) =>
        effects === 'once' &&
        [...context.waiting, ...context.working].some(({ key }) => key === (event as Call).key),
      isBroken: ({ context }) => context.isBroken,
      hasServer: ({ context }) => context.working.length < concurrency,
      hasPlace: ({ context }) => queue === null || context.waiting.length < queue,
      isWaitOver: ({ event }) => (event as Finished).family === 'wait',
      isRefused: ({ context, event }) =>
        refuses(heldAt(context.working, event).input) !== undefined,
      hasFailed: ({ context, event }) =>
        (event as Finished).output === 'failed' || scripted(context, event) === 'fail',
      isSilent: ({ context, event }) => scripted(context, event) === 'silent',
    },
    actions: {
      answerAgain: emit(({ context, event }) => {
        const { key, from } = event as Received<Call>;
        const reply: Reply = { type: 'reply', key, output: context.answers[key] };
        return send(from, reply);
      }),
      refuseBroken: emit(({ event }) => {
        const { key, from } = event as Received<Call>;
        return send(from, failed(key, 'unavailable'));
      }),
      refuseFull: emit(({ event }) => {
        const { key, from } = event as Received<Call>;
        return send(from, failed(key, 'full'));
      }),
      serve: enqueueActions(({ context, event, enqueue }) => {
        const { key, from, input } = event as Received<Call>;
        const place = freePlace(context.working);
        const held: Held = { key, from, input, place };
        enqueue.assign({ working: [...context.working, held] });
        enqueue.emit(start('work', place, { input }));
      }),
      wait: enqueueActions(({ context, event, enqueue }) => {
        const { key, from, input } = event as Received<Call>;
        const place = freePlace(context.waiting);
        enqueue.assign({ waiting: [...context.waiting, { key, from, input, place }] });
        if (options.waitsAtMost !== undefined) enqueue.emit(start('wait', place, {}));
      }),
      /** Takes the next waiting call to a server that has become free, in the same step. */
      serveNext: enqueueActions(({ context, enqueue }) => {
        const next = discipline === 'fifo' ? context.waiting[0] : context.waiting.at(-1);
        if (next === undefined || context.working.length >= concurrency) return;
        if (options.waitsAtMost !== undefined) enqueue.emit(stop('wait', next.place));
        const place = freePlace(context.working);
        enqueue.assign({
          waiting: without(context.waiting, next),
          working: [...context.working, { ...next, place }],
        });
        enqueue.emit(start('work', place, { input: next.input }));
      }),
      sayWhyNot: emit(({ context, event }) => {
        const { key, from, input } = heldAt(context.working, event);
        return send(from, failed(key, refuses(input) ?? 'error'));
      }),
      sayError: emit(({ context, event }) => {
        const { key, from } = heldAt(context.working, event);
        return send(from, failed(key, 'error'));
      }),
      /** The effect is forced before anybody hears of it. */
      takeEffect: enqueueActions(({ context, event, enqueue }) => {
        if (effects === 'none') return;
        const { key, input } = heldAt(context.working, event);
        enqueue.emit(write<EffectRecord>({ effect: key, output: answer(input) }, 'forced'));
        enqueue.emit(mark('effect', { service: id, key }));
        enqueue.assign({ effects: context.effects + 1 });
      }),
      /** What a key was answered is known from its effect on. */
      remember: assign(({ context, event }) => {
        if (effects !== 'once') return {};
        const { key, input } = heldAt(context.working, event);
        return { answers: { ...context.answers, [key]: answer(input) } };
      }),
      answerCall: emit(({ context, event }) => {
        const { key, from, input } = heldAt(context.working, event);
        const reply: Reply = { type: 'reply', key, output: answer(input) };
        return send(from, reply);
      }),
      /** The server is free again. */
      release: assign(({ context, event }) => {
        const held = heldAt(context.working, event);
        const working = without(context.working, held);
        if (script === undefined) return { working };
        const attempts = { ...context.attempts, [held.key]: attemptOf(context, held) };
        return { working, attempts };
      }),
      /** A call has waited for as long as calls may. */
      giveUp: enqueueActions(({ context, event, enqueue }) => {
        const held = heldAt(context.waiting, event);
        enqueue.assign({ waiting: without(context.waiting, held) });
        enqueue.emit(send(held.from, failed(held.key, 'waited')));
      }),
      forget: enqueueActions(({ context, event, enqueue }) => {
        const { key, from } = event as Received<Call>;
        const held = context.waiting.find((one) => one.key === key && one.from === from);
        if (held === undefined) return;
        if (options.waitsAtMost !== undefined) enqueue.emit(stop('wait', held.place));
        enqueue.assign({ waiting: without(context.waiting, held) });
      }),
      break: assign({ isBroken: true }),
      repair: assign({ isBroken: false }),
    },
  }).createMachine({
    id: 'service-desk',
    context: ({ input: { records } }) => ({
      waiting: [],
      working: [],
      isBroken: false,
      answers:
        effects === 'once'
          ? Object.fromEntries(records.map(({ effect, output }) => [effect, output]))
          : {},
      attempts: {},
      effects: records.length,
    }),
    initial: 'open',
    states: {
      open: {
        on: {
          call: [
            { guard: 'isKnown', actions: 'answerAgain' },
            { guard: 'isUnderWay' },
            { guard: 'isBroken', actions: 'refuseBroken' },
            { guard: 'hasServer', actions: 'serve' },
            { guard: 'hasPlace', actions: 'wait' },
            { actions: 'refuseFull' },
          ],
          cancel: { actions: 'forget' },
          FINISHED: [
            { guard: 'isWaitOver', actions: 'giveUp' },
            { guard: 'isRefused', actions: ['sayWhyNot', 'release', 'serveNext'] },
            { guard: 'hasFailed', actions: ['sayError', 'release', 'serveNext'] },
            {
              guard: 'isSilent',
              actions: ['takeEffect', 'remember', 'release', 'serveNext'],
            },
            { actions: ['takeEffect', 'remember', 'answerCall', 'release', 'serveNext'] },
          ],
          BROKE: { actions: 'break' },
          REPAIRED: { actions: 'repair' },
        },
      },
    },
  });
}
