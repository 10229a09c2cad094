/**
 * What Paxos Commit claims: safe whatever timers do, non-blocking as long as a majority of the acceptors and a
 * leader are up and reached, and broken by nothing but a lost disk.
 */
import type { AnySystem } from '../../model/system.ts';
import type { Claim, CommitProtocol, FaultCell } from '../atomic-commitment/contract.ts';
import { fasterPaxosCommit, paxosCommit } from './system.ts';

/** Sizes that a check can exhaust; a leader has one ballot of its own. */
const sized = (participants: number, acceptorFailures: number, leaders: number) => ({
  participants,
  acceptorFailures,
  leaders,
  ballots: leaders,
  votes: 'yes',
});
const noFaults = { crashes: 0, loss: false, duplication: false };

const claims: readonly Claim[] = [
  {
    says: 'live and non-trivial without faults, if time-outs are true',
    parameters: sized(2, 1, 1),
    timing: 'synchronous',
    scope: noFaults,
    violated: [],
  },
  {
    says: 'safe and non-blocking whatever timers do, one crash, three acceptors',
    parameters: { ...sized(1, 1, 1), placement: 'co-located' },
    scope: { crashes: 1 },
    violated: [],
  },
  {
    says: 'safe and non-blocking whatever timers do, two leaders at once',
    parameters: sized(1, 0, 2),
    scope: { crashes: 0 },
    violated: [],
  },
  {
    says: 'with one acceptor safe under one crash, but whoever is in doubt waits for it',
    parameters: { ...sized(1, 0, 1), votes: 'any' },
    scope: { crashes: 1 },
    violated: ['non-blocking'],
  },
  {
    says: 'a participant waits that is cut off from the majority',
    parameters: { ...sized(1, 1, 1), placement: 'co-located' },
    scope: { crashes: 0, partitions: 1 },
    violated: ['non-blocking', 'progress'],
  },
  {
    says: 'broken by a lost disk',
    parameters: sized(1, 0, 1),
    scope: { crashes: 1, diskLosses: 1 },
    violated: ['AC1 agreement', 'AC2 finality', 'durability', 'non-blocking'],
  },
];

const underFaults = {
  participantCrashBeforeVote: { outcomes: ['abort'] },
  coordinatorCrashBeforeDecisionMessage: { outcomes: ['ok'] },
  coordinatorCrashAfterOneInformed: { outcomes: ['ok'] },
  coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['ok'] },
  partitionDuringPreCommit: { outcomes: ['blocks'] },
  falseSuspicion: { outcomes: ['ok'] },
  cascadingFailuresThenQuorumReconnects: { outcomes: ['ok'] },
  stableStorageLoss: {
    outcomes: ['violates'],
    scenarios: ['storage-loss', 'acceptor-storage-loss'],
  },
  messageLossDuplicationReorder: { outcomes: ['ok'] },
} as const satisfies CommitProtocol['underFaults'] & Record<string, FaultCell>;

const protocol = (system: AnySystem, title: string): CommitProtocol => ({
  system,
  title,
  claims,
  underFaults,
  beyond: ['storage-loss', 'acceptor-storage-loss'],
  mayWait: /^p\d.* in doubt and reach(es)? no leader that reaches a majority|^a node is paused or/,
});

export const paxosCommitProtocols: readonly CommitProtocol[] = [
  protocol(paxosCommit as AnySystem, 'Paxos Commit'),
  protocol(fasterPaxosCommit as AnySystem, 'Faster Paxos Commit'),
];
