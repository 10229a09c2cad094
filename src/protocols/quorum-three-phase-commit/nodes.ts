/** The nodes of quorum three-phase commit and of E3PC: a coordinator, and participants with weights. */
import { constant } from '../../model/distribution.ts';
import { integer, oneOf } from '../../model/parameters.ts';
import { type Delay, defineProcess, replicate } from '../../model/process.ts';
import {
  participantNames,
  silent,
  voteChoices,
  votingParameters,
} from '../atomic-commitment/votes.ts';
import { coordinator, type Found } from './coordinator.ts';
import type { CoordinatorRecord, ParticipantRecord } from './messages.ts';
import type { participant } from './participant.ts';
import type { Doubt, ParticipantInput, Recovered } from './participant-rules.ts';
import { firstEpoch, leaderOf, type Quorums, roundOf, type Sites } from './quorums.ts';

/** The parameters that both have. */
export const parameters = {
  ...votingParameters,
  weights: {
    kind: 'parameter',
    default: '' as string,
    description: 'of the participants, such as 2,1,1; empty: 1 each; the coordinator has none',
  },
  elections: integer(10_000, {
    min: 0,
    max: 1_000_000,
    description: 'epochs after the first, which are p1’s, p2’s, ... in turn',
  }),
  timeouts: oneOf(
    ['growing', 'fixed'],
    'after which sites stand for election: growing, doubled when all have had a turn; or fixed',
  ),
} as const;

/** What a participant finds on its disk. */
function found(records: readonly ParticipantRecord[]): Recovered {
  const last = records.at(-1);
  if (last?.record === 'commit' || last?.record === 'abort') return { found: last.record };
  if (!records.some(({ record }) => record === 'prepared')) return { found: 'nothing' };
  let doubt: Doubt = { standing: 'waiting', attempt: 0, epoch: firstEpoch };
  for (const one of records) {
    if (one.record === 'elected') doubt = { ...doubt, epoch: one.epoch };
    if (one.record === 'pre-commit')
      doubt = { standing: 'pre-committed', attempt: one.epoch, epoch: one.epoch };
    if (one.record === 'pre-abort')
      doubt = { standing: 'pre-aborted', attempt: one.epoch, epoch: one.epoch };
  }
  return { found: 'doubt', ...doubt };
}

const lastOf = (records: readonly CoordinatorRecord[]): Found =>
  records.at(-1)?.record ?? 'nothing';

/**
 * How long the participant of that index waits until it stands for election. In the order of the participants, so
 * that not all stand at once, and twice as long whenever it has been everybody's turn: else those whose disks or
 * links take longer than it are given up before they can decide, again and again. What bounds delays nobody knows,
 * but in the end the time-outs exceed it (Dwork, Lynch and Stockmeyer 1988; Chandra and Toueg 1996).
 */
function suspicionOf(sites: Sites, index: number, timeouts: string): Delay<typeof participant> {
  const atFirst = 200 + 100 * index;
  if (timeouts === 'fixed') return constant(atFirst);
  return ({ context: { epoch } }) =>
    constant(atFirst * 2 ** Math.min(roundOf(sites, epoch), mostDoublings));
}

/** A thousand times as long is minutes; a number of milliseconds without a bound would overflow. */
const mostDoublings = 10;

/** The nodes, with the participants' machine of the one or of the other. */
export function nodesOf(
  {
    participants,
    votes,
    elections,
    timeouts,
  }: {
    readonly participants: number;
    readonly votes: string;
    readonly elections: number;
    readonly timeouts: string;
  },
  quorums: Quorums,
  machine: typeof participant,
) {
  const sites: Sites = {
    coordinator: 'coordinator',
    participants: participantNames(participants),
  };
  return {
    coordinator: defineProcess({
      machine: coordinator,
      input: { ...sites, ...quorums },
      suspects: {
        voteTimeout: ({ context }) => silent(context),
      },
      delays: { voteTimeout: constant(100), resend: constant(50) },
      operations: [{ type: 'BEGIN' }],
      recover: (records) => ({ ...sites, ...quorums, recovered: lastOf(records) }),
    }),
    ...replicate('p', participants, (id, index) => {
      const own: ParticipantInput = { ...sites, ...quorums, self: id, elections };
      return defineProcess({
        machine,
        input: own,
        delays: {
          patience: constant(200),
          suspicion: suspicionOf(sites, index, timeouts),
          answerTimeout: constant(200),
          retry: constant(100),
          resend: constant(50),
        },
        suspects: {
          patience: ['coordinator'],
          suspicion: ({ context }) => [leaderOf(context, context.epoch)],
          answerTimeout: ({ context }) =>
            context.participants.filter((one) => context.reports[one] === undefined),
        },
        choices: voteChoices({ participants, votes }, index),
        recover: (records) => ({ ...own, recovered: found(records) }),
      });
    }),
  };
}
