/** Mistakes in Raft's log compaction: those of the bug lists of implementations, and own ones. */
import type { AnyStateMachine } from 'xstate';
import { write } from '../../src/index.ts';
import { beginning, conflictAt, termAt, upTo } from '../../src/protocols/raft/log.ts';
import {
  base,
  type Seen,
  type ServerInput,
  senderOf,
} from '../../src/protocols/raft/server-state.ts';
import type { PlantedBug } from './planted-bug.ts';

type Rules = Parameters<AnyStateMachine['provide']>[0];
const rules = (guards: Readonly<Record<string, (seen: Seen) => boolean>>, actions: object = {}) =>
  ({ provide: { server: { guards, actions } as Rules } }) as const;

const noCrash = { crashes: 0 };
/** s3 lacks an entry that s1 and s2 have; it is sent once as it is and once as a snapshot. */
const lackingOne = { snapshotEvery: 2, logs: '1 1 -', terms: 2, standing: '- s1', commands: 1 };
/** One leader, which brings its snapshot to whoever has not heard it before. */
const oneLeader = { snapshotEvery: 1, terms: 1, standing: 's1', commands: 1 };
/** What a follower does that takes the entry before the new ones for a conflict, and deletes from there on. */
const deleteConflict = base.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'AppendEntries') return;
  const { previous, round } = event;
  const after = Math.max(beginning(context.log), previous.index - 1);
  const conflict = conflictAt(context.log, previous.index);
  enqueue.assign({ log: upTo(context.log, after) });
  enqueue.emit(write({ record: 'entries' as const, after, entries: [] }, 'forced'));
  enqueue.emit({
    type: 'send',
    to: [senderOf(event)],
    message: { type: 'Refused', term: context.term, previous: previous.index, conflict, round },
  });
});

export const bugs: readonly PlantedBug[] = [
  {
    name: 'snapshot-always-truncates',
    mutation: 'Installing a snapshot always discards the log.',
    source: 'bug-zoo raft-snapshot-always-truncates (camunda #6092, hashicorp PR 704)',
    variation: rules({ hasLastOfSnapshot: () => false }),
    breaks: ['durability'],
    parameters: lackingOne,
    scope: noCrash,
  },
  {
    name: 'purged-entry-is-conflict',
    mutation: 'An entry before the new ones that was compacted away is taken for a conflict.',
    source: 'bug-zoo raft-purged-entry-is-conflict (openraft #511)',
    variation: rules(
      {
        hasPrevious: ({ context: { log }, event }) =>
          event.type === 'AppendEntries' &&
          termAt(log, event.previous.index) === event.previous.term,
      },
      { refuseAppend: deleteConflict },
    ),
    breaks: ['durability'],
    parameters: lackingOne,
    scope: noCrash,
  },
  {
    name: 'stale-snapshot-installed',
    mutation: 'A snapshot that comes late is installed over a state machine that is further.',
    source: 'own: a snapshot never moves back',
    variation: rules({ isStaleSnapshot: () => false }),
    breaks: ['durability'],
    parameters: { ...oneLeader, heartbeatMs: 75 },
    scope: noCrash,
  },
  {
    name: 'restart-forgets-snapshot',
    mutation: 'A restart finds the entries, and not the snapshot that they follow.',
    source: 'own: what a server knows is on its disk',
    variation: {
      recover: {
        server: (records, original) => {
          const input = original(records) as ServerInput;
          const log = input.durable.log.filter(({ type }) => type !== 'snapshot');
          return { ...input, durable: { ...input.durable, log } };
        },
      },
    },
    breaks: ['log matching', 'state machine safety'],
    parameters: { ...oneLeader, servers: 2, heartbeatMs: 75 },
    scope: { crashes: 1 },
  },
];
