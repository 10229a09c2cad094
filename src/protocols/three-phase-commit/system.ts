/** Three-phase commit as a system: a coordinator, participants that elect another, and its scenarios. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  everybodyDecides,
  finality,
  nobodyWaits,
  nonTriviality,
  observer,
} from '../atomic-commitment/properties.ts';
import {
  participantNames,
  silent,
  voteChoices,
  votingParameters,
} from '../atomic-commitment/votes.ts';
import { coordinator } from './coordinator.ts';
import type { ParticipantRecord, Standing } from './messages.ts';
import { participant } from './participant.ts';
import type { ParticipantInput, Recovered } from './participant-rules.ts';
import { blocked, nonBlocking } from './properties.ts';
import { scenarios } from './scenarios.ts';
import { leaderOf, type Sites } from './termination.ts';

/** What a participant finds on its disk. */
function found(records: readonly ParticipantRecord[], first: Standing): Recovered {
  const last = records.at(-1);
  if (last?.record === 'commit' || last?.record === 'abort') return { found: last.record };
  if (!records.some(({ record }) => record === 'prepared')) return { found: 'nothing' };
  let { epoch, up } = first;
  for (const one of records) if (one.record === 'standing') ({ epoch, up } = one);
  const committable = records.some(({ record }) => record === 'pre-commit');
  return { found: 'doubt', committable, epoch, up };
}

/** Skeen's three-phase commit with the termination protocol and recovery. */
export const threePhaseCommit = defineSystem({
  name: 'three-phase-commit',
  description:
    'Three-phase commit with elections, the four termination rules and recovery from total failure.',
  parameters: {
    ...votingParameters,
    epochs: integer(100, {
      min: 0,
      max: 1000,
      description:
        'elections that a participant begins; no more than participants if timers are true',
    }),
  },
  nodes: ({ participants, votes, epochs }) => {
    const names = participantNames(participants);
    const sites: Sites = { coordinator: 'coordinator', participants: names };
    return {
      coordinator: defineProcess({
        machine: coordinator,
        input: sites,
        suspects: {
          voteTimeout: ({ context }) => silent(context),
          ackTimeout: ({ context }) => context.awaiting,
        },
        delays: {
          voteTimeout: constant(100),
          ackTimeout: constant(200),
          resend: constant(30),
          announce: constant(100),
        },
        operations: [{ type: 'BEGIN' }],
        recover: (records) => ({ ...sites, recovered: records.at(-1)?.record ?? 'undecided' }),
      }),
      ...replicate('p', participants, (id, index) => {
        const own: ParticipantInput = { ...sites, self: id, epochs };
        return defineProcess({
          machine: participant,
          input: own,
          delays: {
            patience: constant(200),
            suspicion: constant(300),
            inquiry: constant(60),
            answerTimeout: constant(200),
            resend: constant(30),
            announce: constant(100),
          },
          suspects: {
            patience: ['coordinator'],
            suspicion: ({ context }) => [leaderOf(context, context.epoch)],
            answerTimeout: ({ context }) => context.awaiting,
          },
          choices: voteChoices({ participants, votes }, index),
          recover: (records) => ({
            ...own,
            recovered: found(records, { epoch: 0, up: ['coordinator', ...names] }),
          }),
        });
      }),
    };
  },
  // Skeen assumes that no message is lost; scenarios and scopes may ask what happens when one is.
  network: { order: 'unordered', loss: false, duplication: true },
  timing: 'synchronous',
  scope: { crashes: 1, duplication: false },
  observe: observer,
  properties: [
    agreement,
    finality,
    commitValidity,
    nonTriviality,
    nonBlocking,
    durabilityOf('nothing'),
    everybodyDecides,
  ],
  settled: nobodyWaits,
  blocked,
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});
