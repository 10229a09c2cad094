/**
 * Who votes (Raft 6; dissertation 4): configurations as entries of the log, and what a majority of one is. Before
 * any change it is the servers that the cluster began with, as if by a committed entry before the first.
 */
import type { Address } from '../../model/effects.ts';
import { beginning, type Log, snapshotOf } from './log.ts';
import type { Voters } from './messages.ts';

export interface Configuration {
  readonly voters: Voters;
  /** Of its entry, or of the snapshot that covers it; 0 of the first one. */
  readonly index: number;
}

const found = new WeakMap<Log, Configuration | null>();
const firsts = new WeakMap<readonly Address[], Configuration>();

/** The newest one in the log, committed or not, or the one that the cluster began with. */
export function newestConfiguration(log: Log, first: readonly Address[]): Configuration {
  let newest = found.get(log);
  if (newest === undefined) {
    newest = configurationUpTo(log, Number.POSITIVE_INFINITY) ?? null;
    found.set(log, newest);
  }
  return newest ?? firstConfiguration(first);
}

/** The one before the newest in the log: in force until the newest is known to be committed, as far as others know. */
export function configurationBefore(
  log: Log,
  first: readonly Address[],
  index: number,
): Configuration {
  return configurationUpTo(log, index - 1) ?? firstConfiguration(first);
}

/** The voters that a snapshot up to `index` must remember; undefined before any change. */
export function votersUpTo(log: Log, index: number): Voters | undefined {
  return configurationUpTo(log, index)?.voters;
}

function firstConfiguration(servers: readonly Address[]): Configuration {
  let first = firsts.get(servers);
  if (first === undefined) {
    first = { voters: [servers], index: 0 };
    firsts.set(servers, first);
  }
  return first;
}

function configurationUpTo(log: Log, most: number): Configuration | undefined {
  const snapshot = snapshotOf(log);
  const offset = snapshot === undefined ? 1 : beginning(log);
  for (let place = Math.min(log.length - 1, most - offset); place >= 0; place--) {
    const entry = log[place];
    if (entry?.type === 'configuration') return { voters: entry.voters, index: place + offset };
  }
  return snapshot?.voters && { voters: snapshot.voters, index: snapshot.index };
}

/** The servers, none of them twice, have more than half of the voters among them, of each set. */
export function isQuorum(voters: Voters, servers: readonly Address[]): boolean {
  return voters.every((set) => 2 * servers.filter((one) => set.includes(one)).length > set.length);
}

export const isJoint = (voters: Voters): boolean => voters.length > 1;

export const isVoter = (voters: Voters, server: Address): boolean =>
  voters.some((set) => set.includes(server));

/** All who vote, in either set. */
export function membersOf(voters: Voters): readonly Address[] {
  const [first = [], ...rest] = voters;
  return rest.length === 0 ? first : [...new Set([...first, ...rest.flat()])];
}

/** The highest index, or latest time, that more than half of each set have reached. */
export function reachedByQuorum(voters: Voters, reached: (voter: Address) => number): number {
  return Math.min(
    ...voters.map((set) => {
      const descending = set.map(reached).sort((a, b) => b - a);
      return descending[Math.floor(set.length / 2)] ?? 0;
    }),
  );
}
