/** Who can work together: majorities of servers that are up and reach each other both ways. */
import type { Address } from '../../model/effects.ts';
import type { RaftView } from './observing.ts';

/** Whether messages pass between two nodes both ways. */
export function reaches(view: RaftView, a: Address, b: Address): boolean {
  return a === b || (view.isConnected(a, b) && view.isConnected(b, a));
}

/** A majority of servers that are up and all reach each other, if there is one. */
export function quorumOf(view: RaftView): readonly Address[] | undefined {
  const servers = view.all.filter(({ address }) => isServer(address));
  const up = servers.filter((process) => process.up).map(({ address }) => address);
  return clique(view, [], up, Math.floor(servers.length / 2) + 1);
}

/** A circle of at least that size that holds the chosen and only others of the rest. */
function clique(
  view: RaftView,
  chosen: readonly Address[],
  rest: readonly Address[],
  size: number,
): readonly Address[] | undefined {
  if (chosen.length + rest.length < size) return undefined;
  const [next, ...others] = rest;
  if (next === undefined) return chosen;
  const friends = others.filter((other) => reaches(view, next, other));
  return (
    clique(view, [...chosen, next], friends, size) ??
    (friends.length === others.length ? undefined : clique(view, chosen, others, size))
  );
}

export const isServer = (address: Address): boolean => /^s\d+$/.test(address);
export const isClient = (address: Address): boolean => /^c\d+$/.test(address);
