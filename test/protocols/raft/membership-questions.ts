/** The questions in which changes of membership and leadership transfer are checked; larger ones in the deep suite. */
import type { CheckOptions } from '../../../src/index.ts';

type Asked = readonly [what: string, options: CheckOptions];

const crash = { crashes: 1 };
const two = { servers: 2, members: 2 };
const one = { servers: 2, members: 1 };

export const membershipQuestions: readonly Asked[] = [
  [
    '2 servers take in a third, and a crash',
    { parameters: { terms: 1, standing: 's1' }, scope: crash },
  ],
  ['1 of 2 servers goes, 2 leaders', { parameters: { ...two, orders: 's1:-s2' } }],
  [
    'the leader of 2 servers goes, whoever stands',
    { parameters: { ...two, orders: 's1:-s1', standing: '' } },
  ],
  [
    'a removal that is in one log alone, whoever stands',
    { parameters: { ...two, logs: '1=s2 -', orders: '', standing: '', terms: 3 } },
  ],
  [
    '1 server takes in a second, which gets a snapshot',
    { parameters: { ...one, orders: 's1:+s2', snapshotEvery: 1 } },
  ],
  ['from s1 to s2 by joint consensus, 2 leaders', { parameters: { ...one, orders: 's1:=s2' } }],
  [
    'from s1 to s2 by joint consensus, 1 leader with heartbeats, and a crash',
    {
      parameters: { ...one, orders: 's1:=s2', standing: 's1', terms: 1, heartbeatMs: 75 },
      scope: crash,
    },
  ],
  [
    '3 servers, a joint configuration in one log alone',
    {
      parameters: { members: 2, logs: '- 1 1.1=s1,s2/s3', orders: '', standing: '- s2,s3' },
    },
  ],
  ['2 servers, leadership transfer', { parameters: { ...two, orders: 's1:>s2', standing: '' } }],
  [
    '2 servers, leadership transfer that may be given up, and a crash',
    {
      parameters: { ...two, orders: 's1:>s2', standing: 's1', terms: 1 },
      scope: crash,
    },
  ],
];

export const largeMembershipQuestions: readonly Asked[] = [
  ['2 servers take in a third, 2 leaders', {}],
  [
    'from s1 to s2 and s3 by joint consensus, 2 leaders',
    { parameters: { members: 1, orders: 's1:=s2,s3' } },
  ],
  [
    'from s1 and s2 to s2 and s3 by joint consensus, 2 leaders',
    { parameters: { orders: 's1:=s2,s3' } },
  ],
  ['3 servers, leadership transfer', { parameters: { members: 3, orders: 's1:>s2' } }],
  [
    '3 servers and a newcomer, 1 leader',
    { parameters: { servers: 4, members: 3, orders: 's1:+s4', standing: 's1', terms: 1 } },
  ],
];
