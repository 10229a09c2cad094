/** When a run with changing members has nothing left to wait for, and when it rightly waits. */
import { quorumOfAll } from './membership-properties.ts';
import { liveServers, type RaftView, serversOf } from './observing.ts';
import { isAsker, reaches } from './quorum.ts';

/** Clients and administrator have their answers; without any, something has been committed. */
export function settled({ all, observed }: RaftView): boolean {
  const askers = all.filter(({ address }) => isAsker(address));
  if (askers.length === 0) return Object.keys(observed.entries).length > 0;
  return askers.every((asker) => !asker.up || asker.in('idle'));
}

/** No quorum of the configurations in force, or somebody who is half cut off. */
export function blocked(view: RaftView): string | undefined {
  const down = serversOf(view).filter(({ up }) => !up);
  const live = liveServers(view).map(({ address }) => address);
  if (quorumOfAll(view) === undefined) {
    const names = down.map(({ address }) => address).join(', ');
    const why = down.length === 0 ? '' : `; ${names} ${down.length === 1 ? 'is' : 'are'} down`;
    return `no quorum of the configurations in force is up and connected${why}`;
  }
  const up = view.all.filter((one) => one.up);
  const cutOff = up.find(({ address }) => !live.every((server) => reaches(view, address, server)));
  return cutOff === undefined ? undefined : `${cutOff.address} does not reach every server`;
}
