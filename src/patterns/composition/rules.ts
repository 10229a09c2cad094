/**
 * The rules of flows, by their names: the guards and actions of every machine that a composition compiles to.
 * Each is one line of docs/semantics.md, section 16.3; `at` is the position of the part that it is about.
 */
import { emit, enqueueActions, setup } from 'xstate';
import type { Distribution } from '../../model/distribution.ts';
import {
  type Effect,
  type Finished,
  type Message,
  mark,
  type Received,
  type Send,
  send,
  start,
} from '../../model/effects.ts';
import { UserMistake } from '../../model/errors.ts';
import type { Failed, Reply, ServiceMessage } from '../services/messages.ts';
import type { Services } from '../services/services.ts';
import {
  type Abandoned,
  callKey,
  type FlowContext,
  type FlowInput,
  going,
  type Items,
  instanceName,
  leaving,
  type Outcome,
  type Position,
  resting,
} from './flow.ts';
import {
  type Attempt,
  type Composition,
  type CompositionError,
  type ForEach,
  type Loop,
  ownErrors,
  type Task,
} from './plan.ts';

/** How services are called and calls taken back: a registry, as `defineServices` makes one. */
export type Directory = Pick<Services<string>, 'call' | 'cancel'>;

/** A part of a composition at its position. */
export type Parts = ReadonlyMap<Position, Composition>;

/** Takes back what a flow is at. Its calls are cancelled, and it ends as cancelled. */
export interface CancelFlow {
  readonly type: 'CANCEL';
}

export type FlowEvent = Received<ServiceMessage> | Received<CancelFlow> | Finished;
export type FlowEffect = Effect<Message>;

/** What a list of errors is called where one name is needed. */
export const errorName = (fault: CompositionError): string =>
  typeof fault === 'string' ? fault : ownErrors.allFailed;

/** The answer to a call that failed, with all errors where there are several. */
export interface FailedWithAll extends Failed {
  readonly errors?: readonly CompositionError[];
}

export interface Params {
  readonly at: Position;
  /** The thread in which the part stands. */
  readonly thread: Position;
  /** Which rule of a choice, branch of a race, or catcher of an attempt. */
  readonly number: number;
  readonly branches: readonly Position[];
  readonly branch: Position;
  /** Where a failure is caught: whose data becomes the error, and inside what all is given up. */
  readonly caughtBy: Position;
  readonly inside: Position;
  readonly family: string;
}

export interface Enqueue {
  emit(effect: FlowEffect): void;
  assign(context: FlowContext): void;
}

type Change = (
  args: { context: FlowContext; event: FlowEvent; enqueue: Enqueue },
  params: Params,
) => FlowContext | undefined;

/** An action that gives the next context, and may emit. */
const rule = (change: Change) =>
  enqueueActions(
    (args: { context: FlowContext; event: unknown; enqueue: unknown }, params: Params) => {
      const enqueue = args.enqueue as Enqueue;
      const next = change(
        { context: args.context, event: args.event as FlowEvent, enqueue },
        params,
      );
      if (next !== undefined) enqueue.assign(next);
    },
  ) as never;

/** The delays of a machine as XState takes them, in milliseconds. */
export type WaitDelays = Readonly<
  Record<string, (args: { readonly context: FlowContext }) => number>
>;

