/** Mistakes in linear two-phase commit, each a small change of one rule. */
import {
  answersAbortInDoubt,
  decidesAlone,
  doesNotForceCommit,
  forgetsTheVote,
  noFaults,
  oneCrash,
  reopens,
} from './commit-mistakes.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'decides-in-the-middle',
    mutation: 'A site that is not the last of the chain commits by its own yes.',
    source: 'own: a decision before all votes are in',
    variation: { provide: { site: { guards: { decides: () => true } } } },
    breaks: ['AC3 commit validity', 'AC1 agreement'],
    parameters: { participants: 2, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'unilateral-abort',
    mutation: 'A site that passed its yes on aborts by itself when the decision is slow.',
    source: 'bug-zoo two-phase-unilateral-abort, in a chain',
    ...decidesAlone('site'),
    parameters: { participants: 2, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'vote-before-force',
    mutation: 'A site passes its vote on before its prepared record is forced.',
    source: 'bug-zoo two-phase-vote-before-force, in a chain',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'voting', (state) => ({
            ...state,
            on: {
              ...state.on,
              CAN_COMMIT: [
                {
                  guard: 'decides',
                  target: 'committed',
                  actions: ['forceCommit', 'markVotedYes', 'markCommit', 'passCommit'],
                },
                {
                  target: 'prepared',
                  actions: ['passVote', 'markVotedYes', 'forcePrepared', 'markUncertain'],
                },
              ],
            },
          })),
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: { participants: 2, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'unforced-commit',
    mutation: 'The last site writes its commit record without forcing it.',
    source: 'own: the commit point that is not one',
    ...doesNotForceCommit('site', { record: 'commit' }),
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'recovery-forgets-the-vote',
    mutation: 'A site that recovers with a prepared record aborts.',
    source: 'own: recovery that treats in doubt as not voted',
    ...forgetsTheVote('site'),
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'in-doubt-answers-abort',
    mutation: 'A site in doubt answers the inquiry of its neighbour with abort.',
    source: 'own: an answer that is a guess',
    ...answersAbortInDoubt('site'),
    parameters: { participants: 2, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'reopened-transaction',
    mutation: 'A vote that arrives after the site has aborted opens the transaction again.',
    source: 'own: the time-out that is taken back',
    ...reopens('site', 'VOTE', 'voting'),
    parameters: { participants: 1, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'nobody-asks',
    mutation: 'A site in doubt waits for the decision and never asks for it.',
    source: 'bug-zoo two-phase-no-recovery-query, in a chain',
    variation: {
      patch: { site: (config) => withState(config, 'prepared', ({ after: _, ...state }) => state) },
    },
    breaks: ['AC5 termination'],
    parameters: { participants: 1, votes: 'yes' },
    scope: { crashes: 1, loss: true, duplication: false },
  },
];
