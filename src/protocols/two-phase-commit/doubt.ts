/**
 * When sites that learn the decision from one another may rightly wait: in linear and tree two-phase commit,
 * whose sites name in their context whom they ask when in doubt.
 */
import type { Address } from '../../model/effects.ts';
import type { ProcessView } from '../../model/view.ts';
import { type CommitView, hasDecided, reaches } from '../atomic-commitment/properties.ts';

/** Nobody who is up is undecided, unless it was never asked. */
export function allDecided({ all }: CommitView): boolean {
  return all.every((process) => !process.up || process.in('idle') || hasDecided(process));
}

/** Why sites may rightly wait: nobody whom they reach, through others in doubt, may know the decision. */
export function blockedInDoubt(view: CommitView): string | undefined {
  const up = view.all.filter((process) => process.up);
  const inDoubt = up.filter((process) => process.in('prepared'));
  if (inDoubt.length === 0) return undefined;
  if (up.some((one) => !one.in('prepared') && !one.in('idle') && !hasDecided(one)))
    return undefined;
  const missing = new Set<Address>();
  for (const one of inDoubt) if (!gathersMissing(view, one, missing)) return undefined;
  const whom = view.all.filter(({ address }) => missing.has(address));
  const why = whom.map(({ address }) => `${address} is ${view.isUp(address) ? 'cut off' : 'down'}`);
  const are = inDoubt.length === 1 ? 'is' : 'are';
  return `${inDoubt.map(({ address }) => address).join(', ')} ${are} in doubt and ${why.join(', ')}`;
}

/**
 * Follows the inquiries from a site on, through sites that are in doubt themselves. False when they come to one
 * that can answer; else adds those that they do not reach.
 */
function gathersMissing(view: CommitView, from: ProcessView, missing: Set<Address>): boolean {
  const seen = new Set<Address>([from.address]);
  const asking: ProcessView[] = [from];
  for (const asker of asking)
    for (const asked of askedBy(asker)) {
      if (seen.has(asked)) continue;
      if (!reaches(view, asker.address, asked)) {
        missing.add(asked);
        continue;
      }
      seen.add(asked);
      const process = view.all.find(({ address }) => address === asked);
      if (process?.in('prepared') !== true) return false;
      asking.push(process);
    }
  for (const address of seen) missing.delete(address);
  return true;
}

const askedBy = (process: ProcessView): readonly Address[] =>
  process.up ? (process.context as { readonly asks: readonly Address[] }).asks : [];