/** The setup of a flow's machine: its rules over these parts. */
export function flowRules(parts: Parts, directory: Directory, delays: WaitDelays) {
  const part = <C extends Composition>(at: Position): C => parts.get(at) as C;

  const failing = (
    context: FlowContext,
    { caughtBy, inside }: Params,
    error: CompositionError,
  ): FlowContext => going(leaving(context, inside), caughtBy, error);

  const failingWith =
    (error: CompositionError): Change =>
    ({ context }, params) =>
      failing(context, params, error);

  const isKeyOf = (context: FlowContext, event: FlowEvent, at: Position): boolean =>
    (event.type === 'reply' || event.type === 'failed') && event.key === callKey(context, at);

  /** The index of the item whose instance has ended, if it is one of this forEach. */
  const endedItem = (context: FlowContext, event: FlowEvent, { at, family }: Params) => {
    if (event.type !== 'FINISHED' || event.family !== family) return undefined;
    return context.items[at]?.running.find(
      (index) => instanceName(`${callKey(context, at)}.${index}`) === event.key,
    );
  };

  /** Starts items while fewer than may be are under way. */
  const started = (
    context: FlowContext,
    { at, family }: Params,
    open: Items,
    enqueue: Enqueue,
  ): Items => {
    const { concurrency } = part<ForEach>(at);
    let { running } = open;
    let next = Object.keys(open.outputs).length + running.length;
    while (next < open.items.length && (concurrency === 0 || running.length < concurrency)) {
      const key = `${callKey(context, at)}.${next}`;
      const input: FlowInput = { key, data: open.items[next] };
      enqueue.emit(start(family, instanceName(key), input));
      running = [...running, next++];
    }
    return { ...open, running };
  };

  const withAbandoned = (context: FlowContext, more: Abandoned): FlowContext => ({
    ...context,
    abandoned: { ...context.abandoned, ...more },
  });

  const outputOfItem = (event: FlowEvent): Outcome => (event as Finished).output as Outcome;

  const ending =
    (status: Outcome['status']): Change =>
    ({ context, enqueue }) => {
      enqueue.emit(mark(`flow-${status}`, { key: context.key }));
      enqueue.emit(mark('flow-ended', { key: context.key }));
      return { ...context, status };
    };

  return setup({
    types: {
      context: {} as FlowContext,
      input: {} as FlowInput,
      events: {} as FlowEvent,
      emitted: {} as FlowEffect,
      output: {} as Outcome,
    },
    delays,
    guards: {
      /** A branch starts when those that are declared before it wait or have ended. */
      isItsTurn: ({ context }, { thread }: Params) => context.turns[0] === thread,
      /** An answer counts for the call of that key only: not for one of another round. */
      isItsAnswer: ({ context, event }, { at }: Params) => isKeyOf(context, event, at),
      haveAllEnded: ({ context }, { branches }: Params) =>
        branches.every((branch) => context.ended.includes(branch)),
      isTrue: ({ context }, { at, thread, number }: Params) => {
        const choice = part<Extract<Composition, { kind: 'choice' }>>(at);
        return choice.rules[number]?.when(context.data[thread] as never) === true;
      },
      /** The guard of a loop is asked before each round. */
      isToGoOn: ({ context }, { at, thread }: Params) => {
        const { while: guard, atMost } = part<Loop>(at);
        const rounds = context.rounds[at] ?? 0;
        return rounds < atMost && guard(context.data[thread] as never, rounds);
      },
      isPastItsBound: ({ context }, { at, thread }: Params) => {
        const { while: guard, atMost } = part<Loop>(at);
        const rounds = context.rounds[at] ?? 0;
        return rounds >= atMost && guard(context.data[thread] as never, rounds);
      },
      catches: ({ context }, { at, thread, number }: Params) => {
        const { errors } = part<Attempt>(at).catchers[number] ?? {};
        return (
          errors === undefined ||
          errors.includes(errorName(context.data[thread] as CompositionError))
        );
      },
      hasNoItems: ({ context }, { at }: Params) => context.items[at]?.items.length === 0,
      isFailedItem: ({ context, event }, params: Params) =>
        endedItem(context, event, params) !== undefined &&
        outputOfItem(event).status !== 'completed',
      isLastItem: ({ context, event }, params: Params) => {
        const { items = [], outputs = {} } = context.items[params.at] ?? {};
        const isOne = endedItem(context, event, params) !== undefined;
        return isOne && Object.keys(outputs).length + 1 === items.length;
      },
      isItem: ({ context, event }, params: Params) =>
        endedItem(context, event, params) !== undefined,
      isOfAbandonedCall: ({ context, event }) =>
        (event.type === 'reply' || event.type === 'failed') &&
        Object.hasOwn(context.abandoned, event.key),
    },
    actions: {
      begin: emit(({ context }) => mark('flow-started', { key: context.key })),
      call: rule(({ context, enqueue }, { at, thread }) => {
        const { service, input } = part<Task>(at);
        const data = context.data[thread];
        const given = input === undefined ? data : input(data as never);
        enqueue.emit(directory.call(service, callKey(context, at), given));
        return resting(context, thread);
      }),
      /** A call that is left without its answer is taken back: a request, which may come too late. */
      abandon: rule(({ context, event, enqueue }, { at }) => {
        if (isKeyOf(context, event, at)) return undefined;
        const { service } = part<Task>(at);
        const key = callKey(context, at);
        enqueue.emit(directory.cancel(service, key));
        enqueue.emit(mark('call-abandoned', { service, key }));
        return withAbandoned(context, { [key]: { service, ended: 'unknown' } });
      }),
      /** What has become of a call that nobody waits for: a reply says that it took place. */
      noteLateAnswer: rule(({ context, event }) => {
        const { type, key } = event as Reply | Failed;
        const known = context.abandoned[key];
        if (known === undefined) return undefined;
        const ended = type === 'reply' ? 'completed' : 'cancelled';
        return withAbandoned(context, { [key]: { ...known, ended } });
      }),
      take: rule(({ context, event }, { at, thread }) => {
        const { output } = part<Task>(at);
        const answer = (event as Reply).output;
        const data = context.data[thread];
        const taken = output === undefined ? answer : output(answer as never, data as never);
        return going(context, thread, taken ?? null);
      }),
      rest: rule(({ context }, { thread }) => resting(context, thread)),
      goOn: rule(({ context }, { thread }) => going(context, thread, context.data[thread])),
      compute: rule(({ context }, { at, thread }) => {
        const { output } = part<Extract<Composition, { kind: 'compute' }>>(at);
        return going(context, thread, output(context.data[thread] as never) ?? null);
      }),

      fork: rule(({ context }, { thread, branches }) => {
        const { [thread]: data, ...others } = context.data;
        const copies = Object.fromEntries(branches.map((branch) => [branch, data]));
        const turns = context.turns.filter((other) => other !== thread);
        // With nothing to start it is over at once, and before anything else.
        const next = branches.length === 0 ? [thread] : branches;
        return { ...context, data: { ...others, ...copies }, turns: [...next, ...turns] };
      }),
      /** The last branch keeps its turn: what its end leads to comes before a later sibling's start. */
      endBranch: rule(({ context }, { thread, branches }) => {
        const next = { ...context, ended: [...context.ended, thread].sort() };
        const isLast = branches.every((branch) => next.ended.includes(branch));
        return isLast ? next : resting(next, thread);
      }),
      /** Outputs stand in declared order, whichever branch ended first. */
      join: rule(({ context }, { at, thread, branches }) => {
        const outputs = branches.map((branch) => context.data[branch]);
        return going(leaving(context, at), thread, outputs);
      }),
      win: rule(({ context }, { at, thread, branch }) =>
        going(leaving(context, at), thread, context.data[branch]),
      ),

      nextRound: rule(({ context }, { at }) => {
        const rounds = (context.rounds[at] ?? 0) + 1;
        return { ...context, rounds: { ...context.rounds, [at]: rounds } };
      }),
      leaveLoop: rule(({ context }, { at }) => {
        const { [at]: _, ...rounds } = context.rounds;
        return { ...context, rounds };
      }),

      keepInput: rule(({ context }, { at, thread }) => ({
        ...context,
        inputs: { ...context.inputs, [at]: context.data[thread] },
      })),
      forgetInput: rule(({ context }, { at }) => {
        const { [at]: _, ...inputs } = context.inputs;
        return { ...context, inputs };
      }),
      handle: rule(({ context }, { at, thread }) => {
        const { [at]: input, ...inputs } = context.inputs;
        return going({ ...context, inputs }, thread, { error: context.data[thread], input });
      }),

      failAsAnswered: rule(({ context, event }, params) => {
        const { error, errors } = event as FailedWithAll;
        return failing(context, params, errors ?? error);
      }),
      failAsTold: rule(({ context }, params) => {
        const { error } = part<Extract<Composition, { kind: 'fail' }>>(params.at);
        const data = context.data[params.thread];
        return failing(context, params, typeof error === 'function' ? error(data as never) : error);
      }),
      failWithoutChoice: rule(failingWith(ownErrors.noChoice)),
      failAtTheBound: rule(failingWith(ownErrors.tooManyRounds)),
      failWithAll: rule(({ context }, params) => {
        const errors = params.branches.map((branch) => context.data[branch] as CompositionError);
        return failing(context, params, errors);
      }),
      failUncaught: rule(({ context }, params) =>
        failing(context, params, context.data[params.thread] as CompositionError),
      ),
      failAsItem: rule(({ context, event }, params) => {
        const outcome = outputOfItem(event);
        const error = outcome.status === 'failed' ? outcome.error : outcome.status;
        return failing(withAbandoned(context, outcome.abandoned), params, error);
      }),

      openItems: rule(({ context, enqueue }, params) => {
        const { at, thread } = params;
        const items: unknown = part<ForEach>(at).items(context.data[thread] as never);
        if (!Array.isArray(items))
          throw new UserMistake(
            `the items of the forEach at ${at} are ${JSON.stringify(items)}; they must be a list`,
          );
        const open = started(context, params, { items, outputs: {}, running: [] }, enqueue);
        const next = { ...context, items: { ...context.items, [at]: open } };
        return items.length === 0 ? next : resting(next, thread);
      }),
      nextItem: rule(({ context, event, enqueue }, params) => {
        const noted = withItem(context, event, params);
        const open = noted.items[params.at];
        if (open === undefined) return noted;
        const items = { ...noted.items, [params.at]: started(noted, params, open, enqueue) };
        return { ...noted, items };
      }),
      /** Outputs stand in the order of the items. */
      collect: rule(({ context, event }, params) => {
        const noted = withItem(context, event, params);
        const { [params.at]: open, ...items } = noted.items;
        const outputs = open?.items.map((_, index) => open.outputs[index]) ?? [];
        return going({ ...noted, items }, params.thread, outputs);
      }),
      /** Items that are under way when their forEach is left are told so. */
      cancelItems: rule(({ context, event, enqueue }, params) => {
        const { at, family } = params;
        const over = endedItem(context, event, params);
        for (const index of context.items[at]?.running ?? []) {
          if (index === over) continue;
          const name = instanceName(`${callKey(context, at)}.${index}`);
          const cancel: Send<CancelFlow> = send(`${family}/${name}`, { type: 'CANCEL' });
          enqueue.emit(cancel);
        }
        return undefined;
      }),
      /** The calls that an item has given up, once it has ended without anybody waiting for it. */
      noteAbandonedOfItem: rule(({ context, event }) =>
        withAbandoned(context, outputOfItem(event).abandoned),
      ),

      complete: rule(ending('completed')),
      giveUp: rule(ending('failed')),
      beCancelled: rule(ending('cancelled')),
    },
  });

  function withItem(context: FlowContext, event: FlowEvent, params: Params): FlowContext {
    const index = endedItem(context, event, params);
    const open = context.items[params.at];
    if (index === undefined || open === undefined) return context;
    const outcome = outputOfItem(event);
    const output = outcome.status === 'completed' ? outcome.output : null;
    const outputs = { ...open.outputs, [index]: output };
    const running = open.running.filter((one) => one !== index);
    const items = { ...context.items, [params.at]: { ...open, outputs, running } };
    return withAbandoned({ ...context, items }, outcome.abandoned);
  }
}

/** How long a wait takes, by its context. */
export function delayOf(parts: Parts, at: Position, thread: Position) {
  const { delay } = parts.get(at) as Extract<Composition, { kind: 'wait' }>;
  if (typeof delay !== 'function') return delay;
  return ({ context }: { readonly context: FlowContext }): Distribution =>
    delay(context.data[thread] as never);
}
