/** Paxos Commit as a system: participants, acceptors, leaders, a lossy network, and its scenarios. */
import { constant } from '../../model/distribution.ts';
import { nodeOfAddress } from '../../model/effects.ts';
import { integer, oneOf } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  finality,
  nonTriviality,
  observer,
} from '../atomic-commitment/properties.ts';
import { voteChoices, votingParameters } from '../atomic-commitment/votes.ts';
import { type AcceptorInput, acceptor } from './acceptor.ts';
import { type LeaderInput, leader } from './leader.ts';
import { type ParticipantInput, participant } from './participant.ts';
import { hosted, placements, sitesOf } from './placement.ts';
import {
  blocked,
  durability,
  nonBlocking,
  oneValueABallot,
  progress,
  settled,
  termination,
} from './properties.ts';
import { fasterScenarios, scenarios } from './scenarios.ts';

/** Gray and Lamport's Paxos Commit with recovery of all roles and leaders that take over. */
export const paxosCommit = defineSystem({
  name: 'paxos-commit',
  description:
    'Paxos Commit: one consensus a participant, 2F + 1 acceptors, leaders that take over.',
  parameters: {
    ...votingParameters,
    acceptorFailures: integer(1, {
      min: 0,
      max: 10,
      description: 'F, the acceptors that may fail, of 2F + 1; with 0 it is two-phase commit',
    }),
    leaders: integer(2, {
      min: 1,
      max: 10,
      description: 'leader1 learns ballot 0; any may take over with a higher ballot',
    }),
    ballots: integer(1000, {
      min: 0,
      max: 100_000,
      description: 'the highest ballot; those of leader i are i, i + leaders, ...',
    }),
    placement: oneOf(
      placements,
      'which share a node: none, leaders and acceptors, or both and participants',
    ),
    bundled: {
      kind: 'parameter',
      default: true,
      description: 'an acceptor votes for all instances in one record and one message',
    },
    learners: oneOf(
      ['leader', 'participants'],
      'who is sent the votes of ballot 0: leader1, or all participants (the faster variant)',
    ),
  },
  nodes: ({ participants, votes, acceptorFailures, leaders, ballots, ...chosen }) => {
    const { placement, bundled, learners } = chosen;
    const counts = { participants, acceptors: 2 * acceptorFailures + 1, leaders };
    const sites = sitesOf(placement, counts);
    const [initiator = '', firstLeader = ''] = [sites.participants[0], sites.leaders[0]];
    const byVote = placement === 'leader-is-acceptor';
    return hosted(placement, counts, {
      participant: (index) => {
        const own: ParticipantInput = {
          ...sites,
          self: sites.participants[index] ?? '',
          beginsByVote: byVote,
        };
        return defineProcess({
          machine: participant,
          input: own,
          delays: { patience: constant(200), doubt: constant(150) },
          suspects: { patience: [initiator, firstLeader].map(nodeOfAddress) },
          choices: voteChoices({ participants, votes }, index + 1),
          operations: index === 0 ? [{ type: 'BEGIN' }] : [],
          recover: (records) => ({ ...own, recovered: records.at(-1)?.record ?? 'nothing' }),
        });
      },
      acceptor: (index) => {
        const own: AcceptorInput = {
          participants: sites.participants,
          learners: learners === 'leader' ? [firstLeader] : sites.participants,
          bundled,
          beginsAt: byVote && index === 0 ? [firstLeader] : [],
        };
        return defineProcess({
          machine: acceptor,
          input: own,
          recover: (records) => {
            const last = records.at(-1);
            return last === undefined ? own : { ...own, recovered: last };
          },
        });
      },
      leader: (index) => {
        const own: LeaderInput = { ...sites, index, learns: learners === 'leader', ballots };
        return defineProcess({
          machine: leader,
          input: own,
          delays: { voteTimeout: constant(100), resend: constant(50) },
          recover: (records) => ({ ...own, recovered: records.at(-1)?.ballot ?? 0 }),
        });
      },
    });
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1 },
  observe: observer,
  properties: [
    agreement,
    finality,
    commitValidity,
    nonTriviality,
    oneValueABallot,
    durability,
    nonBlocking,
    progress,
    termination,
  ],
  settled,
  blocked,
  primaries: ({ all }) =>
    all.filter(({ address }) => /^leader1$|1\/leader$/.test(address)).map(({ node }) => node),
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});

/** Acceptors send 2b of ballot 0 to the participants, which learn the decision a delay earlier. */
export const fasterPaxosCommit = variant(paxosCommit, 'faster', {
  description: 'Faster Paxos Commit: acceptors tell the participants, a delay earlier.',
  parameters: { learners: 'participants' },
  scenarios: fasterScenarios,
});
