/**
 * Mistakes in quorum three-phase commit, each a small change of one rule. All questions are asked under
 * asynchronous timing, with losses and copies, where the real protocol holds. Who refuses lower epochs may even take
 * back a promise, so one bug leaves out both.
 */
import { assign, emit } from 'xstate';
import { send } from '../../src/index.ts';
import { leaderOf, type Sites } from '../../src/protocols/quorum-three-phase-commit/quorums.ts';
import {
  abortsInsteadOfElecting,
  takesSilenceForYes,
  votesBeforeForce,
} from './commit-mistakes.ts';
import { type Config, type PlantedBug, withState } from './planted-bug.ts';

const noCrash = { crashes: 0 };
const oneCrash = { crashes: 1 };
/** One participant: its word is a commit quorum and an abort quorum. */
const one = { participants: 1, votes: 'yes', elections: 1 };
/** Two participants: one of them commits, both must agree to abort. */
const two = { participants: 2, votes: 'yes', commitQuorum: 1, elections: 1 };

/** The config with other quorums, which the parameters would refuse. */
export function withQuorums(
  config: Config,
  quorums: { commitQuorum?: number; abortQuorum?: number },
) {
  const context = config.context as (args: { input: unknown }) => object;
  return { ...config, context: (args: never) => ({ ...context(args), ...quorums }) } as Config;
}

export const bugs: readonly PlantedBug[] = [
  {
    name: 'weights',
    mutation: 'The quorums weigh no more than all: V_C + V_A <= V.',
    source: 'bug-zoo quorum-three-phase-weights (Skeen 1982), with two sites split one and one',
    variation: {
      patch: { participant: (config) => withQuorums(config, { abortQuorum: 1 }) },
    },
    breaks: ['AC1 agreement'],
    parameters: two,
    scope: noCrash,
    scenario: 'partition-minimal',
  },
  {
    name: 'commits-without-a-quorum',
    mutation: 'The coordinator commits without waiting for any acknowledgement of PRE_COMMIT.',
    source: 'own: the third phase before the second has arrived',
    variation: { provide: { coordinator: { guards: { commitQuorumAcknowledged: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'waiting-is-enough',
    mutation: 'The elected coordinator commits with a quorum of waiting participants.',
    source: 'own: the commit rule without one that is pre-committed, the proof that all voted yes',
    variation: {
      provide: {
        participant: {
          guards: {
            commitRuleHolds: ({
              context,
            }: {
              context: { reports: object; commitQuorum: number };
            }) => Object.keys(context.reports).length >= context.commitQuorum,
          },
        },
      },
    },
    breaks: ['AC3 commit validity', 'AC1 agreement'],
    parameters: two,
    scope: noCrash,
  },
  {
    name: 'waiting-aborts-alone',
    mutation: 'A participant in doubt that hears nothing aborts by itself.',
    source: 'own: a guess instead of an election',
    ...abortsInsteadOfElecting,
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'pre-commit-is-not-written',
    mutation: 'A participant becomes pre-committed in memory only.',
    source: 'own: after a crash it waits again, and aborts what has been committed',
    variation: { provide: { participant: { actions: { forcePreCommit: assign({}) } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'acknowledge-before-force',
    mutation: 'A participant acknowledges PRE_COMMIT before it has forced its record.',
    source: 'own: force before send',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'inDoubt', (state) => ({
            ...state,
            on: {
              ...state.on,
              PRE_COMMIT: {
                guard: 'mayPreCommit',
                target: '.following',
                actions: ['join', 'becomePreCommitted', 'acknowledge', 'forcePreCommit'],
              },
            },
          })),
      },
    },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'coordinator-does-not-log',
    mutation: 'The coordinator sends PRE_COMMIT without a record, and aborts when it comes back.',
    source: 'own: restart presumes abort, as in two-phase commit',
    variation: { provide: { coordinator: { actions: { forcePreCommit: assign({}) } } } },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'returned-forgets-its-standing',
    mutation: 'A participant that comes back in doubt is waiting, whatever its disk says.',
    source: 'own: recovery that reads the vote alone',
    variation: {
      recover: {
        participant: (records, original) => {
          const input = original(records) as { readonly recovered: { readonly found: string } };
          return input.recovered.found === 'doubt'
            ? { ...input, recovered: { ...input.recovered, standing: 'waiting' } }
            : input;
        },
      },
    },
    breaks: ['AC1 agreement'],
    parameters: one,
    scope: oneCrash,
  },
  {
    name: 'promise-taken-back',
    mutation: 'A pre-aborted participant obeys a PRE_COMMIT of a coordinator that was replaced.',
    source: 'own: both of the guards that keep a promise',
    variation: {
      provide: {
        participant: { guards: { isCurrent: () => true, mayPreCommit: () => true } },
      },
    },
    breaks: ['AC1 agreement'],
    parameters: two,
    scope: noCrash,
  },
  {
    name: 'blocked-for-ever',
    mutation: 'An elected coordinator that is blocked does not ask again.',
    source: 'own: "else block" without "and try again later"',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'inDoubt.judging.asking', ({ after: _, ...state }) => state),
      },
    },
    breaks: ['decision spreads', 'AC5 termination'],
    parameters: two,
    scope: noCrash,
    scenario: 'partition-minimal',
  },
  {
    name: 'asks-its-leader-alone',
    mutation:
      'A participant that may hold no election any more asks the leader of its epoch alone.',
    source: 'own: a site in reach has decided, and the leader is down',
    variation: {
      provide: {
        participant: {
          actions: {
            inquireOfEverybody: emit((({ context }: { context: Sites & { epoch: number } }) =>
              send(leaderOf(context, context.epoch), { type: 'INQUIRE' })) as never),
          },
        },
      },
    },
    breaks: ['decision spreads'],
    parameters: { ...two, elections: 0 },
    scope: oneCrash,
  },
  {
    name: 'silence-is-consent',
    mutation:
      'The coordinator sends PRE_COMMIT when the vote timer runs out and nobody has voted no.',
    source: 'own: a time-out taken for a yes',
    ...takesSilenceForYes('preCommitting', 'forcePreCommit'),
    parameters: two,
    scope: noCrash,
  },
  {
    name: 'vote-before-force',
    mutation: 'A participant votes yes before forcing its prepared record.',
    source: 'bug-zoo two-phase-vote-before-force, in three phases with quorums',
    ...votesBeforeForce('participant', 'inDoubt'),
    parameters: { ...two, elections: 0 },
    scope: oneCrash,
  },
];
