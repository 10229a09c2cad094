/**
 * What primary-backup replication promises: clients see one store, whoever is primary; there is one primary at a time;
 * and what was answered stays, as long as somebody is left who has it. And when it may rightly stand still.
 */
import {
  type AlwaysPossible,
  alwaysPossible,
  type Invariant,
  invariant,
} from '../../model/property.ts';
import type { View as StateView } from '../../model/view.ts';
import type { Member } from './messages.ts';
import type { Observed } from './observer.ts';
import type { ServerContext } from './server.ts';
import type { ViewServerContext } from './view-server.ts';
import { isAlive } from './views.ts';

/** The view of a state, as far as these properties look. */
export type PrimaryBackupView = Pick<
  StateView<Record<never, never>, Observed>,
  'observed' | 'all' | 'isConnected'
>;

export const onePrimary: Invariant<PrimaryBackupView> = invariant(
  'one primary per view',
  ({ observed }) => observed.divided === null,
  { description: 'In each view at most one server, in one of its lives, acts as primary.' },
);

export const succession: Invariant<PrimaryBackupView> = invariant(
  'succession',
  ({ observed }) => observed.usurped === null,
  {
    description:
      'The primary of a view was primary or backup of the view before, and that one had begun.',
  },
);

export const acknowledgedKept: Invariant<PrimaryBackupView> = invariant(
  'acknowledged requests are kept',
  ({ observed }) => observed.lost === null,
  {
    description: 'What a client was answered, every primary of a later view has executed.',
    premise: ({ observed }) => Object.keys(observed.answered).length > 0,
  },
);

/**
 * From every state in which somebody has the state who could go on with it, all clients can be answered. A ping of a
 * server that has died since makes it backup of a view that its primary then cannot begin: such a view is excused
 * below, and the ping that leads into it can be late instead.
 */
export const progress: AlwaysPossible<PrimaryBackupView> = alwaysPossible(
  'progress',
  ({ all }) => all.every((one) => !one.up || !one.in('asking')),
  {
    from: (view) => lossOf(view) === undefined,
    description:
      'As long as the view can begin or be followed by another, clients can be answered.',
  },
);

/** The view server is the first process that the system declares. */
function viewServerOf({ all: [first] }: PrimaryBackupView): ViewServerContext | undefined {
  return first?.up === true ? (first.context as ViewServerContext) : undefined;
}

/** Whether that life of the server is still going on. */
function isThere({ all }: PrimaryBackupView, member: Member | null): boolean {
  const one = all.find(({ address }) => address === member?.server);
  return one?.up === true && (one.context as ServerContext).life === member?.life;
}

/** Why no client will ever be answered again, whatever the network does: undefined while one may be. */
export function lossOf(view: PrimaryBackupView): string | undefined {
  const viewServer = viewServerOf(view);
  if (viewServer === undefined) return 'the view server is down';
  const { acknowledged, servers, views } = viewServer;
  const { number, primary, backup } = viewServer.view;
  if (number === 0)
    return view.all.some((one) => one.in('running')) ? undefined : 'no server is up';
  const told = `view ${number}`;
  if (!acknowledged) {
    if (!isThere(view, primary)) return `${told} is not acknowledged, and its primary is gone`;
    if (backup !== null && !isThere(view, backup))
      return `${told} is not acknowledged, and its backup is gone`;
    return undefined;
  }
  const hasPrimary = isThere(view, primary);
  if (hasPrimary && (backup === null || isThere(view, backup))) return undefined;
  if (!hasPrimary && !isThere(view, backup)) return `nobody is left of ${told}`;
  if (number >= views) return `${told} is the last, and one of it is gone`;
  const ghost = Object.entries(servers)
    .map(([server, { life }]) => ({ server, life }))
    .find((one) => isAlive(servers, one) && !isThere(view, one) && !isOneOf(one, primary, backup));
  return ghost && `${ghost.server} is taken for alive, and is gone`;
}

function isOneOf(one: Member, ...members: readonly (Member | null)[]): boolean {
  return members.some((member) => member?.server === one.server && member.life === one.life);
}

/** Nothing is left to wait for when no client waits. */
export function settled({ all }: PrimaryBackupView): boolean {
  return all.every((one) => !one.up || !one.in('asking'));
}

/** Beside a loss of the state: two who cannot talk to each other, with all that follows from it. */
export function blocked(view: PrimaryBackupView): string | undefined {
  const cut = view.all.find(({ node }) =>
    view.all.some((other) => !view.isConnected(node, other.node)),
  );
  return lossOf(view) ?? (cut && `${cut.address} is cut off from somebody`);
}
