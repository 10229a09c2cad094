/** Who takes part, what each may vote, and how votes are counted. */
import type { Address } from '../../model/effects.ts';
import { integer, oneOf } from '../../model/parameters.ts';

/** The parameters of every protocol of this kind. */
export const votingParameters = {
  participants: integer(3, { min: 1, max: 50, description: 'participants, named p1, p2, ...' }),
  votes: oneOf(
    ['any', 'yes', 'one-no'],
    'any: each may vote no; yes: all vote yes; one-no: the last votes no',
  ),
} as const;

export function participantNames(participants: number): readonly string[] {
  return Array.from({ length: participants }, (_, index) => `p${index + 1}`);
}

/** What the participant of that index, counted from 1, may answer when it is asked whether it can commit. */
export function voteChoices(
  { participants, votes }: { readonly participants: number; readonly votes: string },
  index: number,
) {
  const mayVoteNo = votes === 'any' || (votes === 'one-no' && index === participants);
  const mayVoteYes = votes !== 'one-no' || index < participants;
  return [
    { event: { type: 'CAN_COMMIT' }, weight: mayVoteYes ? 9 : 0 },
    { event: { type: 'CANNOT_COMMIT' }, weight: mayVoteNo ? 1 : 0 },
  ] as const;
}

/** What a coordinator has been told so far. */
export interface VoteCount {
  readonly participants: readonly Address[];
  readonly yes: readonly Address[];
  readonly no: readonly Address[];
}

/** Whose vote is missing. */
export const silent = ({ participants, yes, no }: VoteCount): readonly Address[] =>
  participants.filter((one) => !yes.includes(one) && !no.includes(one));

/** In the order of the participants, so that equal sets are equal lists. */
export const including = (
  members: readonly Address[],
  member: Address,
  order: readonly Address[],
): readonly Address[] => order.filter((one) => one === member || members.includes(one));

/** Who has sent what has happened; nobody, where it is no message. */
export function senderOf(event: { readonly type: string; readonly from?: Address }): Address {
  return event.from ?? '';
}
