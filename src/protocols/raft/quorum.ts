/** Who can work together: majorities of servers that are up and reach each other both ways. */
import type { Address } from '../../model/effects.ts';
import type { RaftView } from './observing.ts';

/** Whether messages pass between two nodes both ways. */
export function reaches(view: RaftView, a: Address, b: Address): boolean {
  return a === b || (view.isConnected(a, b) && view.isConnected(b, a));
}

/** A majority of servers that are up and all reach each other, if there is one. */
export function quorumOf(view: RaftView): readonly Address[] | undefined {
  const servers = view.all.filter(({ address }) => isServer(address)).length;
  return quorumAmong(view, ({ length }) => 2 * length > servers);
}

/** Servers that are up and all reach each other, enough of them, if there are such. */
export function quorumAmong(
  view: RaftView,
  isEnough: (servers: readonly Address[]) => boolean,
): readonly Address[] | undefined {
  const servers = view.all.filter(({ address, up }) => up && isServer(address));
  return clique(
    view,
    [],
    servers.map(({ address }) => address),
    isEnough,
  );
}

/** A circle that is enough, holds the chosen and only others of the rest, and is as large as can be. */
function clique(
  view: RaftView,
  chosen: readonly Address[],
  rest: readonly Address[],
  isEnough: (servers: readonly Address[]) => boolean,
): readonly Address[] | undefined {
  if (!isEnough([...chosen, ...rest])) return undefined;
  const [next, ...others] = rest;
  if (next === undefined) return chosen;
  const friends = others.filter((other) => reaches(view, next, other));
  return (
    clique(view, [...chosen, next], friends, isEnough) ??
    (friends.length === others.length ? undefined : clique(view, chosen, others, isEnough))
  );
}

export const isServer = (address: Address): boolean => /^s\d+$/.test(address);
/** A client or an administrator. */
export const isAsker = (address: Address): boolean => /^[ac]\d+$/.test(address);
export const isClient = (address: Address): boolean => /^c\d+$/.test(address);
