/** What properties look at: what the marks of a run say, and the servers of a state. */
import type { Address } from '../../model/effects.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import type { ObservedMark, Observer } from '../../model/system.ts';
import type { LiveProcess, View } from '../../model/view.ts';
import {
  type ObservedLog,
  observeLog,
  replicatedLogObserver,
} from '../replicated-log/properties.ts';
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

/** Beside what the contract of replicated logs looks at: what each process has applied, and what was proposed. */
export interface Observed extends ObservedLog {
  /** The first leader of each term, and whether there was ever a second one. */
  readonly leaders: Readonly<Record<string, Address>>;
  readonly hasTwoLeaders: boolean;
  /** What was applied first at each index, and whether anybody ever applied something else there. */
  readonly entries: Readonly<Record<string, Applied>>;
  readonly hasTwoEntries: boolean;
}

export const observer: Observer<Observed> = {
  initial: {
    ...replicatedLogObserver.initial,
    leaders: {},
    hasTwoLeaders: false,
    entries: {},
    hasTwoEntries: false,
  },
  on(observed, mark) {
    if (mark.name === 'elected') return withLeader(observed, mark);
    const entered = mark.name === 'applied' ? withEntry(observed, mark) : observed;
    return observeLog(entered, mark);
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

function withEntry(observed: Observed, { data }: ObservedMark): Observed {
  const { index, ...entry } = data as Applied & { readonly index: number };
  const first = observed.entries[index];
  if (first === undefined) return { ...observed, entries: { ...observed.entries, [index]: entry } };
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
