/**
 * Mistakes in Paxos Commit, each a small change of one rule: those of consensus that the papers warn of, and those
 * of commitment. The checker is asked over a message set, where messages stay and may arrive late, again or never,
 * which needs fewer states than a network that forgets what was lost.
 */
import { assign } from 'xstate';
import { type AnySystem, variant } from '../../src/index.ts';
import { paxosCommit } from '../../src/protocols/index.ts';
import { type Config, type PlantedBug, withState } from './planted-bug.ts';

export const overMessageSet = variant(paxosCommit as AnySystem, 'over-a-set', {
  network: { order: 'set' },
  // With one acceptor, which most questions have, it blocks as two-phase commit does.
  properties: paxosCommit.properties.filter(({ name }) => name !== 'non-blocking') as never,
}) as AnySystem;

const noFaults = { crashes: 0 };
const oneCrash = { crashes: 1 };
const sized = (
  participants: number,
  acceptorFailures: number,
  leaders: number,
  ballots: number,
) => ({
  participants,
  acceptorFailures,
  leaders,
  ballots,
  votes: 'yes',
});
const smallest = sized(1, 0, 1, 1);
const twoLeaders = sized(1, 0, 2, 2);
const threeAcceptors = sized(1, 1, 1, 1);

interface Acceptor {
  readonly maxBal: number;
  readonly maxVBal: number;
  readonly values: Readonly<Record<string, string>>;
}
interface Leader {
  readonly participants: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly accepted: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly promises: Readonly<Record<string, Acceptor>>;
}
/** Whether as many acceptors have accepted the value, in whatever the leader has noted. */
const accepted = ({ accepted }: Leader, instance: string, value: string, quorum: number) =>
  Object.values(accepted).filter((values) => values[instance] === value).length >= quorum;

type Rule = Readonly<Record<string, unknown>>;
/** The acceptor's rules for one message, changed. */
const withRules =
  (message: string, change: (rules: readonly Rule[]) => readonly Rule[]) =>
  (config: Config): Config =>
    withState(config, 'accepting', (state) => ({
      ...state,
      on: {
        ...state.on,
        [message]: change((state.on as Record<string, readonly Rule[]>)[message] ?? []),
      } as never,
    }));

