/** What three-phase commit claims: safe and non-blocking while time-outs are true, and broken otherwise. */
import type { AnySystem } from '../../model/system.ts';
import type { CommitProtocol } from '../atomic-commitment/contract.ts';
import { threePhaseCommit } from './system.ts';

const crashes = (count: number) => ({ crashes: count, duplication: false });
const yes = { participants: 2, votes: 'yes' };
/** Enough for each story; where timers lie the elections would go on for long. */
const maxStates = 100_000;

export const threePhaseCommitProtocols: readonly CommitProtocol[] = [
  {
    system: threePhaseCommit as AnySystem,
    title: 'Three-phase commit',
    claims: [
      {
        says: 'safe and non-blocking, one crash of four nodes',
        parameters: { participants: 3, votes: 'yes' },
        scope: crashes(1),
        violated: [],
      },
      {
        says: 'safe and non-blocking, two crashes of three nodes',
        parameters: { participants: 2 },
        scope: crashes(2),
        violated: [],
      },
      {
        says: 'safe where messages are copied',
        parameters: yes,
        scope: { crashes: 1, duplication: true },
        violated: [],
      },
      {
        says: 'broken where time-outs lie, with no fault at all',
        parameters: yes,
        timing: 'asynchronous',
        scope: crashes(0),
        violated: ['AC1 agreement'],
        maxStates,
      },
      {
        says: 'broken by a partition',
        parameters: yes,
        scope: { ...crashes(0), partitions: 1 },
        violated: ['AC1 agreement'],
        maxStates,
      },
      {
        says: 'broken by a lost disk',
        parameters: yes,
        scope: { ...crashes(1), diskLosses: 1 },
        violated: ['AC1 agreement', 'AC2 finality', 'durability'],
        maxStates,
      },
    ],
    underFaults: {
      participantCrashBeforeVote: { outcomes: ['abort'] },
      coordinatorCrashBeforeDecisionMessage: { outcomes: ['abort'] },
      coordinatorCrashAfterOneInformed: { outcomes: ['ok'] },
      coordinatorAndOnlyInformedParticipantCrash: { outcomes: ['ok'] },
      partitionDuringPreCommit: {
        outcomes: ['violates'],
        scenarios: ['partition', 'partition-minimal'],
      },
      falseSuspicion: { outcomes: ['violates'] },
      cascadingFailuresThenQuorumReconnects: {
        outcomes: ['violates', 'blocks'],
        scenarios: ['cascade', 'total-failure-last-stays-down'],
      },
      stableStorageLoss: { outcomes: ['violates'] },
      messageLossDuplicationReorder: { outcomes: ['ok'] },
    },
    beyond: ['partition', 'partition-minimal', 'false-suspicion', 'cascade', 'storage-loss'],
    mayWait: /back in doubt and .* may have failed last$/,
  },
];
