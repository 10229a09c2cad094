/** Services as nodes, and the registry by which callers know them. */
import type { NodeId, Send } from '../../model/effects.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import {
  defineFamily,
  defineNode,
  defineProcess,
  type Node,
  type Process,
} from '../../model/process.ts';
import { deskMachine } from './desk.ts';
import type { Call, Cancel, EffectRecord } from './messages.ts';
import {
  type FullOptions,
  fullOptions,
  type ServiceEffects,
  type ServiceOptions,
} from './options.ts';
import { controlledWaitMachine, healthMachine, waitMachine, workMachine } from './parts.ts';

/**
 * A service: a node that works on calls. Its desk is the process `ID/desk`.
 *
 *     defineService('payments', { time: exponential(20), concurrency: 4, queue: 10, errorRate: 0.01 })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function defineService(id: NodeId, options: ServiceOptions = {}): Node {
  const full = fullOptions(id, options);
  const desk = defineProcess({
    machine: deskMachine(id, full),
    input: { records: [] },
    recover: (records: readonly EffectRecord[]) => ({ records }),
  });
  const { breakdowns } = full;
  const health = breakdowns && {
    health: defineProcess({
      machine: healthMachine,
      delays: { working: breakdowns.after, repair: breakdowns.repair },
    }),
  };
  const processes = { desk, ...health } as unknown as Readonly<Record<string, Process>>;
  return defineNode({ processes, families: familiesOf(full) });
}

function familiesOf({ time, errorRate, waitsAtMost, sheds }: FullOptions) {
  const machine =
    errorRate === 0 ? workMachine : workMachine.provide({ guards: { cannotFail: () => false } });
  const work = defineFamily({
    machine,
    delays: {
      service: typeof time === 'function' ? ({ context }) => time(context.input) : time,
    },
    work: ['service'],
    choices: [
      { event: { type: 'SUCCEED' }, weight: 1 - errorRate, immediate: true },
      { event: { type: 'FAIL' }, weight: errorRate, immediate: true },
    ],
  });
  if (sheds !== undefined) {
    const wait = defineFamily({
      machine: controlledWaitMachine,
      delays: {
        patience: ({ context: { isStanding } }) => (isStanding ? sheds.target : sheds.interval),
      },
    });
    const interval = defineFamily({ machine: waitMachine, delays: { patience: sheds.interval } });
    return { work, wait, interval };
  }
  if (waitsAtMost === undefined) return { work };
  return { work, wait: defineFamily({ machine: waitMachine, delays: { patience: waitsAtMost } }) };
}

/** Services by their ids. */
export interface Services<TId extends string> {
  readonly ids: readonly TId[];
  /** The nodes of the services, for `defineSystem`. */
  readonly nodes: Readonly<Record<TId, Node>>;
  /** `emit(({ event }) => services.call('payments', event.call, { amount: 5 }))` */
  call(id: TId, key: string, input?: unknown): Send<Call>;
  /** Tells the service that nobody waits for the call any more. */
  cancel(id: TId, key: string): Send<Cancel>;
  /** What effects its calls have: whether one may be made twice. */
  effects(id: TId): ServiceEffects;
}

/**
 * A registry of services. A call to an id that it does not hold throws a {@link UserMistake} in the step
 * that would make it, of which then no effect happens.
 *
 *     const services = defineServices({ stock: { time: constant(5) }, payments: { errorRate: 0.1 } })
 */
export function defineServices<TId extends string>(
  given: Readonly<Record<TId, ServiceOptions>>,
): Services<TId> {
  const ids = Object.keys(given) as TId[];
  const deskOf = (id: TId): string => {
    if (ids.includes(id)) return `${id}/desk`;
    throw new UserMistake(
      `there is no service ${JSON.stringify(id)}${suggestion(String(id), ids)}`,
    );
  };
  const nodes = Object.fromEntries(ids.map((id) => [id, defineService(id, given[id])])) as Readonly<
    Record<TId, Node>
  >;
  return {
    ids,
    nodes,
    call(id, key, input) {
      const to = deskOf(id);
      const call: Call = { type: 'call', service: id, key };
      return { type: 'send', to, message: input === undefined ? call : { ...call, input } };
    },
    cancel(id, key) {
      const message: Cancel = { type: 'cancel', service: id, key };
      return { type: 'send', to: deskOf(id), message };
    },
    effects(id) {
      deskOf(id);
      return given[id].effects ?? 'none';
    },
  };
}
