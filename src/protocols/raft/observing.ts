/** What properties look at: what the marks of a run say, and the servers of a state. */
import type { Address } from '../../model/effects.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import type { ObservedMark, Observer } from '../../model/system.ts';
import type { LiveProcess, View } from '../../model/view.ts';
import type { Voters } from './messages.ts';
import { isServer } from './quorum.ts';
import type { ServerContext } from './server-state.ts';

/** An entry that some server has applied. */
export interface Applied {
  readonly term: number;
  readonly command: PlainData;
  /** The term of the leader that committed it, which was the first to apply it. */
  readonly during: number;
  /** Of an entry that is a configuration. */
  readonly voters?: Voters;
}

export interface Observed {
  /** The first leader of each term, and whether there was ever a second one. */
  readonly leaders: Readonly<Record<string, Address>>;
  readonly hasTwoLeaders: boolean;
  /** What was applied first at each index, and whether anybody ever applied something else there. */
  readonly applied: Readonly<Record<string, Applied>>;
  readonly hasTwoEntries: boolean;
}

export const observer: Observer<Observed> = {
  initial: { leaders: {}, hasTwoLeaders: false, applied: {}, hasTwoEntries: false },
  on(observed, mark) {
    if (mark.name === 'elected') return withLeader(observed, mark);
    return mark.name === 'applied' ? withApplied(observed, mark) : observed;
  },
};

function withLeader(observed: Observed, { process, data }: ObservedMark): Observed {
  const { term } = data as { readonly term: number };
  const first = observed.leaders[term];
  if (first === undefined)
    return { ...observed, leaders: { ...observed.leaders, [term]: process } };
  return first === process || observed.hasTwoLeaders
    ? observed
    : { ...observed, hasTwoLeaders: true };
}

function withApplied(observed: Observed, { data }: ObservedMark): Observed {
  const { index, ...entry } = data as Applied & { readonly index: number };
  const first = observed.applied[index];
  if (first === undefined) return { ...observed, applied: { ...observed.applied, [index]: entry } };
  const isSame = first.term === entry.term && canonical(first.command) === canonical(entry.command);
  return isSame || observed.hasTwoEntries ? observed : { ...observed, hasTwoEntries: true };
}

/** The view, as far as these properties look. */
export type RaftView = Pick<
  View<Record<never, never>, Observed>,
  'parameters' | 'all' | 'observed' | 'isUp' | 'isConnected' | 'records'
>;

/** The servers, up or down. */
export const serversOf = ({ all }: RaftView): RaftView['all'] =>
  all.filter(({ address }) => isServer(address));

export type LiveServer = Omit<LiveProcess, 'context'> & { readonly context: ServerContext };

/** The servers that are up. */
export const liveServers = (view: RaftView): readonly LiveServer[] =>
  serversOf(view).filter((process): process is LiveServer => process.up);
