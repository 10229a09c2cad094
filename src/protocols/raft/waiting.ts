/**
 * When a run of Raft has nothing left to wait for, and when it rightly waits: while whoever waits reaches nobody
 * who leads a majority or could, or only such as others force out again and again. Whoever could be helped and is
 * not is stuck.
 */
import type { Address } from '../../model/effects.ts';
import { isAtLeastAsUpToDate, lastPosition } from './log.ts';
import { type LiveServer, liveServers, type RaftView, serversOf } from './observing.ts';
import { isClient, quorumOf, reaches } from './quorum.ts';

const asking = ({ all }: RaftView): readonly Address[] =>
  all
    .filter((one) => isClient(one.address) && one.up && !one.in('idle'))
    .map(({ address }) => address);

/**
 * Servers that have not applied a command that another one has which is up. No-ops do not count: where leaders
 * change, somebody lacks the last one at any moment.
 */
function laggards(view: RaftView): readonly Address[] {
  const live = liveServers(view);
  const most = Math.max(0, ...live.map(({ context }) => context.applied));
  let last = most;
  while (last > 0 && view.observed.entries[last]?.command === null) last -= 1;
  return live.filter(({ context }) => context.applied < last).map(({ address }) => address);
}

/**
 * Every client that is up has its answers, and every server has applied the commands that others have; without
 * clients, something has been committed.
 */
export function settled(view: RaftView): boolean {
  if (asking(view).length > 0 || laggards(view).length > 0) return false;
  const hasClients = view.all.some(({ address }) => isClient(address));
  return hasClients || Object.keys(view.observed.entries).length > 0;
}

/** Why nobody may get an answer, or undefined when somebody should. */
export function blocked(view: RaftView): string | undefined {
  const helpful = whoCanHelp(view);
  if (helpful.length === 0) {
    if (quorumOf(view) !== undefined) return 'no server that could be elected reaches a majority';
    const down = serversOf(view).filter(({ up }) => !up);
    const names = down.map(({ address }) => address).join(', ');
    const why = down.length === 0 ? '' : `; ${names} ${down.length === 1 ? 'is' : 'are'} down`;
    return `no majority of the servers is up and connected${why}`;
  }
  const askers = asking(view);
  // Who is heard and hears no answer asks again and again: at any moment somebody lacks the last command.
  const isBusy = askers.some((client) =>
    liveServers(view).some(({ address }) => view.isConnected(client, address)),
  );
  const waiting = [...askers, ...(isBusy ? [] : laggards(view))];
  if (waiting.length === 0) return undefined;
  const near = helpful.filter((other) => waiting.some((one) => reaches(view, one, other)));
  const disturbers = near.map((one) => disturberOf(view, one));
  if (near.length > 0)
    return disturbers.includes(undefined)
      ? undefined
      : `${disturbers[0]} does not hear everybody and forces out leaders by ever higher terms`;
  const verb = waiting.length === 1 ? 'reaches' : 'reach';
  return `${waiting.join(', ')} ${verb} no leader of a majority`;
}

/** Leaders that reach a majority, and whoever hears no leader and could be elected. */
function whoCanHelp(view: RaftView): readonly Address[] {
  const live = liveServers(view);
  const needed = Math.floor(serversOf(view).length / 2) + 1;
  const leading = live.filter((one) => one.in('leader'));
  const reached = (one: LiveServer): readonly LiveServer[] =>
    live.filter(({ address }) => reaches(view, one.address, address));
  const hasMajority = (one: LiveServer): boolean => reached(one).length >= needed;
  /** By those whose logs are not ahead (5.4.1), in a term that a check's bounds leave. */
  const isElectable = (one: LiveServer): boolean =>
    one.context.term < one.context.lastTerm &&
    reached(one).filter(({ context: { log } }) =>
      isAtLeastAsUpToDate(lastPosition(one.context.log), lastPosition(log)),
    ).length >= needed;
  /** A leader keeps others from standing even if it hears nobody, unless it steps down by itself then (6.2). */
  const isSilenced = (one: LiveServer): boolean =>
    leading.some(
      (other) =>
        other !== one &&
        view.isConnected(other.address, one.address) &&
        other.context.term >= one.context.term &&
        (hasMajority(other) || !other.context.checkQuorum),
    );
  return live
    .filter((one) => (one.in('leader') ? hasMajority(one) : isElectable(one)) && !isSilenced(one))
    .map(({ address }) => address);
}

/**
 * Who does not hear that leader and whose candidacies reach it, at first hand or at second: it leads never for long,
 * and nothing says that it leads for long enough (Howard and Abraham 2020). Pre-vote, check quorum and leases each
 * see to it that nobody does so.
 */
function disturberOf(view: RaftView, leader: Address): Address | undefined {
  const live = liveServers(view);
  const hears = (from: Address, to: Address): boolean => from === to || view.isConnected(from, to);
  const isDeaf = ({ address, context }: LiveServer): boolean =>
    !context.preVote &&
    !context.checkQuorum &&
    context.leaseMs === 0 &&
    !hears(leader, address) &&
    live.some((other) => hears(address, other.address) && reaches(view, other.address, leader));
  return live.find(isDeaf)?.address;
}
