/**
 * A server of Multi-Paxos (Lamport 1998; Paxos Made Simple 2001, section 3): acceptor and learner of every slot,
 * and leader while its ballot is the highest. Every rule is a named guard or action. The file is long because
 * the three roles share one disk and one ballot, and so are one machine.
 */
import { and, assign, emit, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import { ballotOf, ownerOf, roundAfter } from '../paxos/ballots.ts';
import type { Ballot } from '../paxos/messages.ts';
import type { Command, Entry, Message, ServerRecord } from './messages.ts';
import { adopted, firstMissing, type Reports, type Votes, voteIn, withVotes } from './slots.ts';

export interface ServerInput {
  readonly self: Address;
  readonly servers: readonly Address[];
  /** Promises and votes needed. */
  readonly phase1: number;
  readonly phase2: number;
  /** The highest ballot there is: a bound that makes checks finite. */
  readonly ballots: Ballot;
  /** The state machine on top before the first command; absent where there is none. */
  readonly initial?: PlainData;
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: { readonly maxBal: Ballot; readonly votes: Votes };
}

export interface ServerContext extends Omit<ServerInput, 'recovered' | 'initial'> {
  readonly maxBal: Ballot;
  readonly votes: Votes;
  /** What is applied: the commands of the first slots, in order. Chosen stays chosen, so it is not forced. */
  readonly log: readonly Command[];
  /** What the log has made of the state machine on top; null where there is none. */
  readonly state: PlainData;
  /** What the leader of a ballot has said is chosen. */
  readonly announced: { readonly ballot: Ballot; readonly chosen: number };
  /** What somebody has told of missed slots. */
  readonly told: { readonly first: number; readonly commands: readonly Command[] };
  /** As candidate: who has promised, with the votes that it reported. */
  readonly reports: Reports;
  /** As leader: who has voted in each open slot. */
  readonly counts: Readonly<Record<number, readonly Address[]>>;
  /** As leader: which client waits for which slot. */
  readonly clients: Readonly<Record<number, Address>>;
}

export type ServerEvent = Received<Message>;
type Event = ServerEvent;

const others = ({ self, servers }: ServerContext): readonly Address[] =>
  servers.filter((one) => one !== self);
const leaderOf = ({ servers }: ServerContext, ballot: Ballot): Address =>
  servers[ownerOf(ballot, servers.length) - 1] as Address;
/** The highest ballot that it knows of: heartbeats tell of one that it has not been asked to promise. */
const knownBallot = ({ maxBal, announced }: ServerContext): Ballot =>
  Math.max(maxBal, announced.ballot);
const nextSlot = ({ log }: ServerContext): number => log.length + 1;
const lastSlot = ({ log, votes }: ServerContext): number =>
  Math.max(log.length, votes.at(-1)?.slot ?? 0);

/** A ballot of its own above all it has promised. It promises it to itself first, so no life uses it twice. */
function ownBallotAbove({ self, servers, maxBal }: ServerContext): Ballot {
  const index = servers.indexOf(self) + 1;
  return ballotOf(roundAfter(0, maxBal, index, servers.length), index, servers.length);
}

/** The entries that a leader has proposed and that are not yet applied. */
const open = ({ votes, maxBal, log }: ServerContext): readonly Entry[] =>
  votes
    .filter(({ slot, ballot }) => ballot === maxBal && slot > log.length)
    .map(({ slot, command }) => ({ slot, command }));

/** What a client asks for; of any other message null. */
export const requested = (event: Event): Command =>
  event.type === 'REQUEST' ? event.command : null;
const isSame = (a: Command, b: Command): boolean => canonical(a) === canonical(b);

export const server = setup({
  types: {
    context: {} as ServerContext,
    input: {} as ServerInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ServerRecord>,
  },
  guards: {
    hasVotes: ({ context }) => context.votes.length > 0,
    /** The promise rule: a ballot higher than any promised, for all slots at once. */
    mayPromise: ({ context, event }) => event.type === '1a' && event.ballot > context.maxBal,
    hasPromised: ({ context, event }) => event.type === '1a' && event.ballot === context.maxBal,
    /** The accept rule: no higher ballot has been promised. */
    mayVote: ({ context, event }) => event.type === '2a' && event.ballot >= context.maxBal,
    hasVotedSo: ({ context: { votes }, event }) =>
      event.type === '2a' &&
      event.entries.every(({ slot, command }) => {
        const vote = voteIn(votes, slot);
        return vote?.ballot === event.ballot && isSame(vote.command, command);
      }),
    isCurrent: ({ context, event }) => 'ballot' in event && event.ballot >= context.maxBal,
    isOfThisBallot: ({ context, event }) => 'ballot' in event && event.ballot === context.maxBal,
    isRefused: ({ context, event }) => event.type === 'NACK' && event.promised > context.maxBal,
    mayTakeBallot: ({ context }) => ownBallotAbove(context) <= context.ballots,
    hasPhase1Quorum: ({ context }) => Object.keys(context.reports).length >= context.phase1,
    nothingReported: ({ context }) => adopted(context.reports, nextSlot(context)).length === 0,
    /** The next slot is chosen: distinct servers have voted in it in this ballot, a quorum of them. */
    hasPhase2Quorum: ({ context }) =>
      (context.counts[nextSlot(context)]?.length ?? 0) >= context.phase2,
    /** The leader says that the next slot is chosen, and this server has voted there in its ballot. */
    nextIsAnnounced: ({ context: { log, votes, announced } }) =>
      log.length < announced.chosen && voteIn(votes, log.length + 1)?.ballot === announced.ballot,
    nextIsTold: ({ context: { log, told } }) =>
      told.first <= log.length + 1 && log.length + 1 < told.first + told.commands.length,
    hasTold: ({ context }) => context.told.commands.length > 0,
    hasOpen: ({ context }) => open(context).length > 0,
    hasMore: ({ context, event }) => event.type === 'CATCH_UP' && event.first <= context.log.length,
    isApplied: ({ context, event }) => context.log.some((one) => isSame(one, requested(event))),
    /** Clients tell their commands apart, so an equal one is the same one asked again. */
    isOpen: ({ context, event }) =>
      open(context).some(({ command }) => isSame(command, requested(event))),
    knowsLeader: ({ context }) =>
      knownBallot(context) > 0 && leaderOf(context, knownBallot(context)) !== context.self,
  },
  actions: {
    promise: assign({
      maxBal: ({ context, event }) => ('ballot' in event ? event.ballot : context.maxBal),
    }),
    /** Force before send: the promise must outlive a crash. */
    forcePromise: emit(({ context }) =>
      write({ record: 'promise' as const, ballot: context.maxBal }, 'forced'),
    ),
    send1b: emit(({ context, event }) => {
      const first = event.type === '1a' ? event.first : 1;
      const votes = context.votes.filter(({ slot }) => slot >= first);
      return send(event.from, { type: '1b', ballot: context.maxBal, votes });
    }),
    vote: assign(({ context, event }) =>
      event.type === '2a'
        ? { maxBal: event.ballot, votes: withVotes(context.votes, event.ballot, event.entries) }
        : {},
    ),
    /** Force before send: the votes must outlive a crash. */
    forceVotes: emit(({ context, event }) =>
      write(
        {
          record: 'votes' as const,
          ballot: context.maxBal,
          entries: event.type === '2a' ? event.entries : [],
        },
        'forced',
      ),
    ),
    markVoted: emit(({ context }) => mark('voted', { votes: context.votes })),
    send2b: emit(({ event }) => {
      const slots = event.type === '2a' ? event.entries.map(({ slot }) => slot) : [];
      return send(event.from, { type: '2b', ballot: 'ballot' in event ? event.ballot : 0, slots });
    }),
    refuse: emit(({ context, event }) =>
      send(event.from, {
        type: 'NACK',
        ballot: 'ballot' in event ? event.ballot : 0,
        promised: context.maxBal,
      }),
    ),
    noteAnnounced: assign({
      announced: ({ context, event }) =>
        event.type === '2a' || event.type === 'HEARTBEAT'
          ? { ballot: event.ballot, chosen: event.chosen }
          : context.announced,
    }),
    /** Laggards catch up by slot. */
    askForMissing: emit(({ context: { log, votes, announced }, event }) => {
      const first = firstMissing(log, votes, announced);
      return send(first === undefined ? [] : event.from, { type: 'CATCH_UP', first: first ?? 0 });
    }),
    tellChosen: emit(({ context, event }) => {
      const first = event.type === 'CATCH_UP' ? event.first : 1;
      return send(event.from, { type: 'CHOSEN', first, commands: context.log.slice(first - 1) });
    }),
    noteTold: assign({
      told: ({ context, event }) =>
        event.type === 'CHOSEN' ? { first: event.first, commands: event.commands } : context.told,
    }),
    forgetTold: assign({ told: { first: 0, commands: [] } }),
    applyTold: assign({
      log: ({ context: { log, told } }) => [
        ...log,
        told.commands[log.length + 1 - told.first] as Command,
      ],
    }),
    applyVoted: assign({
      log: ({ context }) => [
        ...context.log,
        voteIn(context.votes, nextSlot(context))?.command as Command,
      ],
    }),
    markApplied: emit(({ context: { log } }) =>
      mark('applied', { index: log.length, command: log.at(-1) }),
    ),
    /** Nothing, where the log is all there is; a state machine on top executes here what was just applied. */
    execute: assign({}),
    /** To the client that waits for the slot that was just applied. */
    replyToClient: emit(({ context: { log, clients } }) =>
      send(clients[log.length] ?? [], { type: 'REPLY', command: log.at(-1) as Command }),
    ),
    replyAgain: emit(({ event }) => send(event.from, { type: 'REPLY', command: requested(event) })),
    redirect: emit(({ context, event }) =>
      send(event.from, { type: 'REDIRECT', leader: leaderOf(context, knownBallot(context)) }),
    ),
    takeBallot: assign(({ context }) => ({
      maxBal: ownBallotAbove(context),
      reports: { [context.self]: context.votes.filter(({ slot }) => slot > context.log.length) },
    })),
    send1a: emit(({ context }) =>
      send(
        others(context).filter((one) => context.reports[one] === undefined),
        { type: '1a', ballot: context.maxBal, first: nextSlot(context) },
      ),
    ),
    collectPromise: assign({
      reports: ({ context, event }) =>
        event.type === '1b' ? { ...context.reports, [event.from]: event.votes } : context.reports,
    }),
    /** Phase 2 of all open slots at once: the highest votes reported, and no-ops in the gaps. */
    adoptVotes: assign(({ context }) => {
      const entries = adopted(context.reports, nextSlot(context));
      const counts = Object.fromEntries(entries.map(({ slot }) => [slot, [context.self]]));
      return { votes: withVotes(context.votes, context.maxBal, entries), counts };
    }),
    /** Only then new commands: in the slot after the last one. */
    append: assign(({ context, event }) => {
      const slot = lastSlot(context) + 1;
      const entry = { slot, command: requested(event) };
      return {
        votes: withVotes(context.votes, context.maxBal, [entry]),
        counts: { ...context.counts, [slot]: [context.self] },
        clients: { ...context.clients, [slot]: event.from },
      };
    }),
    send2aOpen: emit(({ context }) =>
      send(others(context), {
        type: '2a',
        ballot: context.maxBal,
        entries: open(context),
        chosen: context.log.length,
      }),
    ),
    forceOpen: emit(({ context }) =>
      write({ record: 'votes' as const, ballot: context.maxBal, entries: open(context) }, 'forced'),
    ),
    send2aLast: emit(({ context }) =>
      send(others(context), {
        type: '2a',
        ballot: context.maxBal,
        entries: open(context).slice(-1),
        chosen: context.log.length,
      }),
    ),
    forceLast: emit(({ context }) =>
      write(
        { record: 'votes' as const, ballot: context.maxBal, entries: open(context).slice(-1) },
        'forced',
      ),
    ),
    countVotes: assign({
      counts: ({ context, event }) => {
        if (event.type !== '2b') return context.counts;
        const counts = { ...context.counts };
        for (const slot of event.slots) {
          const before = counts[slot];
          if (before !== undefined && !before.includes(event.from))
            counts[slot] = [...before, event.from].sort();
        }
        return counts;
      },
    }),
    noteClient: assign({
      clients: ({ context, event }) => {
        const slot = open(context).find(({ command }) => isSame(command, requested(event)))?.slot;
        return slot === undefined ? context.clients : { ...context.clients, [slot]: event.from };
      },
    }),
    heartbeat: emit(({ context }) =>
      send(others(context), {
        type: 'HEARTBEAT',
        ballot: context.maxBal,
        chosen: context.log.length,
      }),
    ),
    forgetLeadership: assign({ reports: {}, counts: {}, clients: {} }),
    forgetReports: assign({ reports: {} }),
    /** What is applied needs no count and no client any more. */
    forgetApplied: assign(({ context: { counts, clients, log } }) => ({
      counts: above(counts, log.length),
      clients: above(clients, log.length),
    })),
  },
  delays: { suspicion: 200, heartbeat: 50, resend: 100 },
}).createMachine({
  id: 'server',
  context: ({ input: { recovered, initial = null, ...input } }) => ({
    ...input,
    maxBal: recovered?.maxBal ?? 0,
    votes: recovered?.votes ?? [],
    log: [],
    state: initial,
    announced: { ballot: 0, chosen: 0 },
    told: { first: 0, commands: [] },
    reports: {},
    counts: {},
    clients: {},
  }),
  initial: 'starting',
  states: {
    /** The crash may have come between the votes on disk and the word of them. */
    starting: {
      always: [
        { guard: 'hasVotes', target: 'serving', actions: 'markVoted' },
        { target: 'serving' },
      ],
    },
    serving: {
      initial: 'following',
      always: [
        { guard: 'nextIsTold', actions: ['applyTold', 'markApplied', 'execute'] },
        { guard: 'hasTold', actions: 'forgetTold' },
        { guard: 'nextIsAnnounced', actions: ['applyVoted', 'markApplied', 'execute'] },
      ],
      on: {
        '1a': [
          {
            guard: 'mayPromise',
            target: '.following',
            actions: ['promise', 'forgetLeadership', 'forcePromise', 'send1b'],
          },
          { guard: 'hasPromised', actions: 'send1b' },
          { actions: 'refuse' },
        ],
        '2a': [
          /** A copy, or one sent again: the same answer again. */
          {
            guard: and(['isOfThisBallot', 'hasVotedSo']),
            target: '.following',
            actions: ['noteAnnounced', 'forgetLeadership', 'send2b', 'askForMissing'],
          },
          {
            guard: 'mayVote',
            target: '.following',
            actions: [
              ...['vote', 'noteAnnounced', 'forgetLeadership', 'forceVotes', 'markVoted'],
              ...['send2b', 'askForMissing'],
            ] as const,
          },
          { actions: 'refuse' },
        ],
        HEARTBEAT: [
          {
            guard: 'isCurrent',
            target: '.following',
            actions: ['noteAnnounced', 'forgetLeadership', 'askForMissing'],
          },
          { actions: 'refuse' },
        ],
        CATCH_UP: { guard: 'hasMore', actions: 'tellChosen' },
        CHOSEN: { actions: 'noteTold' },
        REQUEST: [
          { guard: 'isApplied', actions: 'replyAgain' },
          { guard: 'knowsLeader', actions: 'redirect' },
        ],
      },
      states: {
        following: { after: { suspicion: 'choosingBallot' } },
        choosingBallot: {
          always: [
            {
              guard: 'mayTakeBallot',
              target: 'preparing',
              actions: ['takeBallot', 'forcePromise'],
            },
            { target: 'exhausted' },
          ],
        },
        /** Phase 1, once for all slots from the first that is not known to be chosen. */
        preparing: {
          initial: 'asking',
          always: [
            {
              guard: and(['hasPhase1Quorum', 'nothingReported']),
              target: 'leading',
              actions: 'forgetReports',
            },
            {
              guard: 'hasPhase1Quorum',
              target: 'leading',
              actions: ['adoptVotes', 'forgetReports', 'send2aOpen', 'forceOpen', 'markVoted'],
            },
          ],
          on: {
            '1b': { guard: 'isOfThisBallot', actions: 'collectPromise' },
            NACK: { guard: 'isRefused', target: 'following', actions: 'forgetReports' },
          },
          states: {
            asking: {
              entry: 'send1a',
              after: { resend: { target: 'asking', reenter: true } },
            },
          },
        },
        leading: {
          type: 'parallel',
          always: {
            guard: 'hasPhase2Quorum',
            actions: ['applyVoted', 'markApplied', 'replyToClient', 'execute', 'forgetApplied'],
          },
          on: {
            REQUEST: [
              { guard: 'isApplied', actions: 'replyAgain' },
              { guard: 'isOpen', actions: 'noteClient' },
              { actions: ['append', 'send2aLast', 'forceLast', 'markVoted'] },
            ],
            '2b': { guard: 'isOfThisBallot', actions: 'countVotes' },
            NACK: { guard: 'isRefused', target: 'following', actions: 'forgetLeadership' },
          },
          states: {
            heartbeats: {
              initial: 'beating',
              states: {
                beating: {
                  entry: 'heartbeat',
                  after: { heartbeat: { target: 'beating', reenter: true } },
                },
              },
            },
            resends: {
              initial: 'idle',
              states: {
                idle: { always: { guard: 'hasOpen', target: 'waiting' } },
                waiting: {
                  always: { guard: not('hasOpen'), target: 'idle' },
                  after: { resend: { target: 'waiting', reenter: true, actions: 'send2aOpen' } },
                },
              },
            },
          },
        },
        /** There are no ballots left; it goes on as acceptor and learner. */
        exhausted: {},
      },
    },
  },
});

function above<T>(bySlot: Readonly<Record<number, T>>, slot: number): Record<number, T> {
  return Object.fromEntries(Object.entries(bySlot).filter(([key]) => Number(key) > slot));
}
