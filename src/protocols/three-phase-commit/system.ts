/** Three-phase commit as a system: a coordinator, participants that elect another, and its scenarios. */
import { constant } from '../../model/distribution.ts';
import { integer, oneOf } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  finality,
  nonTriviality,
  observer,
} from '../atomic-commitment/properties.ts';
import { coordinator } from './coordinator.ts';
import type { ParticipantRecord, Standing } from './messages.ts';
import { type ParticipantInput, participant, type Recovered } from './participant.ts';
import { blocked, nonBlocking, settled, termination } from './properties.ts';
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
    participants: integer(3, { min: 1, max: 50, description: 'participants, named p1, p2, ...' }),
    votes: oneOf(
      ['any', 'yes', 'one-no'],
      'any: each may vote no; yes: all vote yes; one-no: the last votes no',
    ),
    epochs: integer(100, {
      min: 0,
      max: 1000,
      description:
        'elections that a participant begins; no more than participants if timers are true',
    }),
  },
  nodes: ({ participants, votes, epochs }) => {
    const names = Array.from({ length: participants }, (_, index) => `p${index + 1}`);
    const sites: Sites = { coordinator: 'coordinator', participants: names };
    return {
      coordinator: defineProcess({
        machine: coordinator,
        input: sites,
        suspects: {
          voteTimeout: ({ context }) =>
            context.participants.filter((one) => ![...context.yes, ...context.no].includes(one)),
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
        const mayVoteNo = votes === 'any' || (votes === 'one-no' && index === participants);
        const mayVoteYes = votes !== 'one-no' || index < participants;
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
          choices: [
            { event: { type: 'CAN_COMMIT' }, weight: mayVoteYes ? 9 : 0 },
            { event: { type: 'CANNOT_COMMIT' }, weight: mayVoteNo ? 1 : 0 },
          ],
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
    termination,
  ],
  settled,
  blocked,
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});
