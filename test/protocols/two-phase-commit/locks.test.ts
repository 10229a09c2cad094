/**
 * Transactions over rows under locks: what blocking costs those who have nothing to do with the coordinator
 * that died, and that locking, deadlocks and crashes leave every order of transactions explainable.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, type Run, run, variant } from '../../../src/index.ts';
import { lockedCommit } from '../../../src/protocols/index.ts';
import {
  isFree,
  nextToGrant,
  type Open,
  type Request,
  type Table,
} from '../../../src/protocols/two-phase-commit/locks/locking.ts';
import { serializability } from '../../../src/protocols/two-phase-commit/locks/properties.ts';
import { bugs } from '../../bugs/locked-commit-bugs.ts';
import { expectLocksExplained } from './locks-explained.ts';

const system = lockedCommit as AnySystem;

const inScenario = (scenario: string, parameters: object = {}): Run =>
  run(system, { seed: 1, scenario, parameters: { ...parameters }, trace: true });

const decidedIn = ({ end }: Run) =>
  (end.observed as { readonly decided: Readonly<Record<string, string>> }).decided;

/** How many transactions of these clients ended so. */
const count = (done: Run, decision: string, clients = /./): number =>
  Object.entries(decidedIn(done)).filter(([name, how]) => how === decision && clients.test(name))
    .length;

describe('the price of blocking', () => {
  const calm = inScenario('fault-free');
  const crashed = inScenario('coordinator-crash');
  const strangers = /^c[23]\./;

  test('without faults everybody commits, one after the other', () => {
    expect([calm.verdict, calm.outcome]).toEqual(['holds', 'recovered']);
    expect(count(calm, 'commit')).toBe(15);
    expect(calm.metrics.marks.committed).toBe(15);
  });

  test('one coordinator that dies in doubt stops every transaction of the others', () => {
    expect([crashed.verdict, crashed.outcome]).toEqual(['holds', 'blocked']);
    expect(crashed.reason).toBe(
      'p1 holds r1 for c1.1 in doubt and c1 is down; p2 holds r1 for c1.1 in doubt and c1 is down',
    );
    expect(count(calm, 'commit', strangers)).toBe(10);
    expect(count(crashed, 'commit', strangers)).toBe(0);
    expect(count(crashed, 'abort', strangers)).toBe(10);
    expect(crashed.metrics.spans.inDoubt?.open).toBe(2);
    // Each waits for a lock until it gives up, which is longer than any had to wait before.
    const { lockWait } = crashed.metrics.spans;
    expect(lockWait?.meanMs).toBeGreaterThan(2 * (calm.metrics.spans.lockWait?.meanMs ?? 0));
  });

  test('its return gives them back what is still to come', () => {
    const back = inScenario('coordinator-crash-and-return');
    expect([back.verdict, back.outcome]).toEqual(['holds', 'recovered']);
    const committed = count(back, 'commit', strangers);
    expect(committed).toBeGreaterThan(0);
    expect(committed).toBeLessThan(10);
    expect(decidedIn(back)['c1.1']).toBe('commit');
  });

  test('who touches other rows does not notice', () => {
    const apart = inScenario('coordinator-crash-apart', { transactions: 1 });
    expect(count(apart, 'commit', strangers)).toBe(2);
    expect(count(apart, 'abort', strangers)).toBe(0);
  });

  test('in any weather a crash gains strangers nothing', () => {
    const crash = lockedCommit.scenarios?.['coordinator-crash']?.faults ?? [];
    let lost = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const parameters = { clients: 3, transactions: 2 };
      const without = run(system, { seed, parameters });
      const withCrash = run(system, { seed, parameters, faults: crash });
      const [before, after] = [without, withCrash].map((one) => count(one, 'commit', strangers));
      expect(after, `seed ${seed}`).toBeLessThanOrEqual(before ?? 0);
      lost += (before ?? 0) - (after ?? 0);
    }
    // Of 48 transactions of strangers.
    expect(lost).toBeGreaterThan(24);
  });
});

describe('deadlock', () => {
  test('two rows locked in opposite order: one gives up by time-out, the other commits', () => {
    const done = inScenario('deadlock');
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
    expect(Object.values(decidedIn(done)).sort()).toEqual(['abort', 'commit']);
  });

  test('in the same order there is none', () => {
    const done = inScenario('deadlock', { order: 'same' });
    expect(Object.values(decidedIn(done))).toEqual(['commit', 'commit']);
  });
});

