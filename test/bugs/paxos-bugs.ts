/**
 * Mistakes in Paxos, each a small change of one rule: those of the bug zoo, and those that its proof and its
 * implementations warn of. Questions are asked over a set of messages (paxos/set); two proposers and three
 * acceptors share nodes there and have two ballots, unless a bug says otherwise.
 */
import { assign, emit } from 'xstate';
import { type Received, send } from '../../src/index.ts';
import type { AcceptorContext } from '../../src/protocols/paxos/acceptor.ts';
import type { LearnerContext } from '../../src/protocols/paxos/learner.ts';
import type { Message } from '../../src/protocols/paxos/messages.ts';
import type { ProposerContext } from '../../src/protocols/paxos/proposer.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

const noFaults = { crashes: 0 };
const oneCrash = { crashes: 1 };
const sharing = { proposers: 2, acceptors: 3 };
/** A quorum of phase 1 is any acceptor, one of phase 2 both: the smallest that lets one speak for all. */
const readOne = { proposers: 2, acceptors: 2, phase1Quorum: 1, phase2Quorum: 2 };
const alone = { proposers: 1, acceptors: 3 };
const lossy = { proposers: 1, acceptors: 1, learners: 1, ballots: 1 };
const onlyLoss = { crashes: 0, loss: true, duplication: false };

interface Step<TContext, TEvent = unknown> {
  readonly context: TContext;
  readonly event: TEvent;
}
type Proposing = Step<ProposerContext>;
type Counting = Step<LearnerContext, Extract<Received<Message>, { readonly type: '2b' }>>;
type Accepting = Step<AcceptorContext, Received<Message>>;

/** Actions in place of others; the machine that they are planted in knows the types. */
const assigning = <S>(change: (step: S) => object): never => assign(change as never) as never;
const emitting = <S>(effect: (step: S) => object): never => emit(effect as never) as never;

/** A rule left out. */
const nothing = assign({}) as never;

