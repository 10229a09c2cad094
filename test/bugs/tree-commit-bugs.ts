/** Mistakes in tree two-phase commit, each a small change of one rule. */
import { and, not } from 'xstate';
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

/** A coordinator, a site below it, and one below that. */
const deep = { participants: 2, fanOut: 1 };

export const bugs: readonly PlantedBug[] = [
  {
    name: 'votes-before-its-children',
    mutation: 'An inner site votes yes as soon as it can commit itself.',
    source: 'own: a vote that does not speak for the subtree',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'collecting', (state) => ({
            ...state,
            always: [
              ...[state.always ?? []].flat().slice(0, 2),
              {
                guard: and([not('isRoot'), 'isAble']),
                target: 'prepared',
                actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'voteYes'],
              },
            ] as never,
          })),
      },
    },
    breaks: ['AC3 commit validity', 'AC1 agreement'],
    parameters: { ...deep, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'silence-is-consent',
    mutation: 'An inner site votes yes when the votes of its children are late.',
    source: 'own: a time-out taken for a yes',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'collecting', (state) => ({
            ...state,
            after: {
              voteTimeout: [
                {
                  guard: 'isRoot',
                  target: 'aborted',
                  actions: ['awaitAllButNoVoters', 'forceAbort', 'markAbort', 'returnAbort'],
                },
                {
                  target: 'prepared',
                  actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'voteYes'],
                },
              ],
            },
          })),
      },
    },
    breaks: ['AC3 commit validity', 'AC1 agreement'],
    parameters: { ...deep, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'parent-answers-abort',
    mutation: 'An inner site that is in doubt itself answers a child in doubt with abort.',
    source: 'own: an answer that is a guess',
    ...answersAbortInDoubt('site'),
    parameters: { ...deep, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'unilateral-abort',
    mutation: 'A site that voted yes aborts by itself when the decision is slow.',
    source: 'bug-zoo two-phase-unilateral-abort, in a tree',
    ...decidesAlone('site'),
    parameters: { ...deep, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'vote-before-force',
    mutation: 'A site votes yes for its subtree before its prepared record is forced.',
    source: 'bug-zoo two-phase-vote-before-force, in a tree',
    variation: {
      patch: {
        site: (config) =>
          withState(config, 'collecting', (state) => {
            const [commits, aborts, votes, ...others] = [state.always ?? []].flat();
            const actions = ['voteYes', 'markVotedYes', 'forcePrepared', 'markUncertain'];
            const hasty = { ...(votes as object), actions };
            return { ...state, always: [commits, aborts, hasty, ...others] as never };
          }),
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: { participants: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'unforced-commit',
    mutation: 'The coordinator writes its commit record without forcing it.',
    source: 'own: the commit point that is not one',
    ...doesNotForceCommit('site', { record: 'commit', notify: [] }),
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
    name: 'reopened-transaction',
    mutation: 'A PREPARE that arrives after the site has aborted opens the transaction again.',
    source: 'own: the time-out that is taken back',
    ...reopens('site', 'PREPARE', { target: 'collecting', actions: 'requestVotes' }),
    parameters: { participants: 1, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'nobody-asks',
    mutation: 'A site in doubt never asks for the decision, and a parent tells it only once.',
    source: 'bug-zoo two-phase-no-recovery-query, in a tree',
    variation: {
      patch: {
        site: (config) => {
          const quiet = withState(config, 'prepared', ({ after: _, ...state }) => state);
          return ['committed.telling', 'aborted.telling'].reduce(
            (changed, path) => withState(changed, path, ({ after: _, ...state }) => state),
            quiet,
          );
        },
      },
    },
    breaks: ['AC5 termination'],
    parameters: { participants: 1, votes: 'yes' },
    scope: { crashes: 1, loss: true, duplication: false },
  },
];
