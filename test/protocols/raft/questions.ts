/** The questions in which Raft's safety properties are checked wholly; the deep suite asks larger ones. */
import type { CheckOptions } from '../../../src/index.ts';

/** Whatever is applied is compacted at once. */
const compacting = { snapshotEvery: 1, terms: 1 };

type Asked = readonly [what: string, options: CheckOptions];

export const questions: readonly Asked[] = [
  ['3 servers, 2 leaders one after the other', { parameters: { standing: 's1 s2' } }],
  [
    '3 servers, all of whom stand, and a crash',
    { parameters: { terms: 1, standing: '' }, scope: { crashes: 1 } },
  ],
  [
    '3 servers, 1 leader with heartbeats',
    { parameters: { terms: 1, standing: '', heartbeatMs: 75 } },
  ],
  [
    '3 servers, logs that differ, a leader that brings its own, and a crash',
    { parameters: { logs: '1 - 2', standing: '- - s3', terms: 3 }, scope: { crashes: 1 } },
  ],
  [
    '2 servers that ask before they stand and heed a leader',
    { parameters: { servers: 2, terms: 1, standing: '', preVote: true, checkQuorum: true } },
  ],
  [
    '2 servers, 2 terms, and a crash',
    { parameters: { servers: 2, standing: '' }, scope: { crashes: 1 } },
  ],
  [
    '2 servers, 2 leaders with a command each',
    { parameters: { servers: 2, standing: 's1 s2', commands: 1 } },
  ],
  [
    '3 servers that compact their logs, 1 leader with a command',
    { parameters: { ...compacting, standing: 's1', commands: 1 } },
  ],
  [
    '3 servers that compact, 1 leader with heartbeats, and a crash',
    { parameters: { ...compacting, standing: 's1', heartbeatMs: 75 }, scope: { crashes: 1 } },
  ],
  [
    '3 servers that compact, one of which lacks an entry',
    {
      parameters: { ...compacting, terms: 2, logs: '1 1 -', standing: '- s1', heartbeatMs: 75 },
    },
  ],
  [
    '2 servers that compact, 2 leaders one after the other, and a crash',
    {
      parameters: { ...compacting, servers: 2, terms: 2, standing: 's1 s2' },
      scope: { crashes: 1 },
    },
  ],
];

export const largeQuestions: readonly Asked[] = [
  [
    '3 servers, two of whom ask before they stand and heed a leader',
    { parameters: { terms: 1, standing: 's1,s2', preVote: true, checkQuorum: true } },
  ],
  [
    '3 servers, 1 leader with a command, and a crash',
    { parameters: { terms: 1, standing: 's1', commands: 1 }, scope: { crashes: 1 } },
  ],
  [
    '2 servers that compact, 2 leaders with a command each, and a crash',
    {
      parameters: { ...compacting, servers: 2, terms: 2, standing: 's1 s2', commands: 1 },
      scope: { crashes: 1 },
    },
  ],
  [
    '3 servers that compact, 2 leaders one after the other',
    { parameters: { ...compacting, terms: 2, standing: 's1 s2' } },
  ],
  [
    '3 servers that compact, 1 leader with heartbeats and a command',
    { parameters: { ...compacting, standing: 's1', heartbeatMs: 75, commands: 1 } },
  ],
];

/** Too large to be ended: of these a search sees the nearest millions of states, and says no more. */
export const openQuestions: readonly Asked[] = [
  ['3 servers, 2 terms for everybody', { parameters: { standing: '' } }],
  [
    '3 servers, 2 leaders one after the other, and a crash',
    { parameters: { standing: 's1 s2' }, scope: { crashes: 1 } },
  ],
  [
    '3 servers, figure 8 in small',
    { parameters: { logs: '1 - 2', standing: '- - s1 s3', terms: 4, batch: 1 } },
  ],
];
