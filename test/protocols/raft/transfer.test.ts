/** Leadership transfer (dissertation 3.10): what each side does, step by step, and what comes of it. */
import { describe, expect, test } from 'vitest';
import type { AnySystem, Process } from '../../../src/index.ts';
import { run } from '../../../src/index.ts';
import { instantiate } from '../../../src/model/instance.ts';
import { createStepper, type LocalStep } from '../../../src/model/local-step.ts';
import { raftMembers } from '../../../src/protocols/index.ts';
import type { Observed } from '../../../src/protocols/raft/observing.ts';

function server(name: string) {
  const { nodes } = instantiate(raftMembers as never, { servers: 3, orders: '' });
  const process = nodes.find(({ id }) => id === name)?.processes[0]?.process as Process;
  const stepper = createStepper(process, name);
  let { state } = stepper.start(process.input);
  return {
    gets(event: object): LocalStep {
      const step = stepper.step(state, event as never);
      state = step.state;
      return step;
    },
    get value() {
      return state.snapshot.value;
    },
    get context() {
      return state.snapshot.context as { readonly term: number; readonly transfer: unknown };
    },
  };
}
const sent = ({ effects }: LocalStep): readonly { readonly type: string }[] =>
  effects.flatMap((effect) =>
    effect.type === 'send' && effect.to.length > 0 ? [effect.message] : [],
  );

/** s1, elected by s2, with its first entry on no other disk. */
function leader() {
  const s1 = server('s1');
  s1.gets({ type: 'ELECTION_TIMEOUT' });
  s1.gets({ type: 'PreVoted', from: 's2', term: 1, granted: true });
  s1.gets({ type: 'Vote', from: 's2', term: 1, granted: true });
  s1.gets({ type: 'SAVED' });
  expect(s1.value).toEqual({ leader: 'beating' });
  return s1;
}
const order = { type: 'Order', from: 'a1', serial: 1, order: { kind: 'transfer', to: 's2' } };
const appended = (from: string) => ({ type: 'Appended', from, term: 1, match: 1, round: 0 });
const append = { type: 'AppendEntries', from: 's1', term: 1, entries: [], commit: 0, round: 0 };
const heartbeat = { ...append, previous: { index: 0, term: 0 } };

describe('the leader', () => {
  test('tells the target to stand once that has all entries, and only once', () => {
    const s1 = leader();
    expect(sent(s1.gets(order))).toEqual([]);
    expect(sent(s1.gets(appended('s3')))).toEqual([]);
    expect(sent(s1.gets(appended('s2')))).toEqual([{ type: 'TimeoutNow', term: 1 }]);
    expect(sent(s1.gets(appended('s2')))).toEqual([]);
  });
  test('takes no requests and no reads meanwhile, and takes them again after', () => {
    const s1 = leader();
    const request = { type: 'Request', from: 'c1', serial: 1, command: 'x' };
    s1.gets(order);
    expect(sent(s1.gets(request))).toEqual([]);
    expect(sent(s1.gets({ type: 'Read', from: 'c1', serial: 2, query: null }))).toEqual([]);
    const given = s1.gets({ type: 'TRANSFER_TIMEOUT' });
    expect(sent(given)).toEqual([{ type: 'Response', serial: 1, result: 'given up' }]);
    expect(s1.context.transfer).toBeNull();
    expect(sent(s1.gets(request)).map(({ type }) => type)).toContain('AppendEntries');
  });
  test('steps down for its target, though it heeds no other candidate', () => {
    const last = { index: 1, term: 1 };
    const s1 = leader();
    s1.gets(order);
    s1.gets({ type: 'RequestVote', from: 's3', term: 2, last });
    expect(s1.value).toEqual({ leader: 'beating' });
    const step = s1.gets({ type: 'RequestVote', from: 's2', term: 2, last, transfer: true });
    expect([s1.value, sent(step)]).toEqual([
      'follower',
      [{ type: 'Vote', term: 2, granted: true }],
    ]);
  });
});

describe('TimeoutNow', () => {
  test('makes a follower stand at once, without a pre-vote, though it hears the leader', () => {
    const s2 = server('s2');
    s2.gets(heartbeat);
    const step = s2.gets({ type: 'TimeoutNow', from: 's1', term: 1 });
    expect([s2.value, s2.context.term]).toEqual(['candidate', 2]);
    expect(sent(step)).toMatchObject([{ type: 'RequestVote', term: 2, transfer: true }]);
  });
  test('of another term is too late', () => {
    const s2 = server('s2');
    s2.gets({ ...heartbeat, term: 3 });
    expect(sent(s2.gets({ type: 'TimeoutNow', from: 's1', term: 1 }))).toEqual([]);
    expect(s2.value).toBe('follower');
  });
  test('does nothing to a server that does not vote', () => {
    const { nodes } = instantiate(raftMembers as never, { servers: 4, members: 3, orders: '' });
    const process = nodes.find(({ id }) => id === 's4')?.processes[0]?.process as Process;
    const stepper = createStepper(process, 's4');
    const { state } = stepper.start(process.input);
    const event = { type: 'TimeoutNow', from: 's1', term: 0 };
    expect(stepper.handles(state, event as never)).toBe(false);
  });
});

test('a voter that hears the leader votes for whom the leader sends, and for nobody else', () => {
  const last = { index: 1, term: 1 };
  const [ignored, granted] = [{}, { transfer: true }].map((flag) => {
    const s3 = server('s3');
    s3.gets(heartbeat);
    return sent(s3.gets({ type: 'RequestVote', from: 's2', term: 2, last, ...flag }));
  });
  expect([ignored, granted]).toEqual([[], [{ type: 'Vote', term: 2, granted: true }]]);
});

test('the target leads, or the leader goes on', () => {
  const leadersOf = (scenario: string) => {
    const { verdict, outcome, end } = run(raftMembers as AnySystem, { seed: 1, scenario });
    return [verdict, outcome, (end.observed as Observed).leaders];
  };
  expect(leadersOf('leadership-transfer')).toEqual(['holds', 'recovered', { 1: 's1', 2: 's2' }]);
  expect(leadersOf('transfer-given-up')).toEqual(['holds', 'recovered', { 1: 's1' }]);
});
