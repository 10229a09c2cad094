/** What Multi-Paxos promises beside the properties of all replicated logs, and when its runs may end waiting. */
import { type Address, nodeOfAddress } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import type { LiveProcess, ProcessView } from '../../model/view.ts';
import { reaches } from '../consensus/properties.ts';
import type { ServerRecord } from './messages.ts';
import { chosenIn, type MultiPaxosView, quorumsOf } from './observer.ts';
import type { ServerContext } from './server.ts';

const servers = ({ all }: MultiPaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /^s\d+$/.test(address));
const clients = ({ all }: MultiPaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /^c\d+$/.test(address));
const isUp = (process: ProcessView): process is LiveProcess => process.up;
const applied = ({ context }: LiveProcess): number => (context as ServerContext).log.length;
const someVoted = ({ observed }: MultiPaxosView): boolean => observed.votes.length > 0;

/** Agreement of every slot, judged by who sees every forced vote: it breaks before anybody applies. */
export const oneChosen = invariant<MultiPaxosView>(
  'one command chosen per slot',
  (view) => [...chosenIn(view).values()].every((commands) => commands.size <= 1),
  {
    description:
      'At most one command is ever voted for by a phase 2 quorum in one ballot of a slot.',
    premise: someVoted,
  },
);

/** Nothing is applied that is not chosen. */
export const appliedIsChosen = invariant<MultiPaxosView>(
  'applied is chosen',
  (view) => {
    const chosen = chosenIn(view);
    return Object.values(view.observed.applied).every((log) =>
      log.every((command, position) => chosen.get(position + 1)?.has(command) === true),
    );
  },
  {
    description: 'A server applies only what is chosen in its slot.',
    premise: ({ observed }) => Object.keys(observed.applied).length > 0,
  },
);

export const oneCommandPerBallot = invariant<MultiPaxosView>(
  'one command per slot and ballot',
  ({ observed: { votes } }) =>
    votes.every(
      ({ slot, ballot }, index) =>
        votes[index + 1]?.slot !== slot || votes[index + 1]?.ballot !== ballot,
    ),
  { description: 'Two votes in one slot and ballot are for the same command.', premise: someVoted },
);

/** P1a: a server votes in a ballot only if it has not promised a higher one. */
export const promisesKept = invariant<MultiPaxosView>(
  'promises are kept',
  (view) =>
    servers(view).every(({ address }) => {
      let promised = 0;
      for (const { ballot } of view.records(address).durable as readonly ServerRecord[]) {
        if (ballot < promised) return false;
        promised = ballot;
      }
      return true;
    }),
  { description: 'The ballots on a server’s disk never fall (P1a).', premise: someVoted },
);

const asks = (process: ProcessView): process is LiveProcess => process.in('asking');
const someExhausted = (view: MultiPaxosView): boolean =>
  servers(view).some((one) => one.in('serving.exhausted'));

/** No client waits, and all servers that are up have applied as much as any of them. */
export function settled(view: MultiPaxosView): boolean {
  const lengths = servers(view).filter(isUp).map(applied);
  return !clients(view).some(asks) && lengths.every((length) => length === lengths[0]);
}

/** Whatever has happened, when failures are repaired every client is answered and every laggard catches up. */
export const termination = alwaysPossible<MultiPaxosView>(
  'termination',
  (view) => someExhausted(view) || settled(view),
  {
    description:
      'Whatever has happened, when failures are repaired every client can be answered and every server catch up, if ballots last.',
  },
);

/** Whether the server and those it reaches are a quorum of each phase. */
function hasQuorum(view: MultiPaxosView, server: Address): boolean {
  const { phase1, phase2 } = quorumsOf(view.parameters);
  const reached = servers(view).filter(({ address }) => reaches(view, server, address));
  return reached.length >= Math.max(phase1, phase2);
}

/** Why clients and laggards may rightly wait, or undefined when somebody should go on. */
export function blocked(view: MultiPaxosView): string | undefined {
  const able = servers(view).filter(
    (one) => isUp(one) && hasQuorum(view, one.address) && !someExhausted(view),
  );
  const most = Math.max(0, ...servers(view).filter(isUp).map(applied));
  const waiting = [
    ...clients(view).filter(asks),
    ...servers(view).filter((one) => isUp(one) && applied(one) < most),
  ];
  // Whoever hears a leader does not stand, though that leader may hear nobody: it can be helped by none but leaders.
  const leading = servers(view).filter((one) => one.in('serving.leading'));
  const mayStand = (one: ProcessView): boolean =>
    able.includes(one as LiveProcess) &&
    !leading.some(({ address }) => view.isConnected(address, one.address));
  const leaders = able.filter((one) => leading.includes(one));
  const helpful = leaders.length > 0 ? leaders : able.filter(mayStand);
  const goesOn = waiting.some(
    (one) => mayStand(one) || helpful.some(({ address }) => reaches(view, one.address, address)),
  );
  if (waiting.length === 0 || goesOn) return undefined;
  const who = waiting.map(({ address }) => nodeOfAddress(address)).join(', ');
  const verb = waiting.length === 1 ? 'reaches' : 'reach';
  return waiting.some((one) => able.some(({ address }) => reaches(view, one.address, address)))
    ? `${who} ${verb} no leader that reaches a quorum`
    : `${who} ${verb} no server that reaches a quorum`;
}
