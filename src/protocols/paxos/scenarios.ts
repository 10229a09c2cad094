/** The scenarios of Paxos: what it survives, under what it waits, and what breaks it. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 5000 } as const;
const alone = { proposers: 1 } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

/** A proposer is asked for its value so long after the start. */
const propose = (proposer: string, afterMs: number) =>
  ({ process: `${proposer}/proposer`, operation: { type: 'PROPOSE' }, afterMs }) as const;

/** p1 first, p2 when p1 has had the time to finish. */
const inTurn = [propose('p1', 0), propose('p2', 200)] as const;

/**
 * Values are long, so that a 2a is under way for 40 ms and a 1a for 10; p2 begins 40 ms after p1. From then on
 * each proposer's 1a overtakes the other's 2a, as often as there are ballots.
 */
const duelling = {
  ...clear,
  operations: [propose('p1', 0), propose('p2', 40)],
  messageBytes: { '1a': 0, '1b': 0, '2a': 30, '2b': 0, NACK: 0, INQUIRE: 0, LEARNT: 0 },
  links: [{ msPerByte: 1 }],
} as const;

export const scenarios = {
  'two-proposers': {
    description:
      'Nothing fails; two proposers begin at once, and one pre-empts the other, which backs off.',
    ...clear,
  },
  'fault-free': {
    description: 'One proposer, and nothing fails.',
    parameters: alone,
    ...clear,
  },
  duel: {
    description:
      'Two proposers pre-empt each other ten times: back-off is fixed, and twenty ballots are used up.',
    parameters: { backOff: 'fixed', ballots: 20, learners: 0 },
    ...duelling,
  },
  'duel-random': {
    description: 'The same, but back-off is random: one proposer is soon left alone long enough.',
    parameters: { backOff: 'random', learners: 0 },
    ...duelling,
  },
  'acceptor-crash': {
    description: 'One acceptor of three dies when 1a arrives and stays down: the others suffice.',
    parameters: alone,
    ...clear,
    faults: [crash('a1', 'before', 1, '1a')],
  },
  'acceptor-restart': {
    description: 'Two acceptors die once they have promised and come back: they keep their word.',
    parameters: alone,
    ...clear,
    faults: [
      { ...crash('a1', 'after', 1, '1b'), forMs: 300 },
      { ...crash('a2', 'after', 1, '1b'), forMs: 500 },
    ],
  },
  'acceptor-restart-voted': {
    description: 'Two acceptors die with their votes on disk, unsent, and come back: v1 is chosen.',
    ...clear,
    operations: inTurn,
    faults: [
      { ...crash('a1', 'before', 1, '2b'), forMs: 300 },
      { ...crash('a2', 'before', 1, '2b'), forMs: 500 },
      crash('a3', 'before', 1, '2a'),
    ],
  },
  'majority-crash': {
    description: 'Two acceptors of three die before they vote and stay down: nothing is chosen.',
    parameters: alone,
    ...clear,
    faults: [crash('a1', 'before', 1, '2a'), crash('a2', 'before', 1, '2a')],
  },
  'majority-crash-and-return': {
    description: 'The same, and one comes back after a second: now a quorum is up.',
    parameters: alone,
    ...clear,
    faults: [crash('a1', 'before', 1, '2a'), { ...crash('a2', 'before', 1, '2a'), forMs: 1000 }],
  },
  'proposer-crash-partial-2a': {
    description: 'p1 dies after one 2a and stays down: p2 finds that vote, and has v1 chosen.',
    ...clear,
    operations: inTurn,
    faults: [crash('p1', 'after', 1, '2a'), crash('a3', 'before', 1, '1a')],
  },
  'proposer-crash-and-return': {
    description: 'The only proposer dies after one 2a and comes back: it takes a new ballot.',
    parameters: alone,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, '2a'), forMs: 300 }],
  },
  'proposer-crash-chosen': {
    description: 'p1 dies once v1 is chosen and nobody knows: p2 can only propose v1.',
    parameters: { learners: 0 },
    ...clear,
    operations: inTurn,
    faults: [crash('p1', 'after', 3, '2a')],
  },
  'proposers-crash': {
    description: 'The only proposer dies before its first 2a and stays down: the learner waits.',
    parameters: alone,
    ...clear,
    faults: [crash('p1', 'before', 1, '2a')],
  },
  'learner-crash': {
    description: 'A learner dies before the first vote reaches it and comes back: it asks.',
    parameters: alone,
    ...clear,
    faults: [{ ...crash('l1', 'before', 1, '2b'), forMs: 300 }],
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
  partition: {
    description: 'p1 and one acceptor are cut off for 700 ms: p2 goes on with the majority.',
    ...clear,
    faults: [{ fault: 'partition', groups: [['p1', 'a1']], atMs: 12, forMs: 700 }],
  },
  'partition-unhealed': {
    description: 'The same for ever: p1 waits, p2 and the learner do not.',
    ...clear,
    faults: [{ fault: 'partition', groups: [['p1', 'a1']], atMs: 12 }],
  },
  'false-suspicion': {
    description: 'p1 stands still for 600 ms with its promises in: p2 goes on, and nothing breaks.',
    ...clear,
    operations: [propose('p1', 0), propose('p2', 30)],
    faults: [{ fault: 'pause', node: 'p1', atMs: 20, forMs: 600 }],
  },
  'flexible-quorums': {
    description: 'Four acceptors, phase 2 needs two: two die after phase 1, and v1 is chosen.',
    parameters: { ...alone, acceptors: 4, phase1Quorum: 3, phase2Quorum: 2 },
    ...clear,
    faults: [crash('a1', 'before', 1, '2a'), crash('a2', 'before', 1, '2a')],
  },
  'storage-loss': {
    description: 'a1 and a2 choose v1; a2 loses its disk; a2 and a3 know nothing and choose v2.',
    ...clear,
    operations: inTurn,
    faults: [
      { fault: 'partition', groups: [['a3']], atMs: 0, forMs: 150 },
      { fault: 'crash', node: 'a2', atMs: 100, forMs: 20, loseDisk: true },
      { fault: 'crash', node: 'a1', atMs: 150 },
    ],
  },
} as const satisfies Record<string, Scenario>;
