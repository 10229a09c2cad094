/**
 * 1. Define and run: a small commit protocol of two machines, and one run of it.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/1-define-and-run.ts
 *     npm run -s counterpoint -- run docs/examples/1-define-and-run.ts --seed 1 --story
 */
import { fileURLToPath } from 'node:url';
import {
  constant,
  defineProcess,
  defineSystem,
  type Effect,
  type ProcessView,
  type Received,
  replicate,
  run,
  send,
  uniform,
  write,
} from 'counterpoint';
import { assign, emit, setup } from 'xstate';

type Message =
  | { type: 'PREPARE' }
  | { type: 'VOTE'; yes: boolean }
  | { type: 'COMMIT' }
  | { type: 'ABORT' }
  | { type: 'ASK' };

const participant = setup({
  types: {
    context: {} as { able: boolean; hasVoted: boolean },
    input: {} as { able: boolean; hasVoted: boolean },
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, 'prepared'>,
  },
  guards: {
    able: ({ context }) => context.able,
    hasVoted: ({ context }) => context.hasVoted,
    /** Whoever has voted yes has promised to wait for the answer. */
    mayDecideAlone: () => false,
  },
  delays: { patience: 300, doubt: 200 },
}).createMachine({
  id: 'participant',
  context: ({ input }) => input,
  initial: 'working',
  states: {
    working: {
      always: { guard: 'hasVoted', target: 'prepared' },
      on: {
        PREPARE: [
          {
            guard: 'able',
            target: 'prepared',
            actions: [
              emit(write('prepared', 'forced')),
              emit(({ event }) => send(event.from, { type: 'VOTE', yes: true })),
            ],
          },
          {
            target: 'aborted',
            actions: emit(({ event }) => send(event.from, { type: 'VOTE', yes: false })),
          },
        ],
        ABORT: 'aborted',
      },
      after: { patience: 'aborted' },
    },
    prepared: {
      on: { COMMIT: 'committed', ABORT: 'aborted' },
      after: {
        doubt: [
          { guard: 'mayDecideAlone', target: 'aborted' },
          {
            target: 'prepared',
            reenter: true,
            actions: emit(send('coordinator', { type: 'ASK' })),
          },
        ],
      },
    },
    committed: {},
    aborted: {},
  },
});

/** What a coordinator finds in its log: it starts with nothing, and after a crash knows more. */
type Found = 'nothing' | 'commit' | 'abort';

const coordinator = setup({
  types: {
    context: {} as { everyone: string[]; missing: string[]; found: Found },
    input: {} as { everyone: string[]; found: Found },
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, 'commit'>,
  },
  guards: {
    isNo: ({ event }) => event.type === 'VOTE' && !event.yes,
    allVotedYes: ({ context }) => context.missing.length === 0,
  },
  actions: {
    askForVotes: emit(({ context }) => send(context.everyone, { type: 'PREPARE' })),
    tellCommit: emit(({ context }) => send(context.everyone, { type: 'COMMIT' })),
    tellAbort: emit(({ context }) => send(context.everyone, { type: 'ABORT' })),
  },
  delays: { patience: 100 },
}).createMachine({
  id: 'coordinator',
  context: ({ input }) => ({ ...input, missing: input.everyone }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: ({ context }) => context.found === 'commit', target: 'committed' },
        { guard: ({ context }) => context.found === 'abort', target: 'aborted' },
        { target: 'collecting', actions: 'askForVotes' },
      ],
    },
    collecting: {
      on: {
        VOTE: [
          { guard: 'isNo', target: 'aborted' },
          {
            actions: assign({
              missing: ({ context, event }) => context.missing.filter((one) => one !== event.from),
            }),
          },
        ],
      },
      always: {
        guard: 'allVotedYes',
        target: 'committed',
        actions: emit(write('commit', 'forced')),
      },
      after: { patience: 'aborted' },
    },
    committed: { entry: 'tellCommit', on: { ASK: { actions: 'tellCommit' } } },
    aborted: { entry: 'tellAbort', on: { ASK: { actions: 'tellAbort' } } },
  },
});

const hasDecided = (process: ProcessView) => process.in('committed') || process.in('aborted');

export const system = defineSystem({
  name: 'my-commit',
  parameters: { participants: 2 },
  nodes: ({ participants }) => {
    const everyone = Array.from({ length: participants }, (_, index) => `p${index + 1}`);
    return {
      coordinator: defineProcess({
        machine: coordinator,
        input: { everyone, found: 'nothing' },
        delays: { patience: constant(100) },
        // A coordinator that finds no commit in its log cannot have told anyone to commit.
        recover: (records) => ({ everyone, found: records.at(-1) ?? 'abort' }),
      }),
      ...replicate('p', participants, () =>
        defineProcess({
          machine: participant,
          input: { able: true, hasVoted: false },
          delays: { patience: uniform(200, 300), doubt: uniform(150, 200) },
          // One that restarts without its promise on disk votes no from now on.
          recover: (records) => ({ able: false, hasVoted: records.includes('prepared') }),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true },
  properties: ({ invariant, alwaysPossible }) => [
    invariant(
      'agreement',
      ({ all }) =>
        !(all.some((one) => one.in('committed')) && all.some((one) => one.in('aborted'))),
    ),
    alwaysPossible('decided', ({ all }) => all.every((one) => !one.up || hasDecided(one))),
  ],
  settled: ({ all }) => all.every((one) => !one.up || hasDecided(one)),
  blocked: ({ all, isConnected }) =>
    all.some(({ address }) => !isConnected(address, 'coordinator'))
      ? 'someone in doubt may not reach the coordinator'
      : undefined,
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { verdict, outcome, metrics, virtualMs } = run(system, { seed: 1 });
  console.log(`verdict ${verdict}, outcome ${outcome}`);
  console.log(`${metrics.messages.sent} messages, ${metrics.writes.forced} forced writes`);
  console.log(`${virtualMs.toFixed(1)} ms of virtual time`);
}
