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
import {
  type Asker,
  askers,
  freePlace,
  type Held,
  isSame,
  leastOf,
  nextOf,
  without,
} from './held.ts';
import {
  type Attempt,
  attemptOf,
  type Call,
  type Cancel,
  type EffectRecord,
  type Failed,
  type Failure,
  type Probe,
  type Reply,
  type ServiceMessage,
} from './messages.ts';
import type { FullOptions, Scripted } from './options.ts';

export interface DeskContext {
  /** Calls that wait, in the order in which they came. */
  readonly waiting: readonly Held[];
  /** Calls that are worked on, by their places. */
  readonly working: readonly Held[];
  readonly isBroken: boolean;
  /** Of a service that sheds: calls wait, for less than the interval without a break, or longer. */
  readonly congestion: 'none' | 'forming' | 'standing';
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

/** The call at the place that an instance has told of. */
function heldAt(calls: readonly Held[], event: unknown): Held {
  const held = calls.find(({ place }) => place === (event as Finished).key);
  if (held === undefined)
    throw new Error(`broken promise: there is no call at place ${(event as Finished).key}`);
  return held;
}

/** How often its key has been worked on with a call that is worked on, from 1. */
function turnOf({ attempts }: DeskContext, { key }: Held): number {
  return (attempts[key] ?? 0) + 1;
}

/** The machine of the desk of a service with these options. */
export function deskMachine(id: string, options: FullOptions) {
  const { concurrency, queue, discipline, effects, script, answer, refuses } = options;
  const { waitsAtMost, sheds, priority } = options;
  const isTimed = waitsAtMost !== undefined || sheds !== undefined;
  const failed = (call: Attempt & { readonly key: string }, error: Failure | string): Failed => {
    return { type: 'failed', key: call.key, error, ...attemptOf(call) };
  };
  /** A call as it is held: who asks for what. */
  const asked = ({ key, from, input, attempt }: Received<Call>): Omit<Held, 'place'> => ({
    ...{ key, from, input },
    ...attemptOf({ attempt }),
  });
  /** What everybody is told who has asked for a call. */
  const failures = (held: Held, error: Failure | string) =>
    askers(held).map(({ from, ...attempt }) =>
      send(from, failed({ key: held.key, ...attempt }, error)),
    );
  const scripted = (context: DeskContext, event: unknown): Scripted | undefined => {
    const turn = turnOf(context, heldAt(context.working, event));
    return script?.[Math.min(turn, script.length) - 1];
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
      /** It matters more than one that waits, which makes room. */
      displaces: ({ context, event }) => {
        if (priority === undefined || context.waiting.length === 0) return false;
        return priority((event as Call).input) > priority(leastOf(context.waiting, priority).input);
      },
      isWaitOver: ({ event }) => (event as Finished).family === 'wait',
      isIntervalOver: ({ event }) => (event as Finished).family === 'interval',
      isRefused: ({ context, event }) =>
        refuses(heldAt(context.working, event).input) !== undefined,
      hasFailed: ({ context, event }) =>
        (event as Finished).output === 'failed' || scripted(context, event) === 'fail',
      isSilent: ({ context, event }) => scripted(context, event) === 'silent',
    },
    actions: {
      answerAgain: emit(({ context, event }) => {
        const { key, from, attempt } = event as Received<Call>;
        const output = context.answers[key];
        const reply: Reply = { type: 'reply', key, output, ...attemptOf({ attempt }) };
        return send(from, reply);
      }),
      /** Another attempt of a call that it is at gets the answer too; a copy of the same is nothing. */
      join: assign(({ context, event }) => {
        const { key, from, attempt } = event as Received<Call>;
        const other: Asker = { from, ...attemptOf({ attempt }) };
        const joined = (held: Held): Held =>
          held.key !== key || askers(held).some((one) => isSame(one, other))
            ? held
            : { ...held, others: [...(held.others ?? []), other] };
        return { waiting: context.waiting.map(joined), working: context.working.map(joined) };
      }),
      refuseBroken: emit(({ event }) => {
        const call = event as Received<Call>;
        return send(call.from, failed(call, 'unavailable'));
      }),
      /** It is there, however much it has to do. */
      answerProbe: emit(({ event }) => {
        const { key, from, attempt } = event as Received<Probe>;
        const reply: Reply = { type: 'reply', key, output: null, ...attemptOf({ attempt }) };
        return send(from, reply);
      }),
      refuseFull: emit(({ event }) => {
        const call = event as Received<Call>;
        return send(call.from, failed(call, 'full'));
      }),
      serve: enqueueActions(({ context, event, enqueue }) => {
        const call = asked(event as Received<Call>);
        const place = freePlace(context.working);
        enqueue.assign({ working: [...context.working, { ...call, place }] });
        enqueue.emit(start('work', place, { input: call.input }));
      }),
      wait: enqueueActions(({ context, event, enqueue }) => {
        const call = asked(event as Received<Call>);
        const place = freePlace(context.waiting);
        enqueue.assign({ waiting: [...context.waiting, { ...call, place }] });
        const isStanding = context.congestion === 'standing';
        if (isTimed) enqueue.emit(start('wait', place, sheds === undefined ? {} : { isStanding }));
        if (sheds === undefined || context.congestion !== 'none') return;
        enqueue.assign({ congestion: 'forming' });
        enqueue.emit(start('interval', '1', {}));
      }),
      /** Who matters least fails, in whose place another has come. */
      displace: enqueueActions(({ context, enqueue }) => {
        const least = leastOf(context.waiting, priority);
        enqueue.assign({ waiting: without(context.waiting, least) });
        if (isTimed) enqueue.emit(stop('wait', least.place));
        for (const said of failures(least, 'shed')) enqueue.emit(said);
      }),
      /** Calls have waited without a break for the interval: who comes now waits for less. */
      noteStanding: assign({ congestion: 'standing' }),
      /** Nobody waits: what was noted of the queue is over. */
      noteEmpty: enqueueActions(({ context, enqueue }) => {
        if (context.congestion === 'none' || context.waiting.length > 0) return;
        if (context.congestion === 'forming') enqueue.emit(stop('interval', '1'));
        enqueue.assign({ congestion: 'none' });
      }),
      /** Takes the next waiting call to a server that has become free, in the same step. */
      serveNext: enqueueActions(({ context, enqueue }) => {
        const next = nextOf(context.waiting, discipline, priority);
        if (next === undefined || context.working.length >= concurrency) return;
        if (isTimed) enqueue.emit(stop('wait', next.place));
        const place = freePlace(context.working);
        enqueue.assign({
          waiting: without(context.waiting, next),
          working: [...context.working, { ...next, place }],
        });
        enqueue.emit(start('work', place, { input: next.input }));
      }),
      sayWhyNot: enqueueActions(({ context, event, enqueue }) => {
        const held = heldAt(context.working, event);
        for (const said of failures(held, refuses(held.input) ?? 'error')) enqueue.emit(said);
      }),
      sayError: enqueueActions(({ context, event, enqueue }) => {
        for (const said of failures(heldAt(context.working, event), 'error')) enqueue.emit(said);
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
      answerCall: enqueueActions(({ context, event, enqueue }) => {
        const held = heldAt(context.working, event);
        for (const { from, ...attempt } of askers(held)) {
          const output = answer(held.input);
          const reply: Reply = { type: 'reply', key: held.key, output, ...attempt };
          enqueue.emit(send(from, reply));
        }
      }),
      /** The server is free again. */
      release: assign(({ context, event }) => {
        const held = heldAt(context.working, event);
        const working = without(context.working, held);
        if (script === undefined) return { working };
        const attempts = { ...context.attempts, [held.key]: turnOf(context, held) };
        return { working, attempts };
      }),
      /** A call has waited for as long as calls may. */
      giveUp: enqueueActions(({ context, event, enqueue }) => {
        const held = heldAt(context.waiting, event);
        enqueue.assign({ waiting: without(context.waiting, held) });
        const error = sheds === undefined ? 'waited' : 'shed';
        for (const said of failures(held, error)) enqueue.emit(said);
      }),
      forget: enqueueActions(({ context, event, enqueue }) => {
        const { key, from, attempt, answered } = event as Received<Cancel>;
        const gone: Asker = { from, ...attemptOf({ attempt }) };
        const held = context.waiting.find(
          (one) => one.key === key && askers(one).some((other) => isSame(other, gone)),
        );
        if (held === undefined) return;
        const left = askers(held).filter((one) => !isSame(one, gone));
        if (answered === true) enqueue.emit(send(from, failed({ key, ...gone }, 'cancelled')));
        const [first, ...others] = left;
        if (first !== undefined) {
          // Others wait for the same call, which goes on for them.
          const { key, input, place } = held;
          const kept: Held = { key, input, place, ...first, ...(others.length > 0 && { others }) };
          const waiting = context.waiting.map((one) => (one === held ? kept : one));
          enqueue.assign({ waiting });
          return;
        }
        if (isTimed) enqueue.emit(stop('wait', held.place));
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
      congestion: 'none',
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
            { guard: 'isUnderWay', actions: 'join' },
            { guard: 'isBroken', actions: 'refuseBroken' },
            { guard: 'hasServer', actions: 'serve' },
            { guard: 'hasPlace', actions: 'wait' },
            { guard: 'displaces', actions: ['wait', 'displace'] },
            { actions: 'refuseFull' },
          ],
          cancel: { actions: ['forget', 'noteEmpty'] },
          probe: [{ guard: 'isBroken', actions: 'refuseBroken' }, { actions: 'answerProbe' }],
          FINISHED: [
            { guard: 'isWaitOver', actions: ['giveUp', 'noteEmpty'] },
            { guard: 'isIntervalOver', actions: 'noteStanding' },
            { guard: 'isRefused', actions: ['sayWhyNot', 'release', 'serveNext', 'noteEmpty'] },
            { guard: 'hasFailed', actions: ['sayError', 'release', 'serveNext', 'noteEmpty'] },
            {
              guard: 'isSilent',
              actions: ['takeEffect', 'remember', 'release', 'serveNext', 'noteEmpty'],
            },
            {
              actions: [
                'takeEffect',
                'remember',
                'answerCall',
                'release',
                'serveNext',
                'noteEmpty',
              ],
            },
          ],
          BROKE: { actions: 'break' },
          REPAIRED: { actions: 'repair' },
        },
      },
    },
  });
}
