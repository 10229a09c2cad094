/** The scenarios of changing members and leadership transfer. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** 10 ms a message, 5 ms a forced write; s1 leads first, then s2 and so on, at the earliest. */
const clear = {
  latency: constant(10),
  forceLatency: constant(5),
  think: constant(400),
  horizonMs: 6000,
} as const;
const inTurn = { standing: 's1 s2 s3 s4 s5 s2 s3 s4 s5' } as const;
/** Neither pre-vote nor check quorum. */
const unguarded = { preVote: false, checkQuorum: false } as const;

export const membershipScenarios = {
  'fault-free': {
    description: 'Nothing fails: a server joins, the leader leaves, another one is asked to lead.',
    ...clear,
    horizonMs: 15_000,
  },
  'server-added': {
    description: 'A newcomer catches up, without a vote, and then votes.',
    parameters: { ...inTurn, orders: '+s4', commands: 3 },
    ...clear,
  },
  'leader-removed': {
    description:
      'The leader replicates the entry that removes it, does not count itself, and goes.',
    parameters: { ...inTurn, orders: '-s1' },
    ...clear,
  },
  'three-to-five': {
    description: 'Two servers are added one after the other, then two removed.',
    parameters: { ...inTurn, orders: '+s4 +s5 -s3 -s2', commands: 4 },
    ...clear,
  },
  'newcomer-unreachable': {
    description: 'A newcomer does not answer: the change is given up, and nobody has waited.',
    parameters: { ...inTurn, orders: '+s4', commands: 3 },
    ...clear,
    faults: [{ fault: 'crash', node: 's4', atMs: 10 }],
  },
  'newcomer-by-snapshot': {
    description: 'A newcomer gets a snapshot, and with it who votes.',
    parameters: { ...inTurn, orders: '-s3 +s4 +s5', commands: 4, snapshotEvery: 2 },
    ...clear,
  },
  'removed-server-disrupts': {
    description:
      'Without pre-vote and check quorum a removed server, which is not told, forces out leaders.',
    parameters: { ...unguarded, orders: '-s3', commands: 3 },
    ...clear,
  },
  'removed-server-ignored': {
    description: 'With both nobody heeds it.',
    parameters: { orders: '-s3', commands: 3 },
    ...clear,
  },
  'joint-consensus': {
    description: 'From s1, s2, s3 to s3, s4, s5 at once, with majorities of both in between.',
    parameters: { ...inTurn, orders: '=s3,s4,s5', commands: 3 },
    ...clear,
  },
  'leader-crash-while-joint': {
    description: 'The leader dies when all have the joint configuration: the next one ends it.',
    parameters: { ...inTurn, orders: '=s2,s3,s4' },
    ...clear,
    faults: [{ fault: 'crash', node: 's1', atMs: 640 }],
  },
  'leadership-transfer': {
    description: 'The leader brings s2 up to date and has it stand at once.',
    parameters: { ...inTurn, orders: '>s2' },
    ...clear,
  },
  'transfer-given-up': {
    description: 'The target is cut off: after an election timeout the leader goes on.',
    parameters: { ...inTurn, orders: '>s2', commands: 3 },
    ...clear,
    faults: [{ fault: 'partition', groups: [['s2']], atMs: 350, forMs: 1000 }],
  },
  'majority-removed-down': {
    description: 'Two of the three who vote die before the third is told who else votes.',
    parameters: { ...inTurn, orders: '+s4' },
    ...clear,
    faults: [
      { fault: 'crash', node: 's2', atMs: 350 },
      { fault: 'crash', node: 's3', atMs: 350 },
    ],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first two seconds.',
    ...clear,
    horizonMs: 15_000,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 2000 }],
  },
  'storage-loss': {
    description:
      'Two of three lose their disks and, with them, what they had acknowledged: beyond what is claimed.',
    parameters: { ...inTurn, orders: '+s4' },
    ...clear,
    faults: [
      { fault: 'crash', node: 's2', atMs: 1000, forMs: 50, loseDisk: true },
      { fault: 'crash', node: 's3', atMs: 1000, forMs: 50, loseDisk: true },
      { fault: 'crash', node: 's4', atMs: 1000, forMs: 50, loseDisk: true },
    ],
  },
} as const satisfies Record<string, Scenario>;
