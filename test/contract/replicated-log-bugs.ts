/**
 * For each promise of a replicated log a mistake that breaks it, in the servers of Raft and in those of Multi-Paxos,
 * with the run that shows it: the contract must find it in every system that is made of these servers.
 */
import { type AnyStateMachine, assign } from 'xstate';
import { constant, type RunOptions, type Variation } from '../../src/index.ts';
import type { ServerContext as Server } from '../../src/protocols/multi-paxos/server-state.ts';
import { withVotes } from '../../src/protocols/multi-paxos/slots.ts';
import { base, type Seen, type ServerInput } from '../../src/protocols/raft/server-state.ts';

export type Promised =
  | 'log agreement'
  | 'log prefix'
  | 'log validity'
  | 'log integrity'
  | 'catching up';

export interface Broken {
  readonly promised: Promised;
  readonly mutation: string;
  readonly variation: Variation;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly run: Omit<RunOptions, 'seed' | 'parameters'>;
}

type Rules = Parameters<AnyStateMachine['provide']>[0];
const rules = (guards: object, actions: object = {}): Variation => ({
  provide: { server: { guards, actions } as Rules },
});

const calm = {
  latency: constant(10),
  forceLatency: constant(5),
  think: constant(400),
  horizonMs: 6000,
} as const;
const runs = {
  calm,
  /** The first leader with the first client, before anybody asks. */
  cutOff: {
    ...calm,
    faults: [{ fault: 'partition', groups: [['s1', 'c1']], atMs: 390, forMs: 2000 }],
  },
  laggard: { ...calm, faults: [{ fault: 'crash', node: 's3', atMs: 350, forMs: 1500 }] },
  /** The only server, between the commands of the first client and those of the second. */
  restart: {
    ...calm,
    faults: [
      { fault: 'partition', groups: [['c2']], atMs: 0, forMs: 4000 },
      { fault: 'crash', node: 's1', atMs: 3000, forMs: 300 },
    ],
  },
} as const satisfies Record<string, Broken['run']>;

const unasked = 'what nobody asked for';

const inTurn = { standing: 's1 s2 s3 s1 s2 s3' };

export const brokenRaft: readonly Broken[] = [
  {
    promised: 'log agreement',
    mutation: 'A leader commits what its own disk has.',
    variation: rules(
      { isOnMajority: ({ context }: Seen) => context.saved > context.commit },
      { advanceCommit: base.assign(({ context }) => ({ commit: context.saved })) },
    ),
    parameters: { ...inTurn, clients: 2 },
    run: runs.cutOff,
  },
  {
    promised: 'log prefix',
    mutation: 'A follower applies only the last of the entries that it learns to be committed.',
    variation: rules(
      {},
      {
        learnCommit: base.assign(({ context, event }) => {
          if (event.type !== 'AppendEntries') return {};
          const verified = event.previous.index + event.entries.length;
          const commit = Math.max(context.commit, Math.min(event.commit, verified));
          return { commit, applied: Math.max(context.applied, commit - 1) };
        }),
      },
    ),
    // What comes together is written, sent and committed together.
    parameters: { ...inTurn, clients: 3 },
    run: runs.calm,
  },
  {
    promised: 'log validity',
    mutation: 'A leader appends something else than it was asked to.',
    variation: rules(
      {},
      {
        appendCommand: base.assign(({ context: { log, term } }) => ({
          log: [...log, { term, type: 'command', command: unasked, client: null, serial: 0 }],
        })),
      },
    ),
    parameters: inTurn,
    run: runs.calm,
  },
  {
    promised: 'log integrity',
    mutation: 'A restart finds no log.',
    variation: {
      recover: {
        server: (records, original) => {
          const input = original(records) as ServerInput;
          return { ...input, durable: { ...input.durable, log: [] } };
        },
      },
    },
    parameters: { servers: 1, clients: 2 },
    run: runs.restart,
  },
  {
    promised: 'catching up',
    mutation: 'A leader whose entries are refused sends the same again.',
    variation: rules({}, { backUp: base.assign({}) }),
    parameters: inTurn,
    run: runs.laggard,
  },
];

interface Step {
  readonly context: Server;
}
const assigning = (change: (step: Step) => object) => assign(change as never);

export const brokenMultiPaxos: readonly Broken[] = [
  {
    promised: 'log agreement',
    mutation: 'A leader takes its own vote for a quorum.',
    variation: rules({
      hasPhase2Quorum: ({ context: { counts, log } }: Step) => counts[log.length + 1] !== undefined,
    }),
    parameters: { firstLeader: true, clients: 2 },
    run: runs.cutOff,
  },
  {
    promised: 'log prefix',
    mutation: 'A server that is told what it has missed applies only the last of it.',
    variation: rules(
      {},
      {
        applyTold: assigning(({ context: { log, told } }) => {
          const missed = told.commands.slice(log.length + 1 - told.first);
          return { log: [...log, ...missed] };
        }),
      },
    ),
    parameters: { firstLeader: true },
    run: runs.laggard,
  },
  {
    promised: 'log validity',
    mutation: 'A leader proposes something else than it was asked to.',
    variation: rules(
      {},
      {
        append: assigning(({ context: { log, votes, counts, maxBal, self } }) => {
          const slot = Math.max(log.length, votes.at(-1)?.slot ?? 0) + 1;
          return {
            votes: withVotes(votes, maxBal, [{ slot, command: unasked }]),
            counts: { ...counts, [slot]: [self] },
          };
        }),
      },
    ),
    parameters: { firstLeader: true },
    run: runs.calm,
  },
  {
    promised: 'log integrity',
    mutation: 'A restart finds no votes.',
    variation: { recover: { server: (_, original) => original([]) } },
    parameters: { servers: 1, clients: 2 },
    run: runs.restart,
  },
  {
    promised: 'catching up',
    mutation: 'Nobody tells a server what it has missed.',
    variation: rules({ hasMore: () => false }),
    parameters: { firstLeader: true },
    run: runs.laggard,
  },
];
