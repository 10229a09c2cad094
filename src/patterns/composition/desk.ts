/**
 * The desk of a composition: what makes it a service. Each call starts a flow, an instance of a family, so that
 * any number are under way at once; a flow that has ended is answered as any service answers.
 */
import { emit, enqueueActions, setup } from 'xstate';
import { type Effect, type Finished, type Received, send, start } from '../../model/effects.ts';
import {
  attemptOf,
  type Call,
  type Cancel,
  type Probe,
  type Reply,
  type ServiceMessage,
} from '../services/messages.ts';
import { type FlowInput, instanceName, type Outcome } from './flow.ts';
import { type CancelFlow, errorName, type FailedWithAll } from './rules.ts';

/** A call whose flow is under way. */
export interface Asked {
  readonly key: string;
  readonly from: string;
}

export interface CompositionDeskContext {
  readonly flows: readonly Asked[];
  /** How the flow of each key ended: a key that comes again is answered the same, without a second flow. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

type Answer = Reply | FailedWithAll;

/** The answer to a call whose flow ended so. A list of errors goes by one name, and whole beside it. */
export function answerOf(key: string, outcome: Outcome): Answer {
  if (outcome.status === 'completed') return { type: 'reply', key, output: outcome.output };
  if (outcome.status === 'cancelled') return { type: 'failed', key, error: 'cancelled' };
  const { error } = outcome;
  const failed: FailedWithAll = { type: 'failed', key, error: errorName(error) };
  return typeof error === 'string' ? failed : { ...failed, errors: error };
}

/** The key of a flow's calls: of the composition too, since another may be called with the same key. */
const flowKey = (id: string, key: string): string => `${id}:${key}`;

/** The machine of the desk of the composition with that id. */
export function compositionDesk(id: string) {
  return setup({
    types: {
      context: {} as CompositionDeskContext,
      events: {} as Received<ServiceMessage> | Finished,
      emitted: {} as Effect<ServiceMessage | CancelFlow>,
    },
    guards: {
      isKnown: ({ context, event }) => Object.hasOwn(context.outcomes, (event as Call).key),
      isUnderWay: ({ context, event }) =>
        context.flows.some(({ key }) => key === (event as Call).key),
      isItsCaller: ({ context, event }) => {
        const { key, from } = event as Received<Cancel>;
        return context.flows.some((flow) => flow.key === key && flow.from === from);
      },
    },
    actions: {
      answerAgain: emit(({ context, event }) => {
        const { key, from } = event as Received<Call>;
        return send(from, answerOf(key, context.outcomes[key] as Outcome));
      }),
      startFlow: enqueueActions(({ context, event, enqueue }) => {
        const { key, from, input } = event as Received<Call>;
        enqueue.assign({ flows: [...context.flows, { key, from }] });
        const flow: FlowInput = { key: flowKey(id, key), data: input };
        enqueue.emit(start('flow', instanceName(key), flow));
      }),
      answer: enqueueActions(({ context, event, enqueue }) => {
        const { key: name, output } = event as Finished;
        const flow = context.flows.find(({ key }) => instanceName(key) === name);
        if (flow === undefined) return;
        const { key, from } = flow;
        const outcome = output as Outcome;
        enqueue.assign({
          flows: context.flows.filter((one) => one !== flow),
          outcomes: { ...context.outcomes, [key]: outcome },
        });
        enqueue.emit(send(from, answerOf(key, outcome)));
      }),
      answerProbe: emit(({ event }) => {
        const { key, from, attempt } = event as Received<Probe>;
        return send(from, { type: 'reply', key, output: null, ...attemptOf({ attempt }) });
      }),
      /** Nobody waits for it any more: the flow ends, and its calls are taken back. */
      cancelFlow: enqueueActions(({ context, event, enqueue }) => {
        const { key } = event as Received<Cancel>;
        enqueue.assign({ flows: context.flows.filter((flow) => flow.key !== key) });
        enqueue.emit(send(`flow/${instanceName(key)}`, { type: 'CANCEL' }));
      }),
    },
  }).createMachine({
    id: 'composition-desk',
    context: { flows: [], outcomes: {} },
    initial: 'open',
    states: {
      open: {
        on: {
          call: [
            { guard: 'isKnown', actions: 'answerAgain' },
            { guard: 'isUnderWay' },
            { actions: 'startFlow' },
          ],
          cancel: { guard: 'isItsCaller', actions: 'cancelFlow' },
          probe: { actions: 'answerProbe' },
          FINISHED: { actions: 'answer' },
        },
      },
    },
  });
}
