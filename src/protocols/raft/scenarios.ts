/** The scenarios of Raft: what it survives, what blocks it, and what breaks it. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 4000 } as const;
/** The first client asks when the first leader leads. */
const calm = { ...clear, think: constant(400) } as const;
/** Who stands in which term, so that the stories are about these leaders whatever the seed. */
const inTurn = { standing: 's1 s2 s3 s1 s2 s3' } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

/** s1, s2 and s3 reach each other, s4 only s2, s5 only s3 (Howard and Abraham 2020). */
const partialLinks = {
  fault: 'partition',
  links: (
    [
      ['s1', 's4'],
      ['s1', 's5'],
      ['s2', 's5'],
      ['s3', 's4'],
      ['s4', 's5'],
    ] as const
  ).flatMap(([a, b]): (readonly [string, string])[] => [
    [a, b],
    [b, a],
  ]),
} as const;

export const scenarios = {
  'fault-free': {
    description:
      'Nothing fails: somebody is elected, and the commands of the client are committed.',
    ...calm,
    // Faults are added to it: where two in five messages are lost for good, an answer takes up to 8 s.
    horizonMs: 10_000,
  },
  'leader-crash': {
    description:
      'The leader has applied a command and dies before it answers: the next one answers.',
    parameters: inTurn,
    ...calm,
    faults: [{ ...crash('s1', 'before', 1, 'Response'), forMs: 1500 }],
  },
  'candidate-crash': {
    description: 'A candidate dies before its vote for itself is on its disk, and comes back.',
    parameters: { standing: 's1 s2 s3' },
    ...clear,
    faults: [{ ...crash('s1', 'after', 2, 'RequestVote'), forMs: 500 }],
  },
  'follower-crash': {
    description: 'A follower is down for a second, and catches up when it is back.',
    parameters: { ...inTurn, commands: 5 },
    ...clear,
    think: constant(200),
    faults: [{ fault: 'crash', node: 's3', atMs: 350, forMs: 1000 }],
  },
  'snapshot-installed': {
    description:
      'A follower is down while the others compact their logs, and catches up by a snapshot.',
    parameters: { ...inTurn, commands: 6, snapshotEvery: 2 },
    ...clear,
    think: constant(200),
    faults: [{ fault: 'crash', node: 's3', atMs: 350, forMs: 1000 }],
  },
  'leader-cut-off': {
    description: 'The leader is cut off: what it appends alone is overwritten when it is back.',
    parameters: { ...inTurn, commands: 3 },
    ...calm,
    faults: [{ fault: 'partition', groups: [['s1', 'c1']], atMs: 390, forMs: 1200 }],
  },
  'no-majority': {
    description: 'Two of three servers die: nothing is committed any more, and that is right.',
    parameters: { ...inTurn, commands: 3 },
    ...calm,
    faults: [
      { fault: 'crash', node: 's2', atMs: 500 },
      { fault: 'crash', node: 's3', atMs: 600 },
    ],
  },
  'log-repair': {
    description: 'A leader whose followers lack entries, or have others (figure 7 of the paper).',
    parameters: {
      servers: 7,
      standing: '- - - - - - - s1',
      logs: '1.1.1.4.4.5.5.6.6.6 1.1.1.4.4.5.5.6.6 1.1.1.4 1.1.1.4.4.5.5.6.6.6.6 1.1.1.4.4.5.5.6.6.6.7.7 1.1.1.4.4.4.4 1.1.1.2.2.2.3.3.3.3.3',
    },
    ...clear,
    think: constant(800),
  },
  'figure-8': {
    description:
      'An old entry on a majority is overwritten: only entries of its own term are committed by counting.',
    parameters: {
      servers: 5,
      clients: 0,
      commands: 0,
      batch: 1,
      electionMinMs: 150,
      electionMaxMs: 150,
      logs: '1.2 1.2 1 1 1.3',
      standing: '- - - s1 s5 s5',
    },
    ...clear,
    // s1 leads term 4 and brings its entry of term 2 to s3, but none of its own; then s5 leads term 5.
    faults: [
      { fault: 'partition', groups: [['s1', 's2', 's3']], atMs: 165, forMs: 60 },
      { fault: 'partition', groups: [['s1']], atMs: 225, forMs: 1000 },
    ],
  },
  'partial-links': {
    description:
      's4 reaches only s2 and s5 only s3: whoever leads, one of them forces it out, again and again.',
    parameters: { servers: 5, clients: 0, commands: 0 },
    ...clear,
    horizonMs: 10_000,
    faults: [partialLinks],
  },
  'partial-links-stable': {
    description: 'The same with pre-vote and check quorum: a leader stays.',
    parameters: { servers: 5, clients: 0, commands: 0, preVote: true, checkQuorum: true },
    ...clear,
    horizonMs: 10_000,
    faults: [partialLinks],
  },
  'leader-without-quorum': {
    description: 'With check quorum a leader that nobody answers steps down.',
    parameters: { preVote: true, checkQuorum: true, standing: 's1 s2 s3' },
    ...calm,
    faults: [{ fault: 'partition', groups: [['s1']], atMs: 500, forMs: 1500 }],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  'duplicated-messages': {
    description: 'Half of all messages arrive again during the first second.',
    ...clear,
    faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 1000 }],
  },
  'storage-loss': {
    description:
      'A follower comes back with an empty disk and votes for one who lacks what it had acknowledged.',
    parameters: { standing: 's1 s3', commands: 1 },
    ...calm,
    faults: [
      { fault: 'partition', groups: [['s1', 's2', 'c1']], atMs: 380, forMs: 400 },
      { fault: 'crash', node: 's2', atMs: 600, forMs: 50, loseDisk: true },
      { fault: 'crash', node: 's1', atMs: 600 },
    ],
  },
} as const satisfies Record<string, Scenario>;
