/**
 * Log compaction (Raft 7; dissertation 5.1): every server replaces what it has applied by its state machine, and a
 * leader sends that to a follower which lacks what the leader has no more. A snapshot goes whole, in one message.
 */
import { mark, send } from '../../model/effects.ts';
import { votersUpTo } from './configuration.ts';
import { copied } from './leases.ts';
import { beginning, compacted, conflictAt, termAt } from './log.ts';
import type { Message, Snapshot } from './messages.ts';
import { base, type Seen, type ServerEvent, senderOf } from './server-state.ts';

export const snapshotGuards = {
  isSnapshotDue: ({ context: { applied, log, snapshotEvery } }: Seen) =>
    snapshotEvery > 0 && applied - beginning(log) >= snapshotEvery,
  /** It covers nothing that is not known to be committed here: a state machine never moves back. */
  isStaleSnapshot: ({ context, event }: Seen) =>
    event.type === 'InstallSnapshot' && event.snapshot.index <= context.commit,
  /** The log has the last entry that the snapshot covers, so that what follows may have been acknowledged. */
  hasLastOfSnapshot: ({ context, event }: Seen) =>
    event.type === 'InstallSnapshot' &&
    termAt(context.log, event.snapshot.index) === event.snapshot.term,
};

export const snapshotActions = {
  /** Only what is applied may go, since only that is committed; the disk replaces it in one write. */
  takeSnapshot: base.assign(({ context: { log, applied, state } }) => {
    const voters = votersUpTo(log, applied);
    const snapshot: Snapshot = {
      type: 'snapshot',
      index: applied,
      term: termAt(log, applied) ?? 0,
      state,
      ...(voters && { voters }),
    };
    return { log: compacted(log, snapshot) };
  }),
  keepSuffix: base.assign(({ context: { log }, event }) => ({
    log: compacted(log, snapshotFrom(event).snapshot),
  })),
  dropLog: base.assign(({ event }) => ({ log: [snapshotFrom(event).snapshot] })),
  loadState: base.assign(({ event }) => {
    const { index, state } = snapshotFrom(event).snapshot;
    return { state, applied: index, commit: index };
  }),
  /** Before the disk has it: who has lost a snapshot in a crash has nothing behind it either. */
  markInstalled: base.emit(({ event }) =>
    mark('installed', { index: snapshotFrom(event).snapshot.index }),
  ),
  /** As after AppendEntries: the log is the leader's up to there, and durable. */
  acknowledgeSnapshot: base.emit(({ context, event }) =>
    send(senderOf(event), {
      type: 'Appended' as const,
      term: context.term,
      match: snapshotFrom(event).snapshot.index,
      round: snapshotFrom(event).round,
      ...copied(event),
    }),
  ),
  /** Only to tell the higher term. */
  refuseSnapshot: base.emit(({ context, event }) => {
    const { snapshot, round } = snapshotFrom(event);
    return send(senderOf(event), {
      type: 'Refused' as const,
      term: context.term,
      previous: snapshot.index,
      conflict: conflictAt(context.log, snapshot.index),
      round,
      ...copied(event),
    });
  }),
};

function snapshotFrom(event: ServerEvent): Extract<Message, { readonly type: 'InstallSnapshot' }> {
  if (event.type !== 'InstallSnapshot')
    throw new Error(`broken promise: ${event.type} brings no snapshot`);
  return event;
}
