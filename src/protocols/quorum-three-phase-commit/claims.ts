/** What quorum three-phase commit and E3PC claim: safe under all but a lost disk, and blocked without a quorum. */
import type { AnySystem } from '../../model/system.ts';
import type { Claim, CommitProtocol, FaultCell } from '../atomic-commitment/contract.ts';
import { enhancedThreePhaseCommit } from './enhanced.ts';
import { quorumThreePhaseCommit } from './system.ts';

const reliable = { loss: false, duplication: false };
const yes = (participants: number, elections: number) => ({
  participants,
  elections,
  votes: 'yes',
});

const claims: readonly Claim[] = [
  {
    says: 'safe and non-blocking while time-outs are true, one crash of four nodes',
    parameters: { participants: 3, votes: 'yes' },
    timing: 'synchronous',
    scope: { crashes: 1, ...reliable },
    violated: [],
  },
  {
    says: 'safe where time-outs lie and messages are lost and copied, with an election',
    parameters: yes(2, 1),
    scope: { crashes: 0 },
    violated: [],
  },
  {
    says: 'safe with crashes, restarts and elections of a single participant, losses and copies',
    parameters: { participants: 1, elections: 2 },
    scope: { crashes: 2 },
    violated: [],
  },
  {
    says: 'safe under a partition, in which a minority waits',
    parameters: { participants: 2, votes: 'yes' },
    timing: 'synchronous',
    scope: { crashes: 0, partitions: 1, ...reliable },
    violated: ['non-blocking'],
  },
  {
    says: 'safe under a crash of three nodes, after which who is left may be too few',
    parameters: { participants: 2, votes: 'yes' },
    timing: 'synchronous',
    scope: { crashes: 1, ...reliable },
    violated: ['non-blocking'],
  },
  {
    says: 'broken by a lost disk',
    parameters: yes(1, 1),
    scope: { crashes: 1, diskLosses: 1 },
    violated: ['AC1 agreement', 'AC2 finality', 'durability'],
  },
];

const underFaults = {
  participantCrashBeforeVote: { outcomes: ['abort'] },
  coordinatorCrashBeforeDecisionMessage: {
    outcomes: ['ok'],
    mayAbort: true,
    scenarios: ['coordinator-crash', 'coordinator-crash-pre-committed', 'one-pre-committed'],
  },
  coordinatorCrashAfterOneInformed: { outcomes: ['ok'] },
  coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['ok'] },
  partitionDuringPreCommit: {
    outcomes: ['blocks'],
    scenarios: ['partition-unhealed', 'partition-minimal', 'partition-in-halves'],
  },
  falseSuspicion: { outcomes: ['ok'], mayAbort: true },
  cascadingFailuresThenQuorumReconnects: { outcomes: ['blocks'] },
  stableStorageLoss: { outcomes: ['violates'] },
  messageLossDuplicationReorder: { outcomes: ['ok'], mayAbort: true },
} as const satisfies Record<string, FaultCell>;

const both = {
  claims,
  beyond: ['duel', 'storage-loss'],
  mayWait: /in doubt, and neither a commit nor an abort quorum is in reach$|^a node is paused or/,
} as const;

export const quorumThreePhaseCommitProtocols: readonly CommitProtocol[] = [
  {
    ...both,
    system: quorumThreePhaseCommit as AnySystem,
    title: 'Quorum three-phase commit',
    underFaults,
  },
  {
    ...both,
    system: enhancedThreePhaseCommit as AnySystem,
    title: 'E3PC',
    underFaults: {
      ...underFaults,
      cascadingFailuresThenQuorumReconnects: { outcomes: ['ok'], mayAbort: true },
    },
  },
];
