/** Two-phase commit as a system: a coordinator, participants, a lossy network, and its scenarios. */
import { constant } from '../../model/distribution.ts';
import { UserMistake } from '../../model/errors.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import type { Scenario } from '../../model/scenario.ts';
import { defineSystem, variant } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  finality,
  nonBlocking,
  nonTriviality,
  observer,
} from '../atomic-commitment/properties.ts';
import { participantNames, voteChoices, votingParameters } from '../atomic-commitment/votes.ts';
import { type CoordinatorInput, coordinator, hasVoted } from './coordinator.ts';
import { type ParticipantInput, participant } from './participant.ts';
import { blocked, settled, termination } from './properties.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 3000 } as const;
const allYes = { votes: 'yes' } as const;

/** The coordinator dies once it has told one participant. */
const afterOneCommit = {
  fault: 'crash',
  node: 'coordinator',
  point: { moment: 'after', nth: 1, message: 'COMMIT' },
} as const;

export const scenarios = {
  'fault-free': {
    description: 'Nothing fails and every participant votes yes.',
    parameters: allYes,
    ...clear,
  },
  'no-vote': {
    description: 'The last participant votes no.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  'coordinator-crash': {
    description: 'The coordinator dies before its first COMMIT and stays down: everyone blocks.',
    parameters: allYes,
    ...clear,
    faults: [
      {
        fault: 'crash',
        node: 'coordinator',
        point: { moment: 'before', nth: 1, message: 'COMMIT' },
      },
    ],
  },
  'coordinator-crash-and-return': {
    description: 'The coordinator dies before its first COMMIT and comes back 500 ms later.',
    parameters: allYes,
    ...clear,
    faults: [
      {
        fault: 'crash',
        node: 'coordinator',
        point: { moment: 'before', nth: 1, message: 'COMMIT' },
        forMs: 500,
      },
    ],
  },
  'coordinator-crash-undecided': {
    description: 'The coordinator dies before its commit record is written and comes back.',
    parameters: allYes,
    ...clear,
    faults: [
      {
        fault: 'crash',
        node: 'coordinator',
        point: { moment: 'before', nth: 1, message: 'commit' },
        forMs: 500,
      },
    ],
  },
  'one-informed': {
    description: 'The coordinator dies after one COMMIT: only that participant knows.',
    parameters: allYes,
    ...clear,
    faults: [afterOneCommit],
  },
  'one-informed-cooperative': {
    description: 'The same with cooperative termination: the informed participant tells its peers.',
    parameters: { ...allYes, cooperative: true },
    ...clear,
    faults: [afterOneCommit],
  },
  'informed-crash': {
    description: 'The coordinator dies after one COMMIT, and so does the participant that got it.',
    parameters: allYes,
    ...clear,
    faults: [
      afterOneCommit,
      { fault: 'crash', node: 'p1', point: { moment: 'after', nth: 1, message: 'commit' } },
    ],
  },
  'participant-crash-before-vote': {
    description: 'A participant dies when PREPARE arrives and stays down: the others abort.',
    parameters: allYes,
    ...clear,
    faults: [
      { fault: 'crash', node: 'p1', point: { moment: 'before', nth: 1, message: 'PREPARE' } },
    ],
  },
  'participant-crash-prepared': {
    description: 'A participant dies in doubt and comes back 300 ms later: it asks, and commits.',
    parameters: allYes,
    ...clear,
    faults: [
      {
        fault: 'crash',
        node: 'p1',
        point: { moment: 'after', nth: 1, message: 'VOTE' },
        forMs: 300,
      },
    ],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  'duplicated-messages': {
    description: 'Half of all messages arrive again during the first second.',
    ...clear,
    faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 1000 }],
  },
  partition: {
    description: 'The coordinator is cut off while the decision is on its way, for 700 ms.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator']], atMs: 32, forMs: 700 }],
  },
  'partition-unhealed': {
    description:
      'The coordinator is cut off while the decision is on its way, for ever: everyone blocks.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator']], atMs: 32 }],
  },
  'false-suspicion': {
    description:
      'The coordinator stands still with all votes in, for 600 ms: nobody may give it up.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'pause', node: 'coordinator', atMs: 26, forMs: 600 }],
  },
  'storage-loss': {
    description: 'A participant dies in doubt and comes back with an empty disk: it aborts.',
    parameters: allYes,
    ...clear,
    faults: [
      {
        fault: 'crash',
        node: 'p1',
        point: { moment: 'after', nth: 1, message: 'VOTE' },
        forMs: 300,
        loseDisk: true,
      },
    ],
  },
} as const satisfies Record<string, Scenario>;

/** Two-phase commit, presumed nothing, with recovery of both roles and retransmission. */
export const twoPhaseCommit = defineSystem({
  name: 'two-phase-commit',
  description: 'Two-phase commit, presumed nothing, with logs, time-outs, resends and recovery.',
  parameters: {
    ...votingParameters,
    cooperative: {
      kind: 'parameter',
      default: false,
      description: 'participants in doubt ask their peers too',
    },
    readers: integer(0, {
      min: 0,
      max: 50,
      description: 'participants that only read, the last ones: they vote READ in place of yes',
    }),
  },
  nodes: ({ participants, votes, cooperative, readers }) => {
    if (readers > participants)
      throw new UserMistake(
        `readers is ${readers}, but there are ${participants} participants; at most all of them only read`,
      );
    const names = participantNames(participants);
    const input: CoordinatorInput = { participants: names };
    return {
      coordinator: defineProcess({
        machine: coordinator,
        input,
        delays: { voteTimeout: constant(100), resend: constant(100) },
        suspects: {
          voteTimeout: ({ context }) =>
            context.participants.filter((one) => !hasVoted(context, one)),
        },
        operations: [{ type: 'BEGIN' }],
        recover: (records) => {
          if (records.some(({ record }) => record === 'end'))
            return { ...input, recovered: { decision: 'ended' as const, notify: [] } };
          for (const one of records)
            if (one.record === 'commit' || one.record === 'abort')
              return { ...input, recovered: { decision: one.record, notify: one.notify } };
          return { ...input, recovered: { decision: 'none' as const, notify: [] } };
        },
      }),
      ...replicate('p', participants, (id, index) => {
        const own: ParticipantInput = {
          coordinator: 'coordinator',
          peers: cooperative ? names.filter((name) => name !== id) : [],
          reads: index > participants - readers,
        };
        return defineProcess({
          machine: participant,
          input: own,
          delays: { patience: constant(200), doubt: constant(150) },
          suspects: { patience: ['coordinator'] },
          choices: voteChoices({ participants, votes }, index),
          recover: (records) => {
            const last: ParticipantInput['recovered'] = records.at(-1)?.record ?? 'none';
            return { ...own, recovered: last ?? 'none' };
          },
        });
      }),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  /** With one-no the last participant is another than the rest. */
  symmetry: ({ participants, votes }) => [
    Array.from(
      { length: votes === 'one-no' ? participants - 1 : participants },
      (_, i) => `p${i + 1}`,
    ),
  ],
  timing: 'asynchronous',
  scope: { crashes: 1 },
  observe: observer,
  properties: [
    agreement,
    finality,
    commitValidity,
    nonTriviality,
    durabilityOf('nothing'),
    termination,
  ],
  settled,
  blocked,
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});

/** The question whose answer is no: can everyone who is up decide although nothing is repaired? */
export const nonBlockingQuestion = variant(twoPhaseCommit, 'non-blocking', {
  description:
    'Asks whether whoever is up can always decide, though nothing that fails is repaired.',
  properties: [agreement, finality, commitValidity, nonBlocking],
});
