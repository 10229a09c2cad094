/** The scenarios of Paxos Commit: what it survives without blocking, what blocks it, and what breaks it. */
import { constant, uniform } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 5000 } as const;
/** A node a process, so that faults strike one role at a time. */
const allYes = { votes: 'yes', placement: 'apart' } as const;
const anyVote = { placement: 'apart' } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

/**
 * Without faults: the participants vote at 5 ms (p1) and 25 ms, the acceptors have forced the votes at 40 ms, the
 * leader decides at 50 ms and the participants know at 60 ms.
 */
export const scenarios = {
  'fault-free': {
    description: 'Nothing fails and every participant votes yes.',
    parameters: { votes: 'yes' },
    ...clear,
  },
  'no-vote': {
    description: 'The last participant votes no.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  'participant-crash-before-vote': {
    description: 'A participant dies when PREPARE arrives and stays down: the others abort.',
    parameters: { ...allYes, participants: 3 },
    ...clear,
    faults: [crash('p2', 'before', 1, 'PREPARE')],
  },
  'participant-crash-prepared': {
    description: 'A participant dies in doubt; the others commit, and it asks when it is back.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'crash', node: 'p1', atMs: 30, forMs: 800 }],
  },
  'initiator-crash': {
    description: 'The initiator dies once it has begun, before its vote: the others abort.',
    parameters: allYes,
    ...clear,
    faults: [crash('p1', 'after', 1, 'BEGIN_COMMIT')],
  },
  'coordinator-crash': {
    description: 'The leader dies before its first COMMIT: the second leader finds the votes.',
    parameters: allYes,
    ...clear,
    faults: [crash('leader1', 'before', 1, 'COMMIT')],
  },
  'coordinator-crash-and-return': {
    description: 'The same, and it is back 50 ms later without its memory: it takes ballot 1.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('leader1', 'before', 1, 'COMMIT'), forMs: 50 }],
  },
  'one-informed': {
    description: 'The leader dies after one COMMIT: the second leader finds the same decision.',
    parameters: allYes,
    ...clear,
    faults: [crash('leader1', 'after', 1, 'COMMIT')],
  },
  'informed-crash': {
    description: 'The leader dies after one COMMIT, and so does the participant that got it.',
    parameters: { ...allYes, participants: 3 },
    ...clear,
    faults: [crash('leader1', 'after', 1, 'COMMIT'), crash('p1', 'after', 1, 'commit')],
  },
  'acceptor-crash': {
    description: 'An acceptor dies before the votes arrive: a majority in ballot 1 knows them.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'crash', node: 'a1', atMs: 2 }],
  },
  'leader-and-acceptor-crash': {
    description: 'The leader and an acceptor die with all votes in: the rest commit.',
    parameters: allYes,
    ...clear,
    faults: [
      { fault: 'crash', node: 'a1', atMs: 42 },
      { fault: 'crash', node: 'leader1', atMs: 42 },
    ],
  },
  'acceptor-majority-crash': {
    description: 'Two of three acceptors die with all votes in, before any 2b: everyone blocks.',
    parameters: { ...allYes, acceptorFailures: 1 },
    ...clear,
    faults: [
      { fault: 'crash', node: 'a1', atMs: 37 },
      { fault: 'crash', node: 'a2', atMs: 37 },
    ],
  },
  'acceptor-majority-return': {
    description: 'The same, and one of them is back a second later: everyone decides.',
    parameters: { ...allYes, acceptorFailures: 1 },
    ...clear,
    faults: [
      { fault: 'crash', node: 'a1', atMs: 42, forMs: 1000 },
      { fault: 'crash', node: 'a2', atMs: 42 },
    ],
  },
  'untrue-time-outs': {
    description:
      'Messages take up to 250 ms, longer than any time-out: leaders compete, and agree.',
    parameters: { ...allYes, participants: 3 },
    ...clear,
    latency: uniform(1, 250),
  },
  'slow-participant': {
    description:
      'p1 stands still before its vote, for 400 ms: a leader aborts, and the vote is refused.',
    parameters: { ...allYes, participants: 3 },
    ...clear,
    faults: [{ fault: 'pause', node: 'p1', atMs: 3, forMs: 400 }],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    parameters: anyVote,
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  'duplicated-messages': {
    description: 'Half of all messages arrive again during the first second.',
    parameters: anyVote,
    ...clear,
    faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 1000 }],
  },
  partition: {
    description:
      'The leader, an acceptor and p1 are cut off with the votes in, for ever: p1 blocks, the others commit.',
    parameters: { ...allYes, acceptorFailures: 1, leaders: 2 },
    ...clear,
    faults: [{ fault: 'partition', groups: [['leader1', 'a1', 'p1']], atMs: 42 }],
  },
  'partition-healed': {
    description: 'The same for 700 ms: p1 asks, and commits too.',
    parameters: { ...allYes, acceptorFailures: 1, leaders: 2 },
    ...clear,
    faults: [{ fault: 'partition', groups: [['leader1', 'a1', 'p1']], atMs: 42, forMs: 700 }],
  },
  'false-suspicion': {
    description:
      'The leader stands still with all votes in, for 600 ms: the second decides, and both agree.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'pause', node: 'leader1', atMs: 45, forMs: 600 }],
  },
  cascade: {
    description:
      'Both leaders die, the second in the middle of ballot 2, and an acceptor is cut off; the first is back and decides.',
    parameters: { ...allYes, acceptorFailures: 1, leaders: 2 },
    ...clear,
    faults: [
      { ...crash('leader1', 'before', 1, 'COMMIT'), forMs: 900 },
      { ...crash('leader2', 'after', 2, 'PHASE_2A'), forMs: 3000 },
      { fault: 'partition', groups: [['a1']], atMs: 45, forMs: 1500 },
    ],
  },
  'storage-loss': {
    description: 'A participant dies in doubt and comes back with an empty disk: it aborts.',
    parameters: { ...allYes, participants: 3 },
    ...clear,
    faults: [{ fault: 'crash', node: 'p1', atMs: 30, forMs: 300, loseDisk: true }],
  },
  'acceptor-storage-loss': {
    description:
      'The leader dies after one COMMIT and both acceptors lose their disks: nobody remembers the votes.',
    parameters: { ...allYes, participants: 3, acceptorFailures: 1 },
    ...clear,
    faults: [
      crash('leader1', 'after', 1, 'COMMIT'),
      { fault: 'crash', node: 'a1', atMs: 55, forMs: 50, loseDisk: true },
      { fault: 'crash', node: 'a2', atMs: 55, forMs: 50, loseDisk: true },
    ],
  },
} as const satisfies Record<string, Scenario>;

