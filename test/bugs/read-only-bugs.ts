/** Mistakes with participants that only read: what READ lets a participant forget, and what it does not. */
import { assign } from 'xstate';
import { type PlantedBug, withState } from './planted-bug.ts';

const noFaults = { crashes: 0, loss: false, duplication: false };
const oneCrash = { crashes: 1, loss: false, duplication: false };

export const bugs: readonly PlantedBug[] = [
  {
    name: 'reader-answers-abort',
    mutation: 'A participant that voted READ answers an inquiry with abort: it has no record.',
    source: 'own: cooperative termination that takes ignorance for knowledge',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'released', (state) => ({
            ...state,
            on: { ...state.on, INQUIRE: { actions: 'tellAbort' } },
          })),
      },
    },
    breaks: ['AC1 agreement', 'AC3 commit validity'],
    parameters: { participants: 2, readers: 1, votes: 'yes', cooperative: true },
    scope: noFaults,
  },
  {
    name: 'restarted-reader-aborts',
    mutation: 'A participant that voted READ and restarts without a record takes it for an abort.',
    source: 'own: rule 5 of the participant, which holds only for those that would have a record',
    variation: { provide: { participant: { guards: { mayHaveVotedRead: () => false } } } },
    breaks: ['AC1 agreement'],
    parameters: { participants: 2, readers: 1, votes: 'yes' },
    scope: oneCrash,
  },
  {
    name: 'reader-is-awaited',
    mutation: 'The coordinator waits for the acknowledgement of a commit by those that voted READ.',
    source: 'own: phase 2 with those who have left',
    variation: {
      patch: {
        coordinator: (config) =>
          withState(config, 'collecting', (state) => ({
            ...state,
            on: {
              ...state.on,
              READ: { guard: 'isFirstVote', actions: 'countReadAsYes' },
            },
          })),
      },
      provide: {
        coordinator: {
          actions: {
            countReadAsYes: assign({
              yes: ({ context, event }: ReadCounted) => [...context.yes, `${event.from}`],
            }),
          },
        },
      },
    },
    breaks: ['AC5 termination'],
    parameters: { participants: 1, readers: 1, votes: 'yes' },
    scope: noFaults,
  },
  {
    name: 'silence-is-read',
    mutation:
      'The coordinator takes those that have not voted for readers, and does not wait for them.',
    source: 'own: silence taken for READ',
    variation: {
      provide: {
        coordinator: {
          guards: {
            allVotesIn: ({ context }: Votes) => context.yes.length + context.no.length > 0,
            allVotedYes: ({ context }: Votes) => context.no.length === 0,
          },
        },
      },
    },
    breaks: ['AC3 commit validity', 'AC1 agreement'],
    parameters: { participants: 2, readers: 1, votes: 'any' },
    scope: noFaults,
  },
  {
    name: 'reader-does-not-acknowledge',
    mutation:
      'A participant that voted READ ignores the ABORT of a coordinator that has not heard it.',
    source: 'own: left out of phase 2 by itself alone',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'released', ({ on = {}, ...state }) => {
            const { ABORT: _, ...others } = on as Record<string, unknown>;
            return { ...state, on: others } as never;
          }),
      },
    },
    breaks: ['AC5 termination'],
    parameters: { participants: 1, readers: 1, votes: 'yes' },
    scope: noFaults,
  },
];

interface Votes {
  readonly context: { readonly yes: readonly string[]; readonly no: readonly string[] };
}

interface ReadCounted extends Votes {
  readonly event: { readonly type: string; readonly from?: string };
}
