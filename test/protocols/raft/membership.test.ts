/** Changing members: which configuration counts, who catches up, who goes, and what an administrator is told. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, run, variant } from '../../../src/index.ts';
import { raft, raftMembers } from '../../../src/protocols/index.ts';
import {
  configurationBefore,
  isQuorum,
  newestConfiguration,
  reachedByQuorum,
  votersUpTo,
} from '../../../src/protocols/raft/configuration.ts';
import { compacted, type Log, upTo } from '../../../src/protocols/raft/log.ts';
import type { Entry, Voters } from '../../../src/protocols/raft/messages.ts';
import type { LiveServer, Observed } from '../../../src/protocols/raft/observing.ts';
import { ordersFrom } from '../../../src/protocols/raft/order-texts.ts';
import { initialDisks } from '../../../src/protocols/raft/text-parameters.ts';
import { bugs, largeBugs } from '../../bugs/raft-membership-bugs.ts';

const noOp: Entry = { term: 1, type: 'no-op' };
const configuration = (...voters: Voters): Entry => ({
  term: 1,
  type: 'configuration',
  voters,
  client: null,
  serial: 0,
});
const first = ['s1', 's2', 's3'];
const four = ['s1', 's2', 's3', 's4'];
const log: Log = [noOp, configuration(four), noOp, configuration(four, ['s4', 's5'])];

describe('the configuration in force', () => {
  test('is the newest in the log, committed or not', () => {
    expect(newestConfiguration(log, first)).toEqual({ voters: [four, ['s4', 's5']], index: 4 });
    expect(newestConfiguration([noOp], first)).toEqual({ voters: [first], index: 0 });
  });
  test('is the one before again when its entry is cut off', () => {
    expect(newestConfiguration(upTo(log, 3), first)).toEqual({ voters: [four], index: 2 });
    expect(newestConfiguration(upTo(log, 1), first)).toEqual({ voters: [first], index: 0 });
    expect(configurationBefore(log, first, 4)).toEqual({ voters: [four], index: 2 });
  });
  test('survives the compaction of its entry', () => {
    const voters = votersUpTo(log, 3) as Voters;
    const snapshot = { type: 'snapshot', index: 3, term: 1, state: null, voters } as const;
    const short = compacted(log, snapshot);
    expect(newestConfiguration(upTo(short, 3), first)).toEqual({ voters: [four], index: 3 });
    expect(newestConfiguration(short, first).index).toBe(4);
    expect(votersUpTo(log, 1)).toBeUndefined();
  });
});

describe('a majority', () => {
  test('is more than half of the voters, and nobody else counts', () => {
    expect(isQuorum([four], ['s1', 's2'])).toBe(false);
    expect(isQuorum([four], ['s1', 's2', 's5'])).toBe(false);
    expect(isQuorum([four], ['s1', 's2', 's4'])).toBe(true);
  });
  test('of a joint configuration is one of each set (etcd, joint_vote.txt)', () => {
    const joint: Voters = [first, ['s3', 's4', 's5']];
    expect(isQuorum(joint, ['s1', 's2'])).toBe(false);
    expect(isQuorum(joint, ['s4', 's5'])).toBe(false);
    expect(isQuorum(joint, ['s1', 's2', 's4', 's5'])).toBe(true);
    expect(isQuorum(joint, ['s1', 's3', 's4'])).toBe(true);
  });
  test('has the lower of the indices that each set has reached', () => {
    const at: Readonly<Record<string, number>> = { s1: 9, s2: 7, s3: 5, s4: 3, s5: 1 };
    const reached = (voter: string): number => at[voter] ?? 0;
    expect(reachedByQuorum([first], reached)).toBe(7);
    expect(reachedByQuorum([four], reached)).toBe(5);
    expect(reachedByQuorum([first, ['s3', 's4', 's5']], reached)).toBe(3);
  });
});

/** A scenario, and what is known at its end. */
function told(scenario: string, system: AnySystem = raftMembers as AnySystem, parameters = {}) {
  const { verdict, outcome, reason, end, metrics, properties } = run(system, {
    seed: 1,
    scenario,
    parameters,
  });
  const { leaders, entries: applied } = end.observed as Observed;
  const configurations = Object.values(applied).flatMap(({ voters }) =>
    voters === undefined ? [] : [voters],
  );
  const violated = properties.filter((one) => one.verdict === 'violated').map(({ name }) => name);
  const { marks } = metrics;
  return { verdict, outcome, reason, end, leaders, configurations, marks, violated };
}