/** The faster variant: the decision is in the 2b messages that the acceptors send at 40 ms. */
export const fasterScenarios = {
  ...scenarios,
  'coordinator-crash': {
    ...scenarios['coordinator-crash'],
    description: 'The leader dies with all votes on their way: nobody needs it.',
    faults: [{ fault: 'crash', node: 'leader1', atMs: 37 }],
  },
  'coordinator-crash-and-return': {
    ...scenarios['coordinator-crash-and-return'],
    description: 'The same, and it is back 50 ms later: nobody asks it.',
    faults: [{ fault: 'crash', node: 'leader1', atMs: 37, forMs: 50 }],
  },
  'one-informed': {
    ...scenarios['one-informed'],
    description: 'The leader dies, and an acceptor after its first 2b: only p1 knows.',
    faults: [{ fault: 'crash', node: 'leader1', atMs: 37 }, crash('a1', 'after', 1, 'PHASE_2B')],
  },
  'informed-crash': {
    ...scenarios['informed-crash'],
    description: 'The same, and p1 dies too: the second leader asks the two other acceptors.',
    faults: [
      { fault: 'crash', node: 'leader1', atMs: 37 },
      crash('a1', 'after', 1, 'PHASE_2B'),
      crash('p1', 'after', 1, 'commit'),
    ],
  },
  'false-suspicion': {
    ...scenarios['false-suspicion'],
    description: 'An acceptor stands still with all votes in, for 600 ms: a leader takes over.',
    faults: [{ fault: 'pause', node: 'a1', atMs: 36, forMs: 600 }],
  },
  cascade: {
    ...scenarios.cascade,
    description:
      'An acceptor is cut off before its 2b, and both leaders die in the middle of their ballots; the first is back and decides.',
    faults: [
      { fault: 'partition', groups: [['a1']], atMs: 36, forMs: 1500 },
      { ...crash('leader1', 'after', 2, 'PHASE_2A'), forMs: 900 },
      { ...crash('leader2', 'after', 2, 'PHASE_2A'), forMs: 3000 },
    ],
  },
  partition: {
    ...scenarios.partition,
    faults: [{ fault: 'partition', groups: [['leader1', 'a1', 'p1']], atMs: 36 }],
  },
  'partition-healed': {
    ...scenarios['partition-healed'],
    faults: [{ fault: 'partition', groups: [['leader1', 'a1', 'p1']], atMs: 36, forMs: 700 }],
  },
} as const satisfies Record<string, Scenario>;
