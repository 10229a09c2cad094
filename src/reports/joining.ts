/** Joining: acts of one moment that differ only in who acts or in who sent are one act for the reader. */
import { nodeOfAddress } from '../model/effects.ts';
import type { Act, Opening } from './acts.ts';

/**
 * The same message from several senders, where only the last made a difference: one reception. Also the
 * same message lost on the way from several senders, or to several receivers.
 */
export function joinsSenders(acts: Act[], act: Act): boolean {
  const last = acts.at(-1);
  if (last === undefined) return false;
  const { opening } = act;
  if (opening.kind === 'drop') {
    const index = acts.findIndex(({ opening: other }) => isSameLoss(other, opening));
    const other = acts[index]?.opening;
    if (other?.kind !== 'drop') return false;
    const from = [...new Set([...other.from, ...opening.from])];
    const to = [...new Set([...other.to, ...opening.to])];
    acts[index] = { ...act, opening: { ...other, from, to } };
    return true;
  }
  const before = last.opening;
  if (opening.kind !== 'deliver' || before.kind !== 'deliver') return false;
  const silent =
    last.deeds.length === 0 &&
    last.crashAfter === undefined &&
    last.change?.before === last.change?.after;
  const same =
    last.actors.join() === act.actors.join() &&
    !opening.from.some((sender) => before.from.includes(sender)) &&
    before.message === opening.message &&
    before.duplicate === opening.duplicate;
  if (!silent || !same) return false;
  acts[acts.length - 1] = {
    ...act,
    opening: { ...opening, from: [...before.from, ...opening.from] },
  };
  return true;
}

function isSameLoss(a: Opening, b: Extract<Opening, { readonly kind: 'drop' }>): boolean {
  if (a.kind !== 'drop' || a.message !== b.message || a.cause !== b.cause) return false;
  // Several senders and several receivers at once would claim links on which nothing was lost.
  const sameTo = a.to.join() === b.to.join();
  const sameFrom = a.from.join() === b.from.join();
  return sameTo || sameFrom;
}

/** The same act by another process is told once, unless that would reverse that process's own order. */
export function joinsActors(acts: Act[], act: Act): boolean {
  if (act.actors.length === 0 || act.opening.kind === 'drop') return false;
  const key = likeness(act);
  const index = acts.findIndex((other) => likeness(other) === key);
  const other = acts[index];
  if (other === undefined) return false;
  const nodes = act.actors.map(nodeOfAddress);
  const between = acts.slice(index).flatMap(({ actors }) => actors.map(nodeOfAddress));
  if (nodes.some((node) => between.includes(node))) return false;
  acts[index] = { ...other, actors: [...other.actors, ...act.actors] };
  return true;
}

function likeness({ actors: _, ...rest }: Act): string {
  return JSON.stringify(rest);
}
