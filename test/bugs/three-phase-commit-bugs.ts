/**
 * Mistakes in three-phase commit, each a small change of one rule: those that the papers warn of, and those that
 * implementations make. All questions are asked under synchronous timing, where the real protocol holds.
 */
import { assign } from 'xstate';
import {
  abortsInsteadOfElecting,
  mostAreEnough,
  takesSilenceForYes,
  votesBeforeForce,
} from './commit-mistakes.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

const noFaults = { crashes: 0, duplication: false };
const oneCrash = { crashes: 1, duplication: false };
const twoCrashes = { crashes: 2, duplication: false };
const one = { participants: 1, votes: 'yes' };
const two = { participants: 2, votes: 'yes' };

interface Standing {
  readonly epoch: number;
  readonly up: readonly string[];
}

export const bugs: readonly PlantedBug[] = [
  {
    name: 'two-phases',
    mutation: 'The coordinator commits as soon as all have voted yes, without PRE_COMMIT.',
    source: 'own: the buffer state left out; uncertain is adjacent to commit (Skeen 1981)',
    variation: {
      patch: {
        coordinator: (config) =>
          withState(config, 'preCommitting', (state) => ({
            ...state,
            always: { ...(state.always as object), guard: 'allVotedYes' },
            states: { sending: {} },
          })),
      },
    },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'uncertain-aborts-alone',
    mutation: 'A participant in doubt aborts by itself when the coordinator is gone.',
    source: 'own: the time-out transitions of the one-failure automaton (Skeen 1981)',
    ...abortsInsteadOfElecting,
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'nobody-elects',
    mutation: 'A participant in doubt goes on asking a coordinator that is gone.',
    source: 'own: rule 4 left out; it blocks as two-phase commit does',
    variation: { provide: { participant: { guards: { mayElect: () => false } } } },
    breaks: ['non-blocking'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'elected-does-not-listen',
    mutation: 'The elected coordinator applies the rules to its own state alone.',
    source: 'own: rule 5 without the answers',
    variation: { provide: { participant: { guards: { allAnswered: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: two,
    scope: twoCrashes,
    scenario: 'one-pre-committed',
  },
  {
    name: 'committable-aborts',
    mutation:
      'The elected coordinator aborts unless somebody has committed: TR3 without its guard.',
    source: 'own: TR3 where TR4 applies',
    variation: { provide: { participant: { guards: { allUncertain: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'commits-before-all-are-committable',
    mutation: 'The elected coordinator commits at once where some are committable.',
    source: 'own: TR4 without its PRE_COMMIT (Bernstein, Hadzilacos and Goodman 7.5)',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'inDoubt.collecting', (state) => ({
            ...state,
            always: (state.always as readonly { readonly target: string }[]).map((rule) =>
              rule.target === 'preCommitting'
                ? {
                    ...rule,
                    target: '#participant.committed',
                    actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
                  }
                : rule,
            ) as never,
          })),
      },
    },
    breaks: ['AC1 agreement'],
    parameters: { participants: 2, votes: 'yes' },
    scope: twoCrashes,
    scenario: 'one-pre-committed',
  },
  {
    name: 'returned-decides-alone',
    mutation: 'A participant that comes back in doubt applies the rules to what its disk says.',
    source: 'own: rule 6; whoever was up has gone on without it',
    variation: { provide: { participant: { guards: { isSenior: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'forgets-who-was-up',
    mutation: 'A participant that comes back believes that it was the last to fail.',
    source: 'own: Skeen 1983 without the set on disk',
    variation: {
      recover: {
        participant: (records, original) => {
          const input = original(records) as {
            readonly self: string;
            readonly recovered: { readonly found: string } & Standing;
          };
          return input.recovered.found === 'doubt'
            ? { ...input, recovered: { ...input.recovered, up: [input.self] } }
            : input;
        },
      },
    },
    breaks: ['AC1 agreement'],
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'pre-commit-is-not-written',
    mutation: 'A participant becomes committable in memory only.',
    source: 'own: after a total failure it aborts what has been committed',
    variation: { provide: { participant: { actions: { writePreCommit: assign({}) } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: twoCrashes,
    scenario: 'coordinator-crash-committed',
  },
  {
    name: 'restart-presumes-abort',
    mutation: 'A coordinator that finds no decision on its disk aborts, as in two-phase commit.',
    source: 'own: who was up may have committed by TR4',
    variation: { provide: { coordinator: { guards: { isSenior: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'returns-without-asking',
    mutation: 'Nobody who comes back in doubt asks for the decision.',
    source: 'bug-zoo two-phase-no-recovery-query, in three phases',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'recovering.asking', ({ after: _, entry: __, ...state }) => state),
      },
    },
    breaks: ['AC5 termination', 'non-blocking'],
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'vote-before-force',
    mutation: 'A participant votes yes before forcing its prepared record.',
    source: 'bug-zoo two-phase-vote-before-force, in three phases',
    ...votesBeforeForce('participant', 'inDoubt'),
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'silence-is-consent',
    mutation:
      'The coordinator sends PRE_COMMIT when the vote timer runs out and nobody has voted no.',
    source: 'own: a time-out taken for a yes',
    ...takesSilenceForYes('preCommitting', 'awaitEveryone'),
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'majority-pre-commits',
    mutation: 'The coordinator sends PRE_COMMIT when most participants voted yes.',
    source: 'own: a quorum where unanimity is needed',
    ...mostAreEnough,
    parameters: { participants: 3, votes: 'any' },
    scope: noFaults,
  },
];
