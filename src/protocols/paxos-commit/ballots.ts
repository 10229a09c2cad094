/**
 * The rules of consensus that leaders and participants share (Lamport 1998; Gray and Lamport 2006): whose a
 * ballot is, what is chosen, and what may be proposed. Pure functions over what acceptors have said.
 */
import type { Address } from '../../model/effects.ts';
import type { Value, Values, Voted } from './messages.ts';

/** Who takes part. Leaders and acceptors are in their order: ballot 0 is learnt by the first leader. */
export interface Sites {
  readonly participants: readonly Address[];
  readonly acceptors: readonly Address[];
  readonly leaders: readonly Address[];
}

/** A majority of 2F + 1 acceptors: any two have one in common. */
export function quorumOf(acceptors: number): number {
  return Math.floor(acceptors / 2) + 1;
}

/** The lowest ballot of the leader at `index` above all that it has used or seen. */
export function nextBallot(index: number, leaders: number, above: number): number {
  const first = index + 1;
  return above < first ? first : first + leaders * (Math.floor((above - first) / leaders) + 1);
}

/** Whose ballot that is, as an index; ballot 0 is the participants' own. */
export function ownerOf(ballot: number, leaders: number): number {
  return (ballot - 1) % leaders;
}

/** Whether a quorum has accepted the value for the instance, all in one ballot. */
export function isChosen(
  accepted: Readonly<Record<Address, Values>>,
  quorum: number,
  instance: Address,
  value: Value,
): boolean {
  let votes = 0;
  for (const acceptor in accepted) if (accepted[acceptor]?.[instance] === value) votes += 1;
  return votes >= quorum;
}

/** The value of the highest ballot that the promises report for the instance, if there is one. */
export function reported(
  promises: Readonly<Record<Address, Voted>>,
  instance: Address,
): Value | undefined {
  let highest: Voted | undefined;
  for (const acceptor in promises) {
    const one = promises[acceptor] as Voted;
    if (one.values[instance] === undefined) continue;
    if (highest === undefined || one.maxVBal > highest.maxVBal) highest = one;
  }
  return highest?.values[instance];
}
