/**
 * A caller that asks one call after the other, at any time, and says by its clock when it asked and was answered; so
 * that a timed check holds every execution to plain code that knows the times.
 */
import { assign, emit, setup } from 'xstate';
import {
  type AnySystem,
  defineNode,
  defineProcess,
  defineSystem,
  type Effect,
  invariant,
  mark,
  type ObservedMark,
  type Process,
  type Received,
  reachable,
  type View,
} from '../../../src/index.ts';
import { guarded, type Policy } from '../../../src/patterns/resilience/index.ts';
import {
  defineServices,
  type ServiceMessage,
  type ServiceOptions,
} from '../../../src/patterns/services/index.ts';
import type { Question } from './broken.ts';

/** A call that has ended: when it was made and ended, and how, `reply` or the error. */
export type Ended = readonly [askedMs: number, endedMs: number, how: string];

interface Observed {
  readonly log: readonly Ended[];
}

type Ask = { readonly type: 'REQUEST'; readonly call: string };
type Events = (Received<ServiceMessage> | Ask) & { readonly now: number };

const service = 'service';

/**
 * Every execution of so many calls within so many ticks of 10 ms: `allows` says whether the calls that have ended may
 * have ended so. What is named in `comesTo` must come up, or nothing was asked.
 */
export function clockedQuestion(of: {
  readonly policy: Policy;
  readonly service: ServiceOptions;
  readonly calls: number;
  readonly ticks: number;
  readonly allows: (log: readonly Ended[]) => boolean;
  readonly comesTo: Readonly<Record<string, (log: readonly Ended[]) => boolean>>;
}): Question {
  const services = defineServices({ service: of.service });
  const { processes, families, call } = guarded(services, [of.policy]);
  const machine = setup({
    types: {
      context: {} as { readonly askedMs: number },
      events: {} as Events,
      emitted: {} as Effect<ServiceMessage>,
    },
    actions: {
      ask: emit(({ event }) => call(service, (event as Ask).call)),
      noteTime: assign({ askedMs: ({ event }) => event.now }),
      noteEnd: emit(({ context: { askedMs }, event }) => {
        const answer = event as Received<ServiceMessage> & Events;
        const how = answer.type === 'failed' ? answer.error : 'reply';
        const ended: Ended = [askedMs, event.now, how];
        return mark('returned', { ended });
      }),
      // What is over is told by the log alone.
      forgetTime: assign({ askedMs: 0 }),
    },
  }).createMachine({
    id: 'clocked-client',
    context: { askedMs: 0 },
    initial: 'idle',
    states: {
      idle: { on: { REQUEST: { target: 'waiting', actions: ['ask', 'noteTime'] } } },
      waiting: {
        on: {
          reply: { target: 'idle', actions: ['noteEnd', 'forgetTime'] },
          failed: { target: 'idle', actions: ['noteEnd', 'forgetTime'] },
        },
      },
    },
  });
  const client = defineProcess({
    machine,
    clock: true,
    operations: Array.from({ length: of.calls }, (_, index) => {
      return { type: 'REQUEST', call: `c${index + 1}` } as never;
    }),
  });
  type Seen = View<never, Observed, never>;
  const system = defineSystem({
    name: 'clocked-calls',
    nodes: () => ({
      caller: defineNode({
        processes: { client, ...processes } as unknown as Readonly<Record<string, Process>>,
        families,
      }),
      ...services.nodes,
    }),
    timing: 'timed',
    observe: {
      initial: { log: [] } as Observed,
      on: (observed: Observed, { name, data }: ObservedMark) =>
        name === 'returned'
          ? { log: [...observed.log, (data as { readonly ended: Ended }).ended] }
          : observed,
    },
    properties: () =>
      [
        invariant<Seen>('as the reference allows', ({ observed }) => of.allows(observed.log)),
        ...Object.entries(of.comesTo).map(([name, comes]) =>
          reachable<Seen>(name, ({ observed }) => comes(observed.log)),
        ),
      ] as never,
  } as never) as unknown as AnySystem;
  const scope = {
    ...{ crashes: 0, loss: false, duplication: false },
    ...{ tickMs: 10, ticks: of.ticks, latency: '0', forceLatency: 0 },
  };
  return { system, scope };
}
