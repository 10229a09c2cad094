/** Mistakes in linear two-phase commit, each a small change of one rule. */
import { emit } from 'xstate';
import { write } from '../../src/index.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

const noFaults = { crashes: 0, loss: false, duplication: false };
const oneCrash = { crashes: 1, loss: false, duplication: false };

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
    variation: { provide: { site: { guards: { mayDecideAlone: () => true } } } },
    breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
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
    variation: {
      provide: {
        site: { actions: { forceCommit: emit(write({ record: 'commit' }, 'unforced')) } },
      },
    },
    breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'recovery-forgets-the-vote',
    mutation: 'A site that recovers with a prepared record aborts.',
    source: 'own: recovery that treats in doubt as not voted',
    variation: {
      recover: {
        site: (records, original) => {
          const last = records.at(-1) as { readonly record: string } | undefined;
          return original(last?.record === 'prepared' ? [] : records);
        },
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity', 'durability'],
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'in-doubt-answers-abort',
    mutation: 'A site in doubt answers the inquiry of its neighbour with abort.',
    source: 'own: an answer that is a guess',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'prepared', (state) => ({
            ...state,
            on: { ...state.on, INQUIRE: { actions: 'tellAbort' } },
          })),
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity'],
    parameters: { participants: 2, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'reopened-transaction',
    mutation: 'A vote that arrives after the site has aborted opens the transaction again.',
    source: 'own: the time-out that is taken back',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'aborted', (state) => ({
            ...state,
            on: { ...state.on, VOTE: 'voting' },
          })),
      },
    },
    breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
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
