/**
 * Bugs of two-phase commit, each a small change of one rule. The first four are from bug-zoo.json (the
 * sources are given there and here); the others are mistakes that implementations make.
 */
import { emit } from 'xstate';
import { mark } from '../../src/index.ts';
import {
  answersAbortInDoubt,
  decidesAlone,
  doesNotForceCommit,
  forgetsTheVote,
  mostAreEnough,
  noFaults,
  oneCrash,
  reopens,
  takesSilenceForYes,
  votesBeforeForce,
} from './commit-mistakes.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'unilateral-abort',
    mutation: 'A participant that voted yes aborts by itself when the decision is slow.',
    source: 'bug-zoo two-phase-unilateral-abort; Bernstein, Hadzilacos and Goodman 7.4',
    ...decidesAlone('participant'),
    parameters: { participants: 2, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'vote-before-force',
    mutation: 'A participant votes yes before forcing its prepared record.',
    source: 'bug-zoo two-phase-vote-before-force; Gray and Lamport 2006',
    ...votesBeforeForce('participant', 'prepared'),
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'early-forget',
    mutation: 'The coordinator forgets a commit before all acknowledgements have arrived.',
    source: 'bug-zoo presumed-abort-early-forget; Mohan, Lindsay and Obermarck (R*)',
    variation: { provide: { coordinator: { guards: { allAcknowledged: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: { participants: 2, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'no-recovery-query',
    mutation: 'Nobody asks for the outcome and the coordinator does not resend.',
    source: 'bug-zoo two-phase-no-recovery-query; atomix #360, convex fork #158',
    variation: {
      patch: {
        participant: (config) => withState(config, 'prepared', ({ after: _, ...state }) => state),
        coordinator: (config) =>
          withState(
            withState(config, 'committing', (state) => ({
              ...state,
              states: { sending: { entry: 'sendCommit' } },
            })),
            'aborting',
            (state) => ({ ...state, states: { sending: { entry: 'sendAbort' } } }),
          ),
      },
    },
    breaks: ['AC5 termination'],
    parameters: { participants: 1, votes: 'yes' },
    scope: { crashes: 1, loss: true, duplication: false },
  },
  {
    name: 'unforced-commit',
    mutation: 'The coordinator writes its commit record without forcing it.',
    source: 'own: the commit point that is not one',
    ...doesNotForceCommit('coordinator', { record: 'commit', notify: [] }),
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'acknowledge-before-force',
    mutation: 'A participant acknowledges a commit before forcing its record.',
    source: 'own: the mirror image of vote-before-force',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'prepared', (state) => ({
            ...state,
            on: {
              ...state.on,
              COMMIT: {
                target: 'committed',
                actions: ['markCertain', 'acknowledgeCommit', 'forceCommit', 'markCommit'],
              },
            },
          })),
      },
    },
    breaks: ['AC1 agreement', 'AC2 finality'],
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'majority-commits',
    mutation: 'The coordinator commits when most participants voted yes.',
    source: 'own: a quorum where unanimity is needed',
    ...mostAreEnough,
    parameters: { participants: 3, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'silence-is-consent',
    mutation: 'The coordinator commits when the vote timer runs out and nobody has voted no.',
    source: 'own: a time-out taken for a yes',
    ...takesSilenceForYes('committing', [
      'awaitEveryone',
      'forceCommit',
      'markCommit',
      'returnCommit',
    ]),
    parameters: { participants: 1, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'recovery-forgets-the-vote',
    mutation: 'A participant that recovers with a prepared record aborts.',
    source: 'own: recovery that treats in doubt as not voted',
    ...forgetsTheVote('participant'),
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'reopened-transaction',
    mutation:
      'A PREPARE that arrives after the participant has aborted opens the transaction again.',
    source: 'own: rule 2 of the participant left out',
    ...reopens('participant', 'PREPARE', 'voting'),
    parameters: { participants: 1, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'restart-presumes-commit',
    mutation: 'A coordinator that restarts with an empty log presumes commit.',
    source: 'own: presumed commit without its initiation record',
    variation: {
      recover: {
        coordinator: (records, original) => {
          const found = original(records) as {
            readonly participants: readonly string[];
            readonly recovered: { readonly decision: string };
          };
          return found.recovered.decision === 'none'
            ? { ...found, recovered: { decision: 'commit', notify: found.participants } }
            : found;
        },
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity', 'durability'],
    parameters: { participants: 1, votes: 'any' },
    scope: oneCrash,
  },
  {
    name: 'uncertain-peer-answers-abort',
    mutation: 'A participant in doubt answers the inquiry of a peer with abort.',
    source: 'own: cooperative termination that guesses',
    ...answersAbortInDoubt('participant'),
    parameters: { participants: 2, votes: 'yes', cooperative: true },
    scope: noFaults,
  },
  {
    name: 'mark-before-force',
    mutation:
      'The coordinator announces its decision to its application before the record is forced.',
    source: 'own: the answer that a crash takes back',
    variation: {
      provide: {
        coordinator: {
          actions: {
            awaitEveryone: emit(mark('decided', { decision: 'commit' })),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
];