export const bugs: readonly PlantedBug[] = [
  {
    name: 'ignores-1b-values',
    mutation: 'The proposer ignores the values reported in 1b messages and proposes its own.',
    source: 'bug-zoo paxos-ignore-1b-values',
    variation: {
      provide: {
        proposer: {
          actions: {
            chooseValue: assigning(({ context }: Proposing) => ({ choice: context.value })),
          },
        },
      },
    },
    breaks: ['every 2a is safe', 'one value chosen', 'agreement'],
    parameters: sharing,
    scope: noFaults,
  },
  {
    name: 'acceptor-amnesia',
    mutation: 'An acceptor forgets its promise and its vote when it crashes.',
    source: 'bug-zoo paxos-acceptor-amnesia',
    variation: { recover: { acceptor: (_, original) => original([]) } },
    breaks: ['every 2a is safe', 'one value chosen', 'agreement', 'promises are kept'],
    parameters: readOne,
    scope: oneCrash,
  },
  {
    name: 'half-quorums',
    mutation: 'With an even number n of acceptors, both phases use quorums of n / 2.',
    source: 'bug-zoo paxos-half-quorums',
    variation: { parameters: { phase1Quorum: 1, phase2Quorum: 1, mayMiss: true } },
    breaks: ['every 2a is safe', 'one value chosen', 'agreement'],
    parameters: { proposers: 2, acceptors: 2 },
    scope: noFaults,
  },
  {
    name: 'ballot-reuse',
    mutation: 'A proposer begins again with its first ballot after a restart, for another client.',
    source: 'bug-zoo paxos-ballot-reuse',
    variation: {
      recover: {
        proposer: (records, original) => ({
          ...(original(records) as object),
          recovered: { usedRound: 0 },
          value: 'w',
        }),
      },
    },
    breaks: ['one value per ballot', 'one value chosen', 'agreement'],
    parameters: alone,
    scope: oneCrash,
  },
  {
    name: 'promise-not-forced',
    mutation: 'An acceptor keeps its promise in memory only.',
    source: 'own: the force before 1b left out',
    variation: { provide: { acceptor: { actions: { forcePromise: nothing } } } },
    breaks: ['every 2a is safe', 'one value chosen', 'promises are kept'],
    parameters: readOne,
    scope: oneCrash,
  },
  {
    name: 'vote-not-forced',
    mutation: 'An acceptor keeps its vote in memory only.',
    source: 'own: the force before 2b left out',
    variation: { provide: { acceptor: { actions: { forceVote: nothing } } } },
    breaks: ['every 2a is safe', 'one value chosen', '1b reports truthfully'],
    parameters: readOne,
    scope: oneCrash,
  },
  {
    name: '2b-before-force',
    mutation: 'An acceptor tells its vote before it is on the disk.',
    source: 'own: two effects in the wrong order',
    variation: {
      patch: {
        acceptor: (config) =>
          withState(config, 'answering', (state) => ({
            ...state,
            on: {
              ...state.on,
              '2a': [
                { guard: 'hasVotedSo', actions: 'send2b' },
                { guard: 'mayVote', actions: ['vote', 'send2b', 'forceVote', 'markVoted'] },
                { actions: 'refuse' },
              ],
            },
          })),
      },
    },
    breaks: ['decided is chosen'],
    parameters: readOne,
    scope: oneCrash,
  },
  {
    name: 'votes-below-promise',
    mutation: 'An acceptor votes for whatever 2a it gets, whatever it has promised.',
    source: 'own: P1a left out',
    variation: { provide: { acceptor: { guards: { mayVote: () => true } } } },
    breaks: ['promises are kept', 'every 2a is safe', 'one value chosen'],
    parameters: sharing,
    scope: noFaults,
  },
  {
    name: 'promise-hides-the-vote',
    mutation: 'An acceptor answers 1a without its last vote.',
    source: 'own: a 1b that does not report truthfully',
    variation: {
      provide: {
        acceptor: {
          actions: {
            send1b: emitting(({ context, event }: Accepting) =>
              send(event.from, { type: '1b', ballot: context.maxBal, vote: null }),
            ),
          },
        },
      },
    },
    breaks: ['1b reports truthfully', 'every 2a is safe'],
    parameters: sharing,
    scope: noFaults,
  },
  {
    name: 'counts-stale-promises',
    mutation: 'A proposer counts promises of its earlier ballots.',
    source: 'own: "for this b" left out; it needs a ballot that was refused',
    variation: { provide: { proposer: { guards: { isOfThisBallot: () => true } } } },
    breaks: ['every 2a is safe', 'one value chosen'],
    parameters: { ...readOne, phase1Quorum: 2, phase2Quorum: 1, ballots: 3 },
    scope: noFaults,
  },
  {
    name: 'phase-1-without-a-quorum',
    mutation: 'A proposer goes on with the first promise.',
    source: 'own: the quorum of phase 1 left out',
    variation: {
      provide: {
        proposer: {
          guards: {
            hasPhase1Quorum: ({ context }: Proposing) => Object.keys(context.promises).length >= 1,
          },
        },
      },
    },
    breaks: ['every 2a is safe', 'one value chosen'],
    parameters: sharing,
    scope: noFaults,
  },
  {
    name: 'same-ballots',
    mutation: 'Proposers number their ballots by themselves, so that two have the same.',
    source: 'own: ballots without the proposer in them',
    variation: {
      provide: {
        proposer: {
          actions: {
            takeNextBallot: assigning(({ context }: Proposing) => ({
              round: context.round + 1,
              ballot: context.round + 1,
              asked: context.acceptors,
            })),
          },
        },
      },
    },
    breaks: ['one value per ballot', 'one value chosen', 'every 2a is safe'],
    parameters: sharing,
    scope: noFaults,
  },
  {
    name: 'counts-across-ballots',
    mutation: 'A learner counts votes of different ballots together.',
    source: 'own: a quorum that is none',
    variation: {
      provide: {
        learner: {
          guards: {
            hasPhase2Quorum: ({ context }: Counting) =>
              context.counts.reduce((sum, { acceptors }) => sum + acceptors.length, 0) >=
              context.phase2Quorum,
          },
          actions: {
            learnFromVotes: assigning(({ context }: Counting) => ({
              value: context.counts.at(-1)?.value ?? null,
              counts: [],
            })),
          },
        },
      },
    },
    breaks: ['decided is chosen', 'agreement'],
    parameters: { proposers: 2, acceptors: 2, learners: 1 },
    scope: noFaults,
  },
  {
    name: 'counts-copies',
    mutation: 'A learner counts a vote again when its message arrives again.',
    source: 'own: distinct acceptors left out',
    variation: {
      provide: {
        learner: {
          actions: {
            countVote: assigning(({ context, event: { ballot, value, from } }: Counting) => {
              const before = context.counts.find((one) => one.ballot === ballot);
              const others = context.counts.filter((one) => one.ballot !== ballot);
              const acceptors = [...(before?.acceptors ?? []), from];
              return { counts: [...others, { ballot, value, acceptors }] };
            }),
          },
        },
      },
    },
    breaks: ['decided is chosen'],
    parameters: sharing,
    scope: noFaults,
  },
];

/** Mistakes that only a network that loses for good shows: asked of paxos itself. */
export const bugsUnderLoss: readonly PlantedBug[] = [
  {
    name: 'learner-does-not-ask',
    mutation: 'A learner waits for votes and never asks for those that it has missed.',
    source: 'own: an inquiry path left out',
    variation: {
      patch: {
        learner: (config) => withState(config, 'waiting.asking', ({ after: _, ...state }) => state),
      },
    },
    breaks: ['termination'],
    parameters: lossy,
    scope: onlyLoss,
  },
  {
    name: 'proposer-does-not-resend',
    mutation: 'A proposer sends its 2a once and waits.',
    source: 'own: a resend left out',
    variation: {
      patch: {
        proposer: (config) =>
          withState(config, 'accepting.asking', ({ after: _, ...state }) => state),
      },
    },
    breaks: ['termination', 'non-blocking'],
    parameters: lossy,
    scope: onlyLoss,
  },
];
