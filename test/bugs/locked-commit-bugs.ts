/** Mistakes of transactions under locks, each a small change of one rule. */
import { assign, emit, enqueueActions } from 'xstate';
import { mark, write } from '../../src/index.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

const noFaults = { crashes: 0, loss: false };
const oneCrash = { crashes: 1, loss: false };
/** Two that meet on a row of each participant. */
const two = { clients: 2, participants: 2, transactions: 1 };
const alone = { ...two, clients: 1 };

interface Tables {
  readonly context: {
    readonly open: Readonly<Record<string, { readonly locks: Readonly<Record<string, string>> }>>;
    readonly queue: readonly { readonly row: string; readonly transaction: string }[];
  };
}

/** The locks of all that are open are free; what they have written is remembered. */
const freeLocks = assign({
  open: ({ context: { open } }: Tables) =>
    Object.fromEntries(Object.entries(open).map(([name, one]) => [name, { ...one, locks: {} }])),
});

const grants = ['grantWaiting', 'tellGranted'];

export const bugs: readonly PlantedBug[] = [
  {
    name: 'lock-released-with-the-vote',
    mutation: 'A participant frees its locks when it votes yes, before it knows the decision.',
    source: 'own: two-phase locking that is not strict',
    variation: {
      patch: {
        participant: (config) => ({
          ...config,
          on: {
            ...config.on,
            PREPARE: [
              {
                guard: 'hasEveryStep',
                actions: [
                  ...['forcePrepared', 'notePrepared', 'markUncertain', 'voteYes', 'freeLocks'],
                  ...grants,
                ],
              },
              { actions: ['release', 'markAborted', 'voteNo', ...grants] },
            ],
          },
        }),
      },
      provide: { participant: { actions: { freeLocks } } },
    },
    breaks: ['strictness', 'money'],
    parameters: two,
    scope: noFaults,
    timing: 'synchronous',
  },
  {
    name: 'lock-released-after-each-step',
    mutation: 'A participant frees the lock as soon as the step is done: no two phases.',
    source: 'own: locking that is not two-phase; Eswaran and others 1976',
    variation: {
      patch: {
        participant: (config) => ({
          ...config,
          on: {
            ...config.on,
            EXECUTE: { actions: ['queueUp', ...grants, 'freeLocks', ...grants] },
            PREPARE: {
              actions: ['forcePrepared', 'notePrepared', 'markUncertain', 'voteYes'],
            },
          },
        }),
      },
      provide: { participant: { actions: { freeLocks } } },
    },
    breaks: ['serializability', 'strictness', 'money'],
    parameters: { ...two, order: 'opposite' },
    scope: noFaults,
    timing: 'synchronous',
  },
  {
    name: 'lock-time-out-in-doubt',
    mutation: 'Who waits too long for a lock gets it, though its holder is in doubt.',
    source: 'own: a time-out taken for a decision',
    variation: {
      provide: {
        participant: {
          actions: {
            refuseOldest: enqueueActions(({ context, enqueue }) => {
              const { open, queue } = (context as unknown as Tables['context']) ?? {};
              const row = queue[0]?.row ?? '';
              for (const [transaction, { locks }] of Object.entries(open)) {
                if (locks[row] === undefined) continue;
                enqueue.assign(({ context: now }: { context: unknown }) => {
                  const { [transaction]: _, ...others } = (now as Tables['context']).open;
                  return { open: others };
                });
                enqueue.emit(mark('ended', { transaction, decision: 'abort' }) as never);
              }
            }) as never,
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'money'],
    parameters: two,
    scope: oneCrash,
    timing: 'synchronous',
  },
  {
    name: 'votes-for-what-it-lost',
    mutation: 'A participant votes yes though a crash has made it forget its part.',
    source: 'own: a vote that does not look whether all steps are there',
    variation: { provide: { participant: { guards: { hasEveryStep: () => true } } } },
    breaks: ['AC1 agreement', 'money'],
    parameters: alone,
    scope: oneCrash,
  },
  {
    name: 'recovery-forgets-the-locks',
    mutation: 'A participant that comes back in doubt remembers the vote and not the locks.',
    source: 'own: recovery that opens the rows before the doubt is over',
    variation: {
      recover: {
        participant: (records, original) => {
          const { recovered } = original(records) as {
            readonly recovered: { readonly rows: object; readonly open: Tables['context']['open'] };
          };
          const open = Object.fromEntries(
            Object.entries(recovered.open).map(([name, one]) => [name, { ...one, locks: {} }]),
          );
          return { recovered: { ...recovered, open } };
        },
      },
    },
    breaks: ['strictness', 'money'],
    parameters: two,
    scope: oneCrash,
    timing: 'synchronous',
  },
  {
    name: 'forsaken-in-doubt',
    mutation: 'A participant gives up a transaction in doubt when its coordinator is silent.',
    source: 'bug-zoo two-phase-unilateral-abort, under locks',
    variation: {
      provide: {
        participant: {
          actions: {
            inquire: enqueueActions(({ context, enqueue }) => {
              for (const transaction of Object.keys((context as unknown as Tables['context']).open))
                enqueue.emit(mark('ended', { transaction, decision: 'abort' }) as never);
              enqueue.assign({ open: {} } as never);
            }) as never,
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'money'],
    parameters: alone,
    scope: oneCrash,
  },
  {
    name: 'unforced-commit',
    mutation: 'The coordinator writes its commit record without forcing it.',
    source: 'own: the commit point that is not one',
    variation: {
      provide: {
        coordinator: {
          actions: {
            forceCommit: emit(({ context }: { context: { transaction: string } }) =>
              write({ record: 'commit', transaction: context.transaction, notify: [] }, 'unforced'),
            ),
          },
        },
      },
    },
    breaks: ['AC1 agreement', 'money'],
    parameters: alone,
    scope: oneCrash,
  },
  {
    name: 'early-forget',
    mutation: 'The coordinator forgets a commit before all acknowledgements have arrived.',
    source: 'bug-zoo presumed-abort-early-forget, under locks',
    variation: { provide: { coordinator: { guards: { allAcknowledged: () => true } } } },
    breaks: ['AC1 agreement', 'money'],
    parameters: alone,
    scope: noFaults,
  },
  {
    name: 'deadlock-for-ever',
    mutation: 'Nobody gives up waiting for a lock, neither who holds the rows nor who wants them.',
    source: 'own: deadlock without a time-out',
    variation: {
      patch: {
        participant: (config) =>
          withState(config, 'locks.waiting', ({ after: _, ...state }) => state),
        coordinator: (config) => withState(config, 'executing', ({ after: _, ...state }) => state),
      },
      provide: { participant: { actions: { abortForsaken: assign({}) } } },
    },
    breaks: ['AC5 termination'],
    parameters: { ...two, order: 'opposite' },
    scope: noFaults,
    timing: 'synchronous',
  },
];
