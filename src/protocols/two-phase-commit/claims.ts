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

/** With a participant that only reads, and with nothing else. */
const claimsOfReaders: readonly Claim[] = [
  {
    says: 'live and non-trivial without faults, if time-outs are true',
    parameters: { participants: 2 },
    timing: 'synchronous',
    scope: crashes(0),
    violated: [],
  },
  {
    says: 'safe under one crash, but who has updated waits for the coordinator',
    parameters: { participants: 2, votes: 'yes' },
    scope: crashes(1),
    violated: ['non-blocking'],
  },
  {
    says: 'safe and non-blocking where all only read',
    parameters: { participants: 2, readers: 2 },
    scope: { crashes: 1, loss: true, duplication: false },
    violated: [],
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

const lostDisk = (violated: readonly string[], participants: number): Claim => ({
  says: 'broken by a lost disk',
  parameters: participants === 1 ? { participants } : { participants, votes: 'yes' },
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
    claims: [...claims, lostDisk(lost, 1)],
    underFaults: underFaults(cooperative),
    beyond: ['storage-loss'],
    mayWait: /^p\d.* in doubt and the coordinator is|^a node is paused or/,
  };
}

const reversed = ['AC1 agreement', 'AC2 finality', 'non-blocking'];
/** Who has forgotten its promise aborts, and its coordinator waits for an acknowledgement of COMMIT. */
const waited = [...reversed, 'AC5 termination', 'durability'];

const family = [
  { system: twoPhaseCommit as AnySystem, title: 'Two-phase commit', lost: waited },
  { system: presumedAbort as AnySystem, title: 'Presumed abort', lost: waited },
  { system: presumedCommit as AnySystem, title: 'Presumed commit', lost: reversed },
];

/** One of the participants only reads, and is asked by those in doubt: it must not answer. */
function withReader({ system, title, lost }: (typeof family)[number]): CommitProtocol {
  return {
    ...protocol(system, title, true, lost),
    title: `${title}, cooperative, with a reader`,
    parameters: { cooperative: true, readers: 1 },
    // A coordinator that has lost its list answers commit for those who have not voted yet.
    claims: [
      ...claimsOfReaders,
      lostDisk(lost === reversed ? [...lost, 'AC3 commit validity'] : lost, 2),
    ],
  };
}

export const twoPhaseCommitProtocols: readonly CommitProtocol[] = [
  ...family.map(({ system, title, lost }) => protocol(system, title, false, lost)),
  protocol(twoPhaseCommit as AnySystem, 'Two-phase commit', true, waited),
  // The presumptions with cooperative termination: one of their participants only reads.
  ...family.map(withReader),
];