export const bugs: readonly PlantedBug[] = [
  {
    name: 'proposes-prepared',
    mutation: 'A leader proposes prepared for an instance of which no value is reported.',
    source: 'own: the free choice, which must be aborted (Gray and Lamport 2006)',
    variation: {
      provide: {
        leader: {
          actions: {
            chooseValues: assign({
              values: ({ context }: { context: Leader }) =>
                Object.fromEntries(context.participants.map((one) => [one, 'prepared'])),
              promises: {},
            }),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity'],
    parameters: { ...smallest, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'ignores-promises',
    mutation: 'A leader proposes aborted whatever the acceptors report.',
    source: 'bug-zoo paxos-ignore-1b-values',
    variation: {
      provide: {
        leader: {
          actions: {
            chooseValues: assign({
              values: ({ context }: { context: Leader }) =>
                Object.fromEntries(context.participants.map((one) => [one, 'aborted'])),
              promises: {},
            }),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: twoLeaders,
    scope: noFaults,
  },
  {
    name: 'acceptor-amnesia',
    mutation: 'An acceptor comes back without what it has accepted.',
    source: 'bug-zoo paxos-acceptor-amnesia',
    variation: {
      recover: {
        acceptor: (records, original) => {
          const { recovered: _, ...fresh } = original(records) as Record<string, unknown>;
          return fresh;
        },
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: twoLeaders,
    scope: oneCrash,
  },
  {
    name: 'accepted-before-force',
    mutation: 'An acceptor sends 2b before the vote is on its disk.',
    source: 'own: force before 2b; what is chosen may be forgotten',
    variation: {
      patch: {
        acceptor: withRules('PHASE_2A', (rules) =>
          rules.map((rule) =>
            JSON.stringify(rule.actions).includes('forceAccepted')
              ? { ...rule, actions: ['accept', 'sendAccepted', 'forceAccepted'] }
              : rule,
          ),
        ),
      },
    },
    breaks: ['durability'],
    parameters: smallest,
    scope: oneCrash,
  },
  {
    name: 'accepts-below-promise',
    mutation: 'An acceptor accepts a vote of ballot 0 although it has promised a higher ballot.',
    source: 'own: phase 2 without its guard',
    variation: { provide: { acceptor: { guards: { mayAccept: () => true } } } },
    breaks: ['AC1 agreement', 'durability', 'one value a ballot'],
    parameters: smallest,
    scope: noFaults,
    scenario: 'slow-participant',
  },
  {
    name: 'half-quorum',
    mutation: 'F acceptors are taken for a quorum, of promises and of votes, instead of F + 1.',
    source: 'bug-zoo paxos-half-quorums',
    variation: {
      provide: {
        leader: {
          guards: {
            hasPromises: ({ context }: { context: Leader }) =>
              Object.keys(context.promises).length >= 1,
            allPrepared: ({ context }: { context: Leader }) =>
              context.participants.every((one) => accepted(context, one, 'prepared', 1)),
            someAborted: ({ context }: { context: Leader }) =>
              context.participants.some((one) => accepted(context, one, 'aborted', 1)),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: threeAcceptors,
    scope: noFaults,
  },
  {
    name: 'promises-of-half',
    mutation: 'A leader proposes after F promises instead of F + 1.',
    source: 'own: phase 1 and phase 2 quorums that need not meet (Howard and others 2016)',
    variation: {
      provide: {
        leader: {
          guards: {
            hasPromises: ({ context }: { context: Leader }) =>
              Object.keys(context.promises).length >= 1,
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: { ...threeAcceptors, learners: 'participants' },
    scope: noFaults,
    scenario: 'untrue-time-outs',
  },
  {
    name: 'instance-missing',
    mutation: 'A leader commits although one instance has chosen nothing yet.',
    source: 'own: some where all are needed',
    variation: {
      provide: {
        leader: {
          guards: {
            allPrepared: ({ context }: { context: Leader }) =>
              context.participants.some((one) => accepted(context, one, 'prepared', 1)),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity', 'durability'],
    parameters: { ...sized(2, 0, 1, 1), bundled: false },
    scope: noFaults,
  },
  {
    name: 'aborts-alone-in-doubt',
    mutation:
      'A participant that has proposed prepared aborts by itself when the decision is slow.',
    source: 'bug-zoo two-phase-unilateral-abort, in Paxos Commit',
    variation: { provide: { participant: { guards: { mayDecideAlone: () => true } } } },
    breaks: ['AC1 agreement', 'durability'],
    parameters: smallest,
    scope: noFaults,
  },
  {
    name: 'vote-before-force',
    mutation: 'A participant proposes prepared before forcing its record.',
    source: 'bug-zoo two-phase-vote-before-force, in Paxos Commit',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'voting', (state) => ({
            ...state,
            on: {
              ...state.on,
              CAN_COMMIT: {
                target: 'prepared',
                actions: [
                  'proposePrepared',
                  'markVotedYes',
                  'forcePrepared',
                  'notePromise',
                  'markUncertain',
                ],
              },
            },
          })),
      },
    },
    breaks: ['AC1 agreement', 'durability'],
    parameters: smallest,
    scope: oneCrash,
  },
  {
    name: 'nobody-takes-over',
    mutation: 'A leader that is asked does not begin a ballot.',
    source: 'own: it blocks as two-phase commit does',
    variation: { provide: { leader: { guards: { mayBegin: () => false } } } },
    breaks: ['AC5 termination', 'progress'],
    parameters: twoLeaders,
    scope: oneCrash,
  },
];

/** Those that take a rare order of events: the checker finds them in little time, runs by chance after many. */
export const rareBugs: readonly PlantedBug[] = [
  {
    name: 'promise-before-force',
    mutation: 'An acceptor promises before the promise is on its disk.',
    source: 'own: force before 1b; a promise that a crash may forget',
    variation: {
      patch: {
        acceptor: withRules('PHASE_1A', ([above, ...rules]) => [
          { ...above, actions: ['promise', 'sendPromise', 'forcePromise'] },
          ...rules,
        ]),
      },
    },
    breaks: ['AC1 agreement', 'durability', 'one value a ballot'],
    parameters: twoLeaders,
    scope: oneCrash,
  },
  {
    name: 'changes-its-proposal',
    mutation:
      'A participant that has aborted answers a late request with aborted, whatever it proposed before.',
    source: 'own: a ballot has one value for each instance',
    variation: { provide: { participant: { guards: { hasPromised: () => false } } } },
    breaks: ['one value a ballot'],
    parameters: { ...sized(2, 1, 1, 0), votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'ballot-reused',
    mutation: 'A leader that comes back takes the ballot that it has used before.',
    source: 'bug-zoo paxos-ballot-reuse',
    variation: {
      recover: {
        leader: (records, original) => ({
          ...(original(records) as Record<string, unknown>),
          recovered: 0,
        }),
      },
    },
    breaks: ['AC1 agreement', 'durability', 'one value a ballot'],
    parameters: { ...threeAcceptors, placement: 'leader-is-acceptor' },
    scope: oneCrash,
    scenario: 'untrue-time-outs',
  },
];

/** Those that show only after three ballots, of which the deep suite asks. */
export const bugsOfThreeBallots: readonly PlantedBug[] = [
  {
    name: 'counts-other-ballots',
    mutation: 'A leader counts promises and votes of whatever ballot.',
    source: 'own: equal-ballot 2b (Gray and Lamport 2006), same ballot for 1b',
    variation: { provide: { leader: { guards: { isCurrent: () => true } } } },
    breaks: ['AC1 agreement', 'durability', 'one value a ballot'],
    parameters: { ...sized(1, 1, 1, 2), placement: 'leader-is-acceptor' },
    scope: oneCrash,
    scenario: 'untrue-time-outs',
  },
];