test('a newcomer has caught up before it votes', () => {
  const { configurations, leaders } = told('server-added');
  expect([configurations, leaders]).toEqual([[[four]], { 1: 's1' }]);
});

test('a newcomer that does not answer is given up, and the others go on', () => {
  const { configurations, outcome, marks } = told('newcomer-unreachable');
  expect([configurations, outcome, marks.ordered]).toEqual([[], 'recovered', 1]);
});

test('a newcomer that gets a snapshot knows from it who votes', () => {
  const { end, marks } = told('newcomer-by-snapshot');
  expect(marks.installed).toBeGreaterThan(0);
  const last = end.all.find(({ address }) => address === 's5') as LiveServer;
  const { servers } = last.context;
  expect(newestConfiguration(last.context.log, servers).voters).toEqual([['s1', 's2', 's4', 's5']]);
});

test('a leader that is removed commits that without itself, and goes', () => {
  const { configurations, leaders, end } = told('leader-removed');
  expect([configurations, leaders]).toEqual([[[['s2', 's3']]], { 1: 's1', 2: 's2' }]);
  expect(end.all.find(({ address }) => address === 's1')?.in('follower')).toBe(true);
});

test('a removed server forces out leaders, but not with pre-vote and check quorum (4.2.3)', () => {
  expect(Object.keys(told('removed-server-disrupts').leaders).length).toBeGreaterThan(1);
  expect(Object.keys(told('removed-server-ignored').leaders)).toEqual(['1']);
});

test('the joint configuration comes first, and whoever leads then ends it', () => {
  const both = [
    [
      ['s1', 's2', 's3'],
      ['s2', 's3', 's4'],
    ],
    [['s2', 's3', 's4']],
  ];
  const { configurations, leaders } = told('leader-crash-while-joint');
  expect([configurations, leaders[2]]).toEqual([both, 's2']);
});

describe('two leaders that change the members at once (Ongaro 2015)', () => {
  test('have no majorities that do not meet: nothing is removed before an own entry is committed', () => {
    const { verdict, configurations, leaders } = told('disjoint-majorities');
    expect([verdict, leaders]).toEqual(['holds', { 2: 's3', 3: 's1' }]);
    expect(configurations).toEqual([[['s1', 's2', 's3']]]);
  });
  test('lose a committed entry without that rule', () => {
    const bug = largeBugs.find(({ name }) => name === 'membership-before-own-commit');
    const broken = variant(raftMembers as AnySystem, 'hasty', bug?.variation ?? {}) as AnySystem;
    expect(told('disjoint-majorities', broken).violated).toEqual(['leader completeness']);
  });
});

describe('orders', () => {
  test.each([
    ['+s9', 'there is no server "s9"'],
    ['add', '"add"; an order is +s4'],
    ['+s1,s2', 'names 2 servers'],
    ['=s1,s1', 'names a server twice'],
  ])('%s is a mistake', (text, why) => {
    expect(() => ordersFrom(text, first)).toThrow(why);
  });
  test('that make no sense are refused, and those that are done already answered', () => {
    const { end, outcome, marks, leaders } = told('leadership-transfer', undefined, {
      orders: '+s1 -s5 >s4 >s1',
    });
    // Only orders that a leader works on are marked.
    expect([outcome, marks.ordered ?? 0, leaders]).toEqual(['recovered', 0, { 1: 's1' }]);
    expect(end.all.find(({ address }) => address === 'a1')?.in('idle')).toBe(true);
  });
  test('may begin in the logs', () => {
    const [disk] = initialDisks('1.1=s1/s1,s2 -', 2);
    expect(disk?.log).toEqual([noOp, configuration(['s1'], ['s1', 's2'])]);
    expect(() => initialDisks('1=s7 -', 2)).toThrow('"s7", and there is no such server');
    const asked = (system: unknown, parameters: object) => () =>
      run(system as AnySystem, { seed: 1, parameters: parameters as Record<string, string> });
    expect(asked(raft, { logs: '1=s1 - -' })).toThrow('ask raft-members');
    expect(asked(raftMembers, { servers: 2, orders: '' })).toThrow(
      'members is 3, and there are 2 servers',
    );
  });
});

test('each bug has a name of its own', () => {
  const names = [...bugs, ...largeBugs].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
