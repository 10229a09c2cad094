/**
 * Mistakes that several commit protocols can make, each for the machine of a name: what is changed, and what breaks.
 * A protocol's list of bugs says in its own words what is wrong, and asks the smallest question that shows it.
 */
import { emit } from 'xstate';
import { write } from '../../src/index.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

type Mistake = Pick<PlantedBug, 'variation' | 'breaks'>;

export const noFaults = { crashes: 0, loss: false, duplication: false };
export const oneCrash = { crashes: 1, loss: false, duplication: false };

/** Who is in doubt decides alone when the decision is slow. */
export const decidesAlone = (machine: string): Mistake => ({
  variation: { provide: { [machine]: { guards: { mayDecideAlone: () => true } } } },
  breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
});

/** The yes leaves before the record that remembers it is on the disk. */
export const votesBeforeForce = (machine: string, inDoubt: string): Mistake => ({
  variation: {
    patch: {
      [machine]: (config) =>
        withState(config, 'voting', (state) => ({
          ...state,
          on: {
            ...state.on,
            CAN_COMMIT: {
              target: inDoubt,
              actions: ['voteYes', 'markVotedYes', 'forcePrepared', 'markUncertain'],
            },
          },
        })),
    },
  },
  breaks: ['AC1 agreement', 'durability'],
});

/** Who is in doubt under a coordinator that has gone silent aborts, where it should stand for election. */
export const abortsInsteadOfElecting: Mistake = {
  variation: {
    patch: {
      participant: (config) =>
        withState(config, 'inDoubt.following', (state) => ({
          ...state,
          after: {
            suspicion: {
              target: '#participant.aborted',
              actions: ['markCertain', 'forceAbort', 'markAbort'],
            },
          },
        })),
    },
  },
  breaks: ['AC1 agreement'],
};

/** The commit point is written, and a crash may take it back. */
export const doesNotForceCommit = (machine: string, record: object): Mistake => ({
  variation: {
    provide: { [machine]: { actions: { forceCommit: emit(write(record as never, 'unforced')) } } },
  },
  breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
});

/** Recovery takes in doubt for not voted. */
export const forgetsTheVote = (machine: string): Mistake => ({
  variation: {
    recover: {
      [machine]: (records, original) => {
        const last = records.at(-1) as { readonly record: string } | undefined;
        return original(last?.record === 'prepared' ? [] : records);
      },
    },
  },
  breaks: ['AC1 agreement', 'AC3 commit validity', 'durability'],
});

/** Who is in doubt itself answers who asks with a guess. */
export const answersAbortInDoubt = (machine: string): Mistake => ({
  variation: {
    patch: {
      [machine]: (config) =>
        withState(config, 'prepared', (state) => ({
          ...state,
          on: { ...state.on, INQUIRE: { actions: 'tellAbort' } },
        })),
    },
  },
  breaks: ['AC1 agreement', 'AC3 commit validity'],
});

/** A request that comes late opens again what was aborted. */
export const reopens = (
  machine: string,
  request: string,
  transition: string | object,
): Mistake => ({
  variation: {
    patch: {
      [machine]: (config) =>
        withState(config, 'aborted', (state) => ({
          ...state,
          on: { ...state.on, [request]: transition as string },
        })),
    },
  },
  breaks: ['AC1 agreement', 'AC2 finality', 'durability'],
});

/** The coordinator goes on when most have voted yes. */
export const mostAreEnough: Mistake = {
  variation: {
    provide: {
      coordinator: {
        guards: {
          allVotedYes: ({ context }: { context: { yes: unknown[]; participants: unknown[] } }) =>
            2 * context.yes.length > context.participants.length,
        },
      },
    },
  },
  breaks: ['AC1 agreement', 'AC3 commit validity'],
};

/** The coordinator goes on when the votes are late and nobody has voted no. */
export const takesSilenceForYes = (
  target: string,
  actions: string | readonly string[],
): Mistake => ({
  variation: {
    patch: {
      coordinator: (config) =>
        withState(config, 'collecting', (state) => ({
          ...state,
          after: { voteTimeout: { target, actions: actions as string } },
        })),
    },
  },
  breaks: ['AC3 commit validity', 'AC1 agreement'],
});
