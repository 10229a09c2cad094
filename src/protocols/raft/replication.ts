/** The rules of replication and of commitment (Raft 5.3, 5.4.2), each by its name. */
import { type Address, mark, send, write } from '../../model/effects.ts';
import { reachedByQuorum } from './configuration.ts';
import { copied, stamp } from './leases.ts';
import {
  afterConflict,
  beginning,
  conflictAt,
  entriesFrom,
  firstConflict,
  firstMissing,
  laidOver,
  lastIndex,
  matches,
  positionAt,
  snapshotOf,
  termAt,
  upTo,
} from './log.ts';
import type { Command, Entry, Message } from './messages.ts';
import {
  base,
  configurationOf,
  others,
  type Seen,
  type ServerContext,
  type ServerEvent,
  senderOf,
} from './server-state.ts';

export const followerGuards = {
  /** The consistency check: the entry before the new ones is the leader's, or lies inside the snapshot. */
  hasPrevious: ({ context, event }: Seen) =>
    event.type === 'AppendEntries' && matches(context.log, event.previous),
  /** Some entry of the message is not in the log, so that the disk must know before the answer. */
  bringsEntries: ({ context: { log }, event }: Seen) =>
    event.type === 'AppendEntries' &&
    firstMissing(log, event.previous.index, event.entries) !== undefined,
};

export const followerActions = {
  followLeader: base.assign(({ event }) => ({ leader: senderOf(event) })),
  /** One record for a cut and what follows it; entries that are there already are not written again. */
  forceEntries: base.emit(({ context: { log }, event }) => {
    const { previous, entries } = appendOf(event);
    const first = firstMissing(log, previous.index, entries) ?? lastIndex(log) + 1;
    const missing = entries.slice(first - previous.index - 1);
    return write({ record: 'entries' as const, after: first - 1, entries: missing }, 'forced');
  }),
  /** Only what conflicts goes, with all behind it; a message that is short says nothing of what lies beyond. */
  truncateConflict: base.assign(({ context: { log }, event }) => {
    const { previous, entries } = appendOf(event);
    const conflict = firstConflict(log, previous.index, entries);
    return conflict === undefined ? {} : { log: upTo(log, conflict - 1) };
  }),
  appendEntries: base.assign(({ context: { log }, event }) => {
    const { previous, entries } = appendOf(event);
    return { log: laidOver(log, previous.index, entries) };
  }),
  /** No further than this message has verified: what lies beyond may be another leader's. */
  learnCommit: base.assign(({ context, event }) => {
    const { commit } = appendOf(event);
    return { commit: Math.max(context.commit, Math.min(commit, verifiedBy(event))) };
  }),
  acknowledge: base.emit(({ context, event }) =>
    send(senderOf(event), {
      type: 'Appended' as const,
      term: context.term,
      match: verifiedBy(event),
      round: appendOf(event).round,
      ...copied(event),
    }),
  ),
  refuseAppend: base.emit(({ context, event }) =>
    send(senderOf(event), {
      type: 'Refused' as const,
      term: context.term,
      previous: appendOf(event).previous.index,
      conflict: conflictAt(context.log, appendOf(event).previous.index),
      round: appendOf(event).round,
      ...copied(event),
    }),
  ),
};

export const leaderGuards = {
  hasHeartbeat: ({ context }: Seen) => context.heartbeats,
  /** The disk is busy with earlier entries: what comes now is written with the next ones. */
  isWriting: ({ context }: Seen) => context.saved < lastIndex(context.log),
  hasWaiting: ({ context }: Seen) => context.waiting.length > 0,
  /** Something beyond the commit index is on the disks of a majority. */
  isOnMajority: ({ context }: Seen) => majorityIndex(context) > context.commit,
  /** Only entries of the leader's own term are committed by counting (5.4.2, figure 8). */
  isOfOwnTerm: ({ context }: Seen) => termAt(context.log, majorityIndex(context)) === context.term,
  /** A refusal that a later acknowledgement has overtaken. */
  isOvertaken: ({ context, event }: Seen) =>
    event.type === 'Refused' && event.previous <= (context.match[event.from] ?? 0),
  /** The follower lacks entries that have not been sent to it: more than one message carries. */
  leavesMore: ({ context: { log, next }, event }: Seen) =>
    event.type === 'Appended' && Math.max(next[event.from] ?? 1, event.match + 1) <= lastIndex(log),
};

