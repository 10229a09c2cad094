/**
 * Who leads after a failure, and who may speak after a total one (Skeen 1981, 1983; Bernstein, Hadzilacos and
 * Goodman 1987, section 7.5). Pure functions over what sites know.
 */
import type { Address } from '../../model/effects.ts';
import type { Standing } from './messages.ts';

/** Who takes part: the order of the participants is the order of the elections. */
export interface Sites {
  readonly coordinator: Address;
  readonly participants: readonly Address[];
}

/** Epoch 0 is the first coordinator's, then it is the participants' turn, one after the other. */
export function leaderOf({ coordinator, participants }: Sites, epoch: number): Address {
  if (epoch === 0) return coordinator;
  return participants[(epoch - 1) % participants.length] as Address;
}

/**
 * The standing of a site that has noticed a failure. When it was the coordinator's, the next epoch is that of
 * the next participant believed operational; there is one, since a site believes in itself.
 */
export function without(sites: Sites, { epoch, up }: Standing, failed: Address): Standing {
  const left = up.filter((site) => site !== failed);
  if (failed !== leaderOf(sites, epoch)) return { epoch, up: left };
  let next = epoch + 1;
  while (!left.includes(leaderOf(sites, next))) next += 1;
  return { epoch: next, up: left };
}

/** The standing of a site that obeys a coordinator of a later epoch, or of its own: both have noticed. */
export function joined(own: Standing, called: Standing): Standing {
  return { epoch: called.epoch, up: own.up.filter((site) => called.up.includes(site)) };
}

/** What the disks of the sites that are back say. */
export type Returned = Readonly<Record<Address, Standing>>;

/**
 * After a total failure: the site that may decide from its own disk, once the sites that are back include all
 * that may have been the last to fail (Skeen 1983), which no site that was up saw fail; until then undefined.
 * It is the site of the highest epoch, its coordinator before others: whatever was decided while anybody was
 * up is what its state says, and every later group of returning sites finds the same one.
 */
export function seniorOf(sites: Sites, returned: Returned): Address | undefined {
  const all = [sites.coordinator, ...sites.participants];
  const back = all.filter((site) => returned[site] !== undefined);
  const standing = (site: Address): Standing => returned[site] as Standing;
  const maybeLast = all.filter((site) => back.every((one) => standing(one).up.includes(site)));
  if (!maybeLast.every((site) => back.includes(site))) return undefined;
  const highest = Math.max(...back.map((site) => standing(site).epoch));
  const latest = back.filter((site) => standing(site).epoch === highest);
  const leader = leaderOf(sites, highest);
  return latest.includes(leader) ? leader : latest[0];
}
