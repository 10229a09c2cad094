/** What two-phase commit and its presumptions claim: safe under everything but a lost disk, and blocking. */
import type { AnySystem } from '../../model/system.ts';
import type { Claim, CommitProtocol, FaultCell } from '../atomic-commitment/contract.ts';
import { presumedAbort, presumedCommit } from './presumptions.ts';
import { twoPhaseCommit } from './system.ts';

const crashes = (count: number) => ({ crashes: count, loss: false, duplication: false });

const claims: readonly Claim[] = [
  {
    says: 'live and non-trivial without faults, if time-outs are true',
    parameters: { participants: 2 },
    timing: 'synchronous',
    scope: crashes(0),
    violated: [],
  },
  {
    says: 'safe under one crash, but whoever is in doubt waits for the coordinator',
    parameters: { participants: 2 },
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
    parameters: { participants: 2 },
    timing: 'synchronous',
    scope: crashes(1),
    violated: ['non-blocking'],
  },
];

const underFaults = (cooperative: boolean) =>
  ({
    participantCrashBeforeVote: { outcomes: ['abort'] },
    coordinatorCrashBeforeDecisionMessage: { outcomes: ['blocks'] },
    coordinatorCrashAfterOneInformed: { outcomes: [cooperative ? 'ok' : 'blocks'] },
    coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['blocks'] },
    partitionDuringPreCommit: { outcomes: ['blocks'], scenarios: ['partition-unhealed'] },
    falseSuspicion: { outcomes: ['ok'] },
    stableStorageLoss: { outcomes: ['violates'] },
    messageLossDuplicationReorder: { outcomes: ['ok'] },
  }) as const satisfies Record<string, FaultCell>;

const lostDisk = (violated: readonly string[]): Claim => ({
  says: 'broken by a lost disk',
  parameters: { participants: 1 },
  scope: { ...crashes(1), diskLosses: 1 },
  violated,
});

function protocol(
  system: AnySystem,
  title: string,
  cooperative: boolean,
  lost: readonly string[],
): CommitProtocol {
  return {
    system,
    title: cooperative ? `${title}, cooperative` : title,
    parameters: { cooperative },
    claims: [...claims, lostDisk(lost)],
    underFaults: underFaults(cooperative),
    beyond: ['storage-loss'],
    mayWait: /^p\d.* in doubt and the coordinator is|^a node is paused or/,
  };
}

const reversed = ['AC1 agreement', 'AC2 finality', 'non-blocking'];
/** Who has forgotten its promise aborts, and its coordinator waits for an acknowledgement of COMMIT. */
const waited = [...reversed, 'AC5 termination', 'durability'];

export const twoPhaseCommitProtocols: readonly CommitProtocol[] = [false, true].flatMap(
  (cooperative) => [
    protocol(twoPhaseCommit as AnySystem, 'Two-phase commit', cooperative, waited),
    protocol(presumedAbort as AnySystem, 'Presumed abort', cooperative, waited),
    protocol(presumedCommit as AnySystem, 'Presumed commit', cooperative, reversed),
  ],
);
