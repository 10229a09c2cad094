/**
 * Who leads in which epoch, what each participant weighs, and how much must agree (Skeen 1982). Pure functions
 * over what sites know.
 */
import type { Address } from '../../model/effects.ts';
import { UserMistake } from '../../model/errors.ts';

/** Who takes part. The coordinator holds no data: it has no weight and is never elected again. */
export interface Sites {
  readonly coordinator: Address;
  readonly participants: readonly Address[];
}

export interface Quorums {
  /** By participant. Their sum is V. */
  readonly weights: Readonly<Record<Address, number>>;
  /** Who commits has the word of pre-committed participants of this weight, V_C. */
  readonly commitQuorum: number;
  /** Who aborts has the word of pre-aborted participants of this weight, V_A. */
  readonly abortQuorum: number;
}

/** The epoch of the first coordinator. Then it is the participants' turn: no epoch belongs to two sites. */
export const firstEpoch = 1;

export function leaderOf({ coordinator, participants }: Sites, epoch: number): Address {
  if (epoch === firstEpoch) return coordinator;
  return participants[(epoch - firstEpoch - 1) % participants.length] as Address;
}

/** The next epoch after that one which belongs to the participant. */
export function nextEpochOf(sites: Sites, participant: Address, epoch: number): number {
  let next = epoch + 1;
  while (leaderOf(sites, next) !== participant) next += 1;
  return next;
}

/** How often, in that epoch, it has been the turn of all participants. */
export function roundOf({ participants }: Sites, epoch: number): number {
  return Math.floor((epoch - firstEpoch) / participants.length);
}

export function weightOf({ weights }: Quorums, participants: readonly Address[]): number {
  return participants.reduce((sum, one) => sum + (weights[one] ?? 0), 0);
}

/** `2,1,1`: a weight for each participant; an empty text: one each. Throws a {@link UserMistake}. */
export function weightsOf(
  participants: readonly Address[],
  text: string,
): Readonly<Record<Address, number>> {
  const numbers = text.trim() === '' ? participants.map(() => 1) : text.split(',').map(Number);
  const areWhole = numbers.every((one) => Number.isInteger(one) && one >= 0);
  if (numbers.length !== participants.length || !areWhole || numbers.every((one) => one === 0))
    throw new UserMistake(
      `parameter weights is "${text}"; it must be ${participants.length} whole numbers of which one is above 0, one a participant, such as "${participants.map(() => 1).join(',')}"`,
    );
  return Object.fromEntries(participants.map((one, index) => [one, numbers[index] as number]));
}

/**
 * Skeen's quorums: any two that decide differently share a participant, V_C + V_A > V. A quorum of 0 is the
 * smallest that goes with the other, and both of 0 are a majority to commit. Throws a {@link UserMistake}.
 */
export function quorumsOf(
  participants: readonly Address[],
  asked: { readonly weights: string; readonly commitQuorum: number; readonly abortQuorum: number },
): Quorums {
  const weights = weightsOf(participants, asked.weights);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const name of ['commitQuorum', 'abortQuorum'] as const)
    if (asked[name] > total)
      throw new UserMistake(
        `parameter ${name} is ${asked[name]}, which the participants never reach: all together weigh ${total}; set it to ${total} or less`,
      );
  const commitQuorum =
    asked.commitQuorum ||
    (asked.abortQuorum === 0 ? majorityOf(total) : total + 1 - asked.abortQuorum);
  const abortQuorum = asked.abortQuorum || total + 1 - commitQuorum;
  if (commitQuorum + abortQuorum <= total)
    throw new UserMistake(
      `parameters commitQuorum ${commitQuorum} and abortQuorum ${abortQuorum} weigh no more than all participants, ${total}, so that one side of a partition could commit and the other abort; their sum must be ${total + 1} or more`,
    );
  return { weights, commitQuorum, abortQuorum };
}

/** E3PC: a majority serves for both. */
export function majoritiesOf(participants: readonly Address[], text: string): Quorums {
  const weights = weightsOf(participants, text);
  const majority = majorityOf(Object.values(weights).reduce((sum, weight) => sum + weight, 0));
  return { weights, commitQuorum: majority, abortQuorum: majority };
}

const majorityOf = (total: number): number => Math.floor(total / 2) + 1;
