/** What linear two-phase commit claims: half the messages, as safe, and blocked by more crashes than the star. */
import type { AnySystem } from '../../../model/system.ts';
import type { Claim, CommitProtocol } from '../../atomic-commitment/contract.ts';
import { linearCommit } from './system.ts';

const crashes = (count: number) => ({ crashes: count, loss: false, duplication: false });

const claims: readonly Claim[] = [
  {
    says: 'live and non-trivial without faults, if time-outs are true',
    parameters: { participants: 3 },
    timing: 'synchronous',
    scope: crashes(0),
    violated: [],
  },
  {
    says: 'safe under one crash, but whoever is in doubt waits for those after it',
    parameters: { participants: 2 },
    scope: crashes(1),
    violated: ['non-blocking'],
  },
  {
    says: 'safe under losses and copies, with one crash',
    parameters: { participants: 2, votes: 'yes' },
    scope: { crashes: 1, loss: true, duplication: true },
    violated: ['non-blocking'],
  },
  {
    says: 'safe in a partition, where those cut off from the end wait',
    parameters: { participants: 2, votes: 'yes' },
    scope: { ...crashes(0), partitions: 1 },
    violated: ['non-blocking'],
  },
  {
    says: 'a crash blocks even where time-outs are true',
    parameters: { participants: 3 },
    timing: 'synchronous',
    scope: crashes(1),
    violated: ['non-blocking'],
  },
  {
    says: 'a single participant never waits: it is the one that decides',
    parameters: { participants: 1 },
    scope: { crashes: 2, loss: true, duplication: true },
    violated: [],
  },
  {
    says: 'broken by a lost disk',
    parameters: { participants: 2, votes: 'yes' },
    scope: { ...crashes(1), diskLosses: 1 },
    violated: ['AC1 agreement', 'AC2 finality', 'durability', 'non-blocking'],
  },
];

const protocol = (cooperative: boolean): CommitProtocol => ({
  system: linearCommit as AnySystem,
  title: cooperative ? 'Linear two-phase commit, cooperative' : 'Linear two-phase commit',
  parameters: { cooperative },
  claims,
  underFaults: {
    // The vote has been passed to the site that dies: its neighbour before it is in doubt, and asks in vain.
    participantCrashBeforeVote: { outcomes: [cooperative ? 'abort' : 'blocks'] },
    coordinatorCrashBeforeDecisionMessage: { outcomes: ['blocks'] },
    // There is but one site to inform, and it informs the next.
    coordinatorCrashAfterOneInformed: { outcomes: ['ok'] },
    coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['blocks'] },
    partitionDuringPreCommit: { outcomes: ['blocks'], scenarios: ['partition-unhealed'] },
    falseSuspicion: { outcomes: ['ok'] },
    stableStorageLoss: { outcomes: ['violates'] },
    messageLossDuplicationReorder: { outcomes: ['ok'] },
  },
  beyond: ['storage-loss'],
  mayWait: /in doubt and .* is (down|cut off)$|^a node is paused or/,
});

export const linearCommitProtocols: readonly CommitProtocol[] = [protocol(false), protocol(true)];
