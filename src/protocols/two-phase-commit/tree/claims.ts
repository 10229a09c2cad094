/** What tree two-phase commit claims: what the star does, and that an inner site blocks those below it too. */
import type { AnySystem } from '../../../model/system.ts';
import type { Claim, CommitProtocol } from '../../atomic-commitment/contract.ts';
import { treeCommit } from './system.ts';

const crashes = (count: number) => ({ crashes: count, loss: false, duplication: false });

const claims = (cooperative: boolean): readonly Claim[] => [
  {
    says: 'live and non-trivial without faults, if time-outs are true',
    parameters: { participants: 3 },
    timing: 'synchronous',
    scope: crashes(0),
    violated: [],
  },
  {
    says: 'safe under one crash, but who is in doubt waits for those above it',
    // Who asks everybody has more answers to wait for: so that there nobody votes no.
    parameters: { participants: 2, fanOut: 1, ...(cooperative ? { votes: 'yes' } : {}) },
    scope: crashes(1),
    violated: ['non-blocking'],
  },
  {
    says: 'safe under losses and copies, with one crash',
    parameters: { participants: 1 },
    scope: { crashes: 1, loss: true, duplication: true },
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
    says: 'broken by a lost disk',
    parameters: { participants: 1 },
    scope: { ...crashes(1), diskLosses: 1 },
    violated: ['AC1 agreement', 'AC2 finality', 'AC5 termination', 'durability', 'non-blocking'],
  },
];

const protocol = (cooperative: boolean): CommitProtocol => ({
  system: treeCommit as AnySystem,
  title: cooperative ? 'Tree two-phase commit, cooperative' : 'Tree two-phase commit',
  parameters: { cooperative },
  claims: claims(cooperative),
  underFaults: {
    participantCrashBeforeVote: { outcomes: ['abort'] },
    coordinatorCrashBeforeDecisionMessage: { outcomes: ['blocks'] },
    coordinatorCrashAfterOneInformed: { outcomes: [cooperative ? 'ok' : 'blocks'] },
    coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['blocks'] },
    partitionDuringPreCommit: { outcomes: ['blocks'], scenarios: ['partition-unhealed'] },
    falseSuspicion: { outcomes: ['ok'] },
    stableStorageLoss: { outcomes: ['violates'] },
    messageLossDuplicationReorder: { outcomes: ['ok'] },
  },
  beyond: ['storage-loss'],
  mayWait: /in doubt and .* is (down|cut off)$|^a node is paused or/,
});

export const treeCommitProtocols: readonly CommitProtocol[] = [protocol(false), protocol(true)];
