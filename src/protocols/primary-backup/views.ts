/** The rules by which one view follows another, as functions of what the view server has heard. */
import type { Address } from '../../model/effects.ts';
import { isSameMember, type Member, type View } from './messages.ts';

/** What the view server knows of a server: its latest life, and how many checks it lives on without a ping. */
export interface Heard {
  readonly life: number;
  readonly checksLeft: number;
}

export type Servers = Readonly<Record<Address, Heard>>;

export const noView: View = { number: 0, primary: null, backup: null };

/** Time has passed for all of them. Who is dead is remembered, since a ping of a former life may still come. */
export function checked(servers: Servers): Servers {
  return Object.fromEntries(
    Object.entries(servers).map(([server, { life, checksLeft }]) => [
      server,
      { life, checksLeft: Math.max(checksLeft - 1, 0) },
    ]),
  );
}

/** A server that has come back under a new life is as dead as one that is silent. */
export function isAlive(servers: Servers, member: Member | null): boolean {
  if (member === null) return false;
  const heard = servers[member.server];
  return heard?.life === member.life && heard.checksLeft > 0;
}

/**
 * The view that should follow, or undefined while nothing is to be changed or nobody could be primary. Only who
 * was primary or backup becomes primary, since nobody else has the state; the first primary begins with none.
 */
export function nextView(view: View, servers: Servers): View | undefined {
  const [anyone = null] = idle(view, servers);
  if (view.number === 0)
    return anyone === null ? undefined : { number: 1, primary: anyone, backup: null };
  const [primary = null, backup = anyone] = [view.primary, view.backup].filter((one) =>
    isAlive(servers, one),
  );
  if (primary === null) return undefined;
  if (primary === view.primary && isSameMember(backup, view.backup)) return undefined;
  return { number: view.number + 1, primary, backup };
}

/** Who is alive and neither primary nor backup, by name. */
function idle({ primary, backup }: View, servers: Servers): readonly Member[] {
  return Object.keys(servers)
    .sort()
    .map((server) => ({ server, life: servers[server]?.life ?? 0 }))
    .filter((one) => isAlive(servers, one))
    .filter((one) => ![primary, backup].some((member) => isSameMember(member, one)));
}
