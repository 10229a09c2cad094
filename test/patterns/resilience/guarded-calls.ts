/** Calls through policies to one service: what is seen of them in a run, and what is checked of all runs. */
import {
  alwaysPossible,
  constant,
  type Distribution,
  defineSystem,
  type Fault,
  invariant,
  type PlannedOperation,
  type Property,
  run,
  type View,
} from '../../../src/index.ts';
import { defineCaller, type Policy } from '../../../src/patterns/resilience/index.ts';
import {
  type Call,
  defineServices,
  type ServiceOptions,
} from '../../../src/patterns/services/index.ts';
import { observer } from '../../../src/patterns/services/properties.ts';

export interface Observed {
  readonly open: readonly string[];
  readonly effects: Readonly<Record<string, number>>;
  /** Answers of each key at the client, two counting as many. */
  readonly answers: Readonly<Record<string, number>>;
}

export interface Ended {
  readonly ends: Readonly<Record<string, 'full' | 'degraded' | 'failed'>>;
}

export type Seen = View<never, Observed, never>;
export type SeenEnds = View<never, Observed & Ended, never>;
type Noted = Parameters<typeof observer.on>[1];

/** A caller that asks for `calls`, one after the other or all at once, through the policies. */
export function guardedSystem(
  policies: readonly Policy[],
  service: ServiceOptions,
  calls: readonly string[] = [],
  properties: readonly Property<never>[] = [],
  more: Readonly<Record<string, unknown>> = {},
) {
  const operations = calls.map((call) => ['service', call] as const);
  return guardedServices(policies, { service }, operations, properties, more);
}

/** The same where there are several services. */
export function guardedServices(
  policies: readonly Policy[],
  given: Readonly<Record<string, ServiceOptions>>,
  calls: readonly (readonly [service: string, call: string, input?: unknown])[] = [],
  properties: readonly Property<never>[] = [],
  more: Readonly<Record<string, unknown>> = {},
) {
  const services = defineServices(given);
  const operations = calls.map(([service, call, input]) => {
    return { type: 'REQUEST' as const, service, call, ...(input !== undefined && { input }) };
  });
  return defineSystem({
    name: 'guarded-calls',
    nodes: () => ({
      caller: defineCaller(services, { policies, operations }),
      ...services.nodes,
    }),
    observe: observeAnswers,
    properties: () => [...promises, ...properties] as never,
    ...more,
  } as never) as ReturnType<typeof defineSystem>;
}

const observeAnswers = {
  initial: { open: [], effects: {}, answers: {} } as Observed,
  on(observed: Observed, seen: Noted): Observed {
    const next = { ...observed, ...observer.on(observed, seen) };
    const { call } = (seen.data ?? {}) as { readonly call?: string };
    if ((seen.name !== 'returned' && seen.name !== 'failed') || call === undefined) return next;
    const count = Math.min(2, (observed.answers[call] ?? 0) + 1);
    return { ...next, answers: { ...observed.answers, [call]: count } };
  },
};

/** The same, and how calls ended: an observer for `more`. */
export const observeEnds = {
  initial: { ...observeAnswers.initial, ends: {} } as Observed & Ended,
  on(observed: Observed & Ended, seen: Noted): Observed & Ended {
    const next = { ...observed, ...observeAnswers.on(observed, seen) };
    const { call, degraded } = (seen.data ?? {}) as { call?: string; degraded?: true };
    if ((seen.name !== 'returned' && seen.name !== 'failed') || call === undefined) return next;
    const end = seen.name === 'failed' ? 'failed' : degraded ? 'degraded' : 'full';
    return { ...next, ends: { ...observed.ends, [call]: end } };
  },
};

const promises = [
  invariant<Seen>('one answer a call', ({ observed }) =>
    Object.values(observed.answers).every((count) => count === 1),
  ),
  invariant<Seen>('one effect a key', ({ observed }) =>
    Object.values(observed.effects).every((count) => count <= 1),
  ),
  alwaysPossible<Seen>('every call ends', ({ observed }) => observed.open.length === 0),
];

/** The context of a policy of the caller. */
export function contextOf<T>(view: { readonly all: readonly unknown[] }, policy: string) {
  const one = (view.all as readonly { address: string; up: boolean; context: unknown }[]).find(
    ({ address }) => address === `caller/${policy}`,
  );
  return one?.up === true ? (one.context as T) : undefined;
}

/** Whether the machine of a policy of the caller is in that state. */
export function isIn(view: { readonly all: readonly unknown[] }, policy: string, state: string) {
  const one = (
    view.all as readonly { address: string; up: boolean; in(path: string): boolean }[]
  ).find(({ address }) => address === `caller/${policy}`);
  return one?.up === true && one.in(state);
}

export interface Outcome {
  /** When each call arrived at the service: `a 1`, key and time in ms. */
  readonly arrivals: readonly string[];
  /** The same with the service: `service a 1`. */
  readonly reached: readonly string[];
  /** How each call ended at the client: `a reply 20`, `b timeout 3`, `c degraded 8`. */
  readonly ends: readonly string[];
  readonly marks: readonly string[];
}

/** One run of calls at these times, over a network and to a disk that take no time unless said. */
export function called(
  policies: readonly Policy[],
  service: ServiceOptions,
  calls: readonly (readonly [call: string, atMs: number, input?: unknown])[],
  more: More = {},
): Outcome {
  const asked = calls.map(([call, atMs, input]) => ['service', call, atMs, input] as const);
  return calledServices(policies, { service }, asked, more);
}

interface More {
  readonly faults?: readonly Fault[];
  readonly seed?: number | string;
  readonly latency?: Distribution;
  readonly horizonMs?: number;
}

/** The same where there are several services. */
export function calledServices(
  policies: readonly Policy[],
  services: Readonly<Record<string, ServiceOptions>>,
  calls: readonly (readonly [service: string, call: string, atMs: number, input?: unknown])[],
  more: More = {},
): Outcome {
  const operations = calls.map(([service, call, atMs, input]): PlannedOperation => {
    const operation = { type: 'REQUEST', service, call, input } as never;
    return { process: 'caller/client', operation, atMs };
  });
  const done = run(guardedServices(policies, services), {
    seed: 1,
    operations,
    latency: constant(0),
    forceLatency: constant(0),
    trace: true,
    ...more,
  });
  return outcome(done.trace);
}

function outcome(trace: ReturnType<typeof run>['trace']): Outcome {
  const arrivals: string[] = [];
  const reached: string[] = [];
  const ends: string[] = [];
  const marks: string[] = [];
  for (const { atUs = 0, decision, effects } of trace) {
    const at = atUs / 1000;
    if (decision.type === 'deliver' && decision.message.type === 'call') {
      const { key, service } = decision.message as unknown as Call;
      arrivals.push(`${key} ${at}`);
      reached.push(`${service} ${key} ${at}`);
    }
    for (const effect of effects) {
      if (effect.type !== 'mark') continue;
      const data = (effect.data ?? {}) as { call?: string; error?: string; degraded?: true };
      if (effect.name === 'returned' || effect.name === 'failed') {
        const reply = data.degraded ? 'degraded' : 'reply';
        ends.push(`${data.call} ${effect.name === 'returned' ? reply : data.error} ${at}`);
      } else if (effect.name !== 'invoked') marks.push(`${effect.name} ${at}`);
    }
  }
  return { arrivals, reached, ends, marks };
}
