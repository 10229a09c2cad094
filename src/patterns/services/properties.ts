/** What a service promises, and when a run of it is over. */

import { alwaysPossible, invariant, transition } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { Nodes, ProcessView, View } from '../../model/view.ts';
import type { DeskContext } from './desk.ts';
import type { Held } from './held.ts';

/** What is seen of calls: who waits for an answer, and the effects of each key, two counting as many. */
export interface Observed {
  readonly open: readonly string[];
  readonly effects: Readonly<Record<string, number>>;
}

export type ServiceParameters = {
  readonly concurrency: number;
  readonly queue: number;
  readonly discipline: string;
};

export type ServiceView = View<Nodes, Observed, ServiceParameters>;

export const observer: Observer<Observed> = {
  initial: { open: [], effects: {} },
  on: (observed, { name, data }) => {
    const { call, key } = (data ?? {}) as { readonly call?: string; readonly key?: string };
    if (name === 'invoked' && call !== undefined)
      return { ...observed, open: [...observed.open.filter((one) => one !== call), call].sort() };
    if ((name === 'returned' || name === 'failed') && call !== undefined)
      return { ...observed, open: observed.open.filter((one) => one !== call) };
    if (name === 'effect' && key !== undefined) {
      const count = Math.min(2, (observed.effects[key] ?? 0) + 1);
      return { ...observed, effects: { ...observed.effects, [key]: count } };
    }
    return observed;
  },
};

function deskOf(view: ServiceView): DeskContext | undefined {
  const desk = (view.all as readonly ProcessView[]).find(({ address }) =>
    address.endsWith('/desk'),
  );
  return desk?.up === true ? (desk.context as DeskContext) : undefined;
}

const keysOf = (calls: readonly Held[]): readonly string[] =>
  calls.map(({ key, from }) => `${from} ${key}`);

export const properties = [
  invariant<ServiceView>(
    'no more at work than servers',
    (view) => (deskOf(view)?.working.length ?? 0) <= view.parameters.concurrency,
    { description: 'Calls are worked on by as many servers as there are.' },
  ),
  invariant<ServiceView>(
    'no more waiting than places',
    (view) => (deskOf(view)?.waiting.length ?? 0) <= view.parameters.queue,
    { description: 'Calls wait in as many places as there are; what finds none fails at once.' },
  ),
  invariant<ServiceView>(
    'no server idle while calls wait',
    (view) => {
      const desk = deskOf(view);
      if (desk === undefined || desk.waiting.length === 0) return true;
      return desk.working.length === view.parameters.concurrency;
    },
    { description: 'A server that becomes free goes to a waiting call in the same step.' },
  ),
  transition<ServiceView>(
    'served in order',
    (before, after) => {
      const waited = keysOf(deskOf(before)?.waiting ?? []);
      const waiting = keysOf(deskOf(after)?.waiting ?? []);
      if (deskOf(after) === undefined || deskOf(before) === undefined) return true;
      const gone = waited.length - waited.filter((one) => waiting.includes(one)).length;
      const left =
        before.parameters.discipline === 'fifo'
          ? waited.slice(gone)
          : waited.slice(0, waited.length - gone);
      return left.every((one, index) => waiting[index] === one);
    },
    { description: 'Who is served next is who came first, or, last in first out, who came last.' },
  ),
  invariant<ServiceView>(
    'one effect a key',
    ({ observed }) => Object.values(observed.effects).every((count) => count <= 1),
    { description: 'However often a call arrives, its effect happens at most once.' },
  ),
  alwaysPossible<ServiceView>('every call ends', ({ observed }) => observed.open.length === 0, {
    description:
      'As long as no message is lost and no node dies, every call can still be answered.',
    claimedUnder: { faults: 'none' },
  }),
];

/** Nobody waits for an answer. */
export function settled({ observed }: ServiceView): boolean {
  return observed.open.length === 0;
}

/** A call that is not answered is under way, or nobody asks again for what was lost. */
export function blocked(view: ServiceView): string | undefined {
  const desk = deskOf(view);
  const count = view.observed.open.length;
  const calls = `${count} call${count === 1 ? '' : 's'}`;
  if (desk === undefined) return `${calls} unanswered: the service is down`;
  if (desk.working.length + desk.waiting.length > 0 || view.inFlight.length > 0)
    return `${calls} under way when the run ended`;
  return `${calls} lost, and nobody asks again`;
}