export const leaderActions = {
  markElected: base.emit(({ context: { term } }) => mark('elected', { term })),
  lead: base.assign(({ context }) => ({
    leader: context.self,
    votes: [],
    next: forEach(context, () => lastIndex(context.log) + 1),
    match: forEach(context, () => 0),
    saved: lastIndex(context.log),
  })),
  /** Entries before it can be committed only with an entry of this term (3.6.2). */
  appendNoOp: base.assign(({ context: { log, term } }) => ({
    log: [...log, { term, type: 'no-op' as const }],
  })),
  markProposed: base.emit(({ event }) => mark('proposed', { command: commandOf(event).command })),
  appendCommand: base.assign(({ context, event }) => appended(context, [commandOf(event)])),
  waitForDisk: base.assign(({ context, event }) => ({
    waiting: [...context.waiting, commandOf(event)],
  })),
  appendWaiting: base.assign(({ context }) => ({
    ...appended(context, context.waiting),
    waiting: [],
  })),
  /** In parallel with replication: a majority of others may have an entry before this disk has it. */
  writeEntries: base.emit(({ context: { log, saved } }) =>
    write(
      { record: 'entries' as const, after: saved, entries: entriesFrom(log, saved + 1) },
      'forced',
      'SAVED',
    ),
  ),
  countOwn: base.assign(({ context }) => ({ saved: lastIndex(context.log) })),
  /** To every other server what it may lack, or nothing: then it is a heartbeat. What is gone goes as a snapshot. */
  replicate: base.enqueueActions(({ context, event, enqueue }) => {
    for (const peer of others(context)) enqueue.emit(messageFor({ context, event }, peer));
  }),
  replicateToSender: base.emit((seen) => messageFor(seen, senderOf(seen.event))),
  /** Pipelining: what has been sent is not sent again until it is refused. */
  advanceAll: base.assign(({ context }) =>
    context.pipelining ? { next: forEach(context, (peer) => nextAfterSending(context, peer)) } : {},
  ),
  advanceSender: base.assign(({ context, event }) =>
    context.pipelining
      ? {
          next: {
            ...context.next,
            [senderOf(event)]: nextAfterSending(context, senderOf(event)),
          },
        }
      : {},
  ),
  countReplica: base.assign(({ context: { match, next }, event }) => {
    if (event.type !== 'Appended') return {};
    const known = Math.max(match[event.from] ?? 0, event.match);
    return {
      match: { ...match, [event.from]: known },
      next: { ...next, [event.from]: Math.max(next[event.from] ?? 1, known + 1) },
    };
  }),
  /** By the hint, but never behind what is known to be there. */
  backUp: base.assign(({ context: { log, match, next }, event }) => {
    if (event.type !== 'Refused') return {};
    const hinted = Math.min(afterConflict(log, event.conflict), event.previous);
    return {
      next: { ...next, [event.from]: Math.max((match[event.from] ?? 0) + 1, hinted) },
    };
  }),
  advanceCommit: base.assign(({ context }) => ({ commit: majorityIndex(context) })),
  redirect: base.emit(({ context, event }) =>
    send(senderOf(event), {
      type: 'Redirect' as const,
      serial: 'serial' in event ? event.serial : 0,
      leader: context.leader,
    }),
  ),
};

/** The highest index that a majority is known to have on its disks, the leader's own included if it votes. */
export function majorityIndex(context: ServerContext): number {
  const { self, saved, match } = context;
  return reachedByQuorum(configurationOf(context).voters, (voter) =>
    voter === self ? saved : (match[voter] ?? 0),
  );
}

function forEach(
  context: ServerContext,
  value: (peer: Address) => number,
): Readonly<Record<Address, number>> {
  return Object.fromEntries(others(context).map((peer) => [peer, value(peer)]));
}

function appended(
  { log, term }: ServerContext,
  commands: readonly Command[],
): Pick<ServerContext, 'log'> {
  const entries = commands.map((command): Entry => ({ term, type: 'command', ...command }));
  return { log: [...log, ...entries] };
}

function commandOf(event: ServerEvent): Command {
  if (event.type === 'PROPOSE') return { command: event.command, client: null, serial: 0 };
  if (event.type !== 'Request') throw new Error(`broken promise: ${event.type} brings no command`);
  return { command: event.command, client: event.from, serial: event.serial };
}

function messageFor({ context, event }: Seen, peer: Address) {
  const { log, term, next, batch, commit, round } = context;
  const from = next[peer] ?? 1;
  const snapshot = snapshotOf(log);
  if (snapshot !== undefined && from <= snapshot.index)
    return send(peer, {
      type: 'InstallSnapshot',
      term,
      snapshot,
      round: round.number,
      ...stamp(context, event),
    } as const);
  return send(peer, {
    type: 'AppendEntries',
    term,
    previous: positionAt(log, from - 1),
    entries: entriesFrom(log, from, batch),
    commit,
    round: round.number,
    ...stamp(context, event),
  } as const);
}

function nextAfterSending({ log, next, batch }: ServerContext, peer: Address): number {
  const from = next[peer] ?? 1;
  const behind = from <= beginning(log) ? beginning(log) + 1 : from + batch;
  return Math.min(lastIndex(log) + 1, behind);
}

function appendOf(event: ServerEvent): Extract<Message, { readonly type: 'AppendEntries' }> {
  if (event.type !== 'AppendEntries')
    throw new Error(`broken promise: ${event.type} appends nothing`);
  return event;
}

function verifiedBy(event: ServerEvent): number {
  const { previous, entries } = appendOf(event);
  return previous.index + entries.length;
}
