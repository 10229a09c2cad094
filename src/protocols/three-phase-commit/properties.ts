/**
 * What three-phase commit promises beside the properties of all atomic commitment, and when its runs may end
 * waiting: only after a total failure.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible } from '../../model/property.ts';
import {
  type CommitView,
  hasDecided,
  participants,
  reaches,
  repairs,
  waits,
} from '../atomic-commitment/properties.ts';

/**
 * Skeen's theorem: every operational participant decides without waiting for anybody's return. One that has
 * failed waits for those who went on; when all have failed, for the last of them.
 */
export const nonBlocking = alwaysPossible<CommitView>(
  'non-blocking',
  (view) =>
    view.all.every((process) => !process.up || process.in('recovering')) ||
    participants(view).every((process) => !process.up || hasDecided(process)),
  {
    description:
      'Short of total failure, whoever is up can always decide, though nothing is repaired.',
    without: repairs,
  },
);

/** Why sites may rightly wait: they have failed, and so has everybody who may know more. */
export function blocked(view: CommitView): string | undefined {
  const waiting: Address[] = [];
  for (const process of view.all) {
    if (!waits(process)) continue;
    if (!process.in('recovering')) return undefined;
    const informed = view.all.some(
      (other) => reaches(view, process.address, other.address) && hasDecided(other),
    );
    if (informed) return undefined;
    waiting.push(process.address);
  }
  if (waiting.length === 0) return undefined;
  const missing = view.all.filter(
    ({ address, up }) => !up || waiting.some((one) => !reaches(view, one, address)),
  );
  if (missing.length === 0) return undefined;
  const are = waiting.length === 1 ? 'is' : 'are';
  const names = missing.map(({ address }) => address).join(', ');
  return `${waiting.join(', ')} ${are} back in doubt and ${names} may have failed last`;
}