describe('a participant that dies', () => {
  test('before it has voted forgets its step, and votes no', () => {
    const done = inScenario('participant-crash-active');
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
    expect(decidedIn(done)).toEqual({ 'c1.1': 'abort', 'c1.2': 'commit' });
  });

  test('in doubt has its locks again before anybody else can have them', () => {
    const done = inScenario('participant-crash-prepared');
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
    expect(decidedIn(done)['c1.1']).toBe('commit');
  });

  test('and loses its disk has lost half a transfer', () => {
    const done = inScenario('storage-loss');
    const violated = done.properties.filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ name }) => name)).toContain('money');
  });
});

test.each(['audit', 'lost-messages', 'partition', 'apart'])('%s keeps all promises', (scenario) => {
  const done = inScenario(scenario);
  expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
});

describe('within a scope everything is proved', () => {
  const questions = [
    { parameters: { clients: 2 }, timing: 'synchronous', scope: { crashes: 1 } },
    { parameters: { clients: 2, order: 'opposite' }, timing: 'synchronous', scope: { crashes: 0 } },
    { parameters: { clients: 1, transactions: 2 }, timing: 'synchronous', scope: { crashes: 1 } },
    { parameters: { clients: 1 }, timing: 'asynchronous', scope: { crashes: 1, loss: true } },
  ] as const;
  test.each(questions)('$parameters, $timing, $scope', (question) => {
    const { verdict, complete, properties } = check(system, question);
    expect([verdict, complete]).toEqual(['holds', true]);
    for (const name of ['serializability', 'strictness', 'money', 'AC5 termination'])
      expect(properties.map((one) => one.name)).toContain(name);
  });

  test('a lost disk breaks it', () => {
    const question = { parameters: { clients: 1 }, scope: { crashes: 1, diskLosses: 1 } };
    const violated = check(system, question).properties.filter((p) => p.verdict === 'violated');
    expect(violated.length).toBeGreaterThan(0);
  });
});

test('without two phases there are orders that nothing explains: a cycle of committed transactions', () => {
  const bug = bugs.find(({ name }) => name === 'lock-released-after-each-step');
  if (bug === undefined) throw new Error('the bug has another name now');
  const broken = variant(system, bug.name, {
    ...bug.variation,
    properties: [serializability] as never,
  });
  const { parameters, scope } = bug;
  const [found] = check(broken, { parameters, scope, timing: 'synchronous' }).properties;
  expect(found?.verdict).toBe('violated');
});

test('200 swarm profiles: explainable orders, and nobody waits without a reason', () => {
  const seen = expectLocksExplained(200);
  for (const what of ['recovered', 'commit', 'abort', 'serializability', 'strictness'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(20);
});

describe('the lock table', () => {
  const open = (locks: Open['locks']): Open => ({
    ...{ coordinator: 'c1', locks, writes: {}, prepared: false, aged: false },
  });
  const request = (transaction: string, mode: 'read' | 'write'): Request => ({
    ...{ coordinator: 'c', transaction, row: 'r1', mode, add: 0 },
  });
  const table = (held: Table['open'], queue: readonly Request[]): Table => ({
    ...{ rows: {}, open: held, queue },
  });

  test('shares a row among readers and gives a writer all of it', () => {
    const read = table({ a: open({ r1: 'read' }) }, []);
    expect(isFree(read, request('b', 'read'))).toBe(true);
    expect(isFree(read, request('b', 'write'))).toBe(false);
    expect(isFree(read, request('a', 'write'))).toBe(true);
    expect(isFree(table({ a: open({ r1: 'write' }) }, []), request('b', 'read'))).toBe(false);
    expect(isFree(table({ a: open({ r2: 'write' }) }, []), request('b', 'write'))).toBe(true);
  });

  test('lets no reader overtake a writer that waits', () => {
    const waiting = [request('b', 'write'), request('c', 'read')];
    expect(nextToGrant(table({ a: open({ r1: 'read' }) }, waiting))).toBeUndefined();
    expect(nextToGrant(table({}, waiting))).toBe(waiting[0]);
    expect(nextToGrant(table({ a: open({ r1: 'read' }) }, [request('c', 'read')]))).toBeDefined();
  });
});
