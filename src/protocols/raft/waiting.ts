/** When a run of Raft has nothing left to wait for, and when it rightly waits: without a majority. */
import { liveServers, type RaftView, serversOf } from './observing.ts';
import { isClient, quorumOf, reaches } from './quorum.ts';

/** Every client that is up has its answers; without clients, something has been committed. */
export function settled({ all, observed }: RaftView): boolean {
  const clients = all.filter(({ address }) => isClient(address));
  if (clients.length === 0) return Object.keys(observed.entries).length > 0;
  return clients.every((client) => !client.up || client.in('idle'));
}

/** Why nobody may get an answer: no majority that can talk, or a server or client that is half cut off. */
export function blocked(view: RaftView): string | undefined {
  const quorum = quorumOf(view);
  const down = serversOf(view).filter(({ up }) => !up);
  if (quorum === undefined) {
    const names = down.map(({ address }) => address).join(', ');
    const why = down.length === 0 ? '' : `; ${names} ${down.length === 1 ? 'is' : 'are'} down`;
    return `no majority of the servers is up and connected${why}`;
  }
  const up = liveServers(view).map(({ address }) => address);
  const cutOff = view.all.find(
    (process) =>
      process.up &&
      isClient(process.address) &&
      !process.in('idle') &&
      !up.every((server) => reaches(view, process.address, server)),
  );
  if (cutOff !== undefined) return `${cutOff.address} does not reach every server`;
  const disturber = up.find(
    (server) =>
      !quorum.includes(server) && quorum.some((member) => view.isConnected(server, member)),
  );
  return disturber === undefined
    ? undefined
    : `${disturber} does not hear everybody and forces out leaders by ever higher terms`;
}
