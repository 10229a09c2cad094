/** What a shop promises of its requests whatever goes wrong, and its policies of what they let through. */
import { alwaysPossible, infinitelyOften, invariant, transition } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { Nodes, ProcessView, View } from '../../model/view.ts';
import type { BreakerContext } from '../resilience/breaker-machine.ts';
import type { BulkheadContext } from '../resilience/bulkhead.ts';
import type { DeskContext } from '../services/desk.ts';
import { namedPolicies, type Settings } from './policies.ts';

/** Of a request: how often it was asked for, answered, and since then retried by a policy. */
type Request = readonly [asked: number, answered: number, retries: number];

export interface Observed {
  /** Those that were not answered as often as they were asked for. */
  readonly requests: Readonly<Record<string, Request>>;
  /** Whether one was answered that nobody asked for, or once too often. */
  readonly tooMany: boolean;
  /** Effects of each key, two counting as many. */
  readonly effects: Readonly<Record<string, number>>;
  /** The most retries of one request, counted up to one more than there may be. */
  readonly mostRetries: number;
}

type Parameters = Omit<Settings, 'targets'> & { readonly policy: string; readonly effects: string };
type IncidentView = View<Nodes, Observed, Parameters>;

/** More than any list of policies may make, so that states are finitely many though a rule be broken. */
const manyRetries = 1000;

export const observer: Observer<Observed> = {
  initial: { requests: {}, tooMany: false, effects: {}, mostRetries: 0 },
  on: (observed, { name, data }) => {
    const { call = '', key = '' } = (data ?? {}) as {
      readonly call?: string;
      readonly key?: string;
    };
    const { [call]: known, ...others } = observed.requests;
    const [asked, answered, retries] = known ?? [0, 0, 0];
    const put = (request: Request): Observed => {
      return { ...observed, requests: { ...others, [call]: request } };
    };
    switch (name) {
      case 'invoked':
        return put([asked + 1, answered, 0]);
      case 'retried': {
        const mostRetries = Math.max(observed.mostRetries, Math.min(manyRetries, retries + 1));
        return { ...put([asked, answered, Math.min(manyRetries, retries + 1)]), mostRetries };
      }
      case 'returned':
      case 'failed':
        if (answered >= asked) return { ...observed, tooMany: true };
        if (answered + 1 < asked) return put([asked, answered + 1, retries]);
        return { ...observed, requests: others };
      case 'effect': {
        const count = Math.min(2, (observed.effects[key] ?? 0) + 1);
        return { ...observed, effects: { ...observed.effects, [key]: count } };
      }
      default:
        return observed;
    }
  },
};

/** A process of the shop that is up; `breaker2` is the second of its kind. */
const ofShop = (view: IncidentView, kind: string): readonly ProcessView[] =>
  (view.all as readonly ProcessView[]).filter(
    ({ up, address }) => up && address.replace(/\d+$/, '') === `shop/${kind}`,
  );

const contextOf = <T>(process: ProcessView): T => (process.up ? process.context : undefined) as T;

const has = ({ parameters }: IncidentView, kind: string): boolean =>
  namedPolicies(parameters.policy).some((name) => name.includes(kind));

/** Each retry makes up to so many attempts of each attempt of those around it. */
function retriesAtMost({ policy, attempts }: Parameters): number {
  const layers = namedPolicies(policy).filter((name) => name.startsWith('retry')).length;
  return attempts ** layers - 1;
}

const isIn = (process: ProcessView, state: string): boolean => process.in(state);

export const properties = [
  invariant<IncidentView>('one answer a request', ({ observed }) => !observed.tooMany, {
    description: 'No request is answered more often than it was asked for.',
  }),
  invariant<IncidentView>(
    'one effect a key',
    ({ observed }) => Object.values(observed.effects).every((count) => count <= 1),
    {
      description: 'However often a call is made, its effect happens at most once.',
      premise: ({ parameters }) => parameters.effects === 'once',
    },
  ),
  invariant<IncidentView>(
    'attempts are bounded',
    (view) => view.observed.mostRetries <= retriesAtMost(view.parameters),
    {
      description: 'A request is attempted as often as its retries allow together, and no more.',
      premise: (view) => has(view, 'retry'),
    },
  ),
  transition<IncidentView>(
    'open admits no call',
    (before, after) =>
      ofShop(after, 'circuit-breaker').every((breaker) => {
        if (!isIn(breaker, 'open')) return true;
        const earlier = ofShop(before, 'circuit-breaker').find(
          ({ address }) => address === breaker.address,
        );
        const known = earlier === undefined ? [] : contextOf<BreakerContext>(earlier).admitted;
        return contextOf<BreakerContext>(breaker).admitted.every(({ key, attempt }) =>
          known.some((one) => one.key === key && one.attempt === attempt),
        );
      }),
    {
      description: 'A circuit breaker that is open lets no call through.',
      premise: (view) => has(view, 'breaker'),
    },
  ),
  infinitelyOften<IncidentView>(
    'the breaker lets calls through',
    (view) =>
      ofShop(view, 'circuit-breaker').every(
        (breaker) => isIn(breaker, 'closed') || isIn(breaker, 'halfOpen.waiting'),
      ),
    {
      description: 'Whatever becomes of its probes, again and again it would admit a call.',
      premise: (view) => has(view, 'breaker'),
    },
  ),
  invariant<IncidentView>(
    'no more out than permits',
    (view) =>
      ofShop(view, 'bulkhead').every(
        (process) => contextOf<BulkheadContext>(process).using.length <= view.parameters.permits,
      ),
    {
      description: 'As many calls are out as the bulkhead has permits.',
      premise: (view) => has(view, 'bulkhead'),
    },
  ),
  alwaysPossible<IncidentView>('every request ends', settled, {
    description: 'As long as no message is lost and no node dies, every request can still end.',
    claimedUnder: { faults: 'none' },
  }),
];

/** Nobody waits for an answer. */
export function settled({ observed }: IncidentView): boolean {
  return Object.values(observed.requests).every(([, answered]) => answered > 0);
}

/** A request without an answer is under way, or was lost; with a time-out none is while the shop lives. */
export function blocked(view: IncidentView): string | undefined {
  const count = Object.values(view.observed.requests).filter(([, answered]) => answered === 0);
  const requests = `${count.length} request${count.length === 1 ? '' : 's'}`;
  const desks = (view.all as readonly ProcessView[]).filter(({ address }) =>
    address.endsWith('/desk'),
  );
  if (desks.some(({ up }) => !up)) return `${requests} unanswered: payments is down`;
  const isUnderWay = desks.some((desk) => {
    const { working, waiting } = contextOf<DeskContext>(desk);
    return working.length + waiting.length > 0;
  });
  if (isUnderWay || view.inFlight.length > 0) return `${requests} under way when the run ended`;
  if (!has(view, 'timeout')) return `${requests} lost, and no time-out says so`;
  if (view.faults.crashes > 0) return `${requests} lost with the shop, which keeps no log`;
  return undefined;
}
