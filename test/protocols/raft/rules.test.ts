/** Single rules of a server, step by step: which message resets the timer, what is written, what is answered. */
import { describe, expect, test } from 'vitest';
import type { Process } from '../../../src/index.ts';
import { instantiate } from '../../../src/model/instance.ts';
import { createStepper, type LocalStep } from '../../../src/model/local-step.ts';
import { raft } from '../../../src/protocols/index.ts';
import { recordsOf, recovered } from '../../../src/protocols/raft/durable.ts';
import { afterConflict, conflictAt } from '../../../src/protocols/raft/log.ts';
import type { Entry } from '../../../src/protocols/raft/messages.ts';
import { durableLog } from '../../../src/protocols/raft/properties.ts';

/** A server with this log, and what events do to it, one after the other. */
function server(logs: string, name = 's1') {
  const parameters = { servers: 3, clients: 0, commands: 1, logs };
  const { nodes } = instantiate(raft as never, parameters);
  const process = nodes.find(({ id }) => id === name)?.processes[0]?.process as Process;
  const stepper = createStepper(process, name);
  let { state } = stepper.start(process.input);
  return {
    gets(event: object): LocalStep {
      const step = stepper.step(state, event as never);
      state = step.state;
      return step;
    },
    get context() {
      return state.snapshot.context;
    },
    get value() {
      return state.snapshot.value;
    },
  };
}

const entry = (term: number) => ({ term, type: 'no-op' as const });
const logOf = (...terms: number[]): readonly Entry[] => terms.map(entry);
const requestVote = (term: number, index: number, last: number) => ({
  type: 'RequestVote',
  from: 's2',
  term,
  last: { index, term: last },
});
const appendEntries = (
  term: number,
  index: number,
  of: number,
  entries: readonly Entry[] = [],
  commit = 0,
) => ({
  type: 'AppendEntries',
  from: 's2',
  term,
  previous: { index, term: of },
  entries,
  commit,
  round: 0,
});
const resetsTimer = ({ armed }: LocalStep): boolean =>
  armed.some(({ delay }) => delay === 'electionTimeout');
const sent = ({ effects }: LocalStep): readonly unknown[] =>
  effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
const writes = ({ effects }: LocalStep): number =>
  effects.filter(({ type }) => type === 'write' || type === 'replace').length;

describe('the election timer is reset', () => {
  test('by a vote that is granted', () => {
    expect(resetsTimer(server('1 1 1').gets(requestVote(2, 1, 1)))).toBe(true);
  });
  test('by the leader of the term, also when it is refused', () => {
    expect(resetsTimer(server('1 1 1').gets(appendEntries(1, 1, 1)))).toBe(true);
    expect(resetsTimer(server('1 1 1').gets(appendEntries(1, 3, 1)))).toBe(true);
  });
  test('not by a request that is not granted', () => {
    expect(resetsTimer(server('1.1 1 1').gets(requestVote(2, 1, 1)))).toBe(false);
    const voter = server('1 1 1');
    voter.gets({ ...requestVote(2, 1, 1), from: 's3' });
    expect(resetsTimer(voter.gets(requestVote(2, 1, 1)))).toBe(false);
  });
  test('not by a leader of a term that is over', () => {
    expect(resetsTimer(server('2 2 2').gets(appendEntries(1, 1, 1)))).toBe(false);
  });
  test('not when a candidate sees a higher term and does not vote in it', () => {
    const candidate = server('1.1 1 1');
    expect(resetsTimer(candidate.gets({ type: 'ELECTION_TIMEOUT' }))).toBe(true);
    expect(candidate.value).toBe('candidate');
    const step = candidate.gets(requestVote(3, 1, 1));
    expect([candidate.value, resetsTimer(step)]).toEqual(['follower', false]);
  });
});

describe('a vote', () => {
  test('goes to one candidate a term, and again to the same without another write', () => {
    const voter = server('1 1 1');
    const first = voter.gets(requestVote(2, 1, 1));
    expect([writes(first), sent(first)]).toEqual([1, [{ type: 'Vote', term: 2, granted: true }]]);
    const again = voter.gets(requestVote(2, 1, 1));
    expect([writes(again), sent(again)]).toEqual([0, [{ type: 'Vote', term: 2, granted: true }]]);
    const other = voter.gets({ ...requestVote(2, 1, 1), from: 's3' });
    expect([writes(other), sent(other)]).toEqual([0, []]);
  });
  test.each([
    ['a higher last term, shorter', '1.1 1 1', requestVote(3, 1, 2), true],
    ['the same log', '1.1 1 1', requestVote(3, 2, 1), true],
    ['the same last term, shorter', '1.1 1 1', requestVote(3, 1, 1), false],
    ['a lower last term, longer', '1.2 1 1', requestVote(3, 5, 1), false],
  ])('for %s', (_, logs, request, granted) => {
    expect(sent(server(logs).gets(request)).length).toBe(granted ? 1 : 0);
  });
  test('of a lower term is answered with the higher one', () => {
    expect(sent(server('3 3 3').gets(requestVote(2, 9, 2)))).toEqual([
      { type: 'Vote', term: 3, granted: false },
    ]);
  });
  test('counts once, however often it comes', () => {
    const candidate = server('');
    candidate.gets({ type: 'ELECTION_TIMEOUT' });
    expect(candidate.context.votes).toEqual(['s1']);
    candidate.gets({ type: 'Vote', from: 's2', term: 0, granted: true });
    expect(candidate.value).toBe('candidate');
    candidate.gets({ type: 'Vote', from: 's2', term: 1, granted: true });
    expect(candidate.value).toEqual({ leader: 'beating' });
  });
});

describe('AppendEntries', () => {
  test('that is short leaves alone what lies beyond it and matches', () => {
    const follower = server('1.1.1 1 1');
    const step = follower.gets(appendEntries(1, 1, 1, logOf(1)));
    expect(follower.context.log).toEqual(logOf(1, 1, 1));
    expect([writes(step), sent(step)]).toEqual([
      0,
      [{ type: 'Appended', term: 1, match: 2, round: 0 }],
    ]);
  });
  test('takes out the first entry that conflicts, and all behind it', () => {
    const follower = server('1.1.1.1 2 2');
    follower.gets(appendEntries(2, 1, 1, logOf(1, 2)));
    expect(follower.context.log).toEqual(logOf(1, 1, 2));
  });
  test('commits no further than it has verified', () => {
    const follower = server('1.1.1 1 1');
    follower.gets(appendEntries(1, 1, 1, logOf(1), 9));
    expect(follower.context.commit).toBe(2);
    follower.gets(appendEntries(1, 0, 0, [], 9));
    expect(follower.context.commit).toBe(2);
  });
  test('whose entry before is missing or another is refused with a hint', () => {
    expect(sent(server('1.1 1 1').gets(appendEntries(1, 5, 1)))).toEqual([
      { type: 'Refused', term: 1, previous: 5, conflict: { index: 3, term: 0 }, round: 0 },
    ]);
    expect(sent(server('1.2.2.2 3 3').gets(appendEntries(3, 4, 3)))).toEqual([
      { type: 'Refused', term: 3, previous: 4, conflict: { index: 2, term: 2 }, round: 0 },
    ]);
  });
});

describe('the hint', () => {
  test.each([
    ['a log that is too short', logOf(1, 1), logOf(1, 1, 2, 2), 4, 3],
    ['a term that the leader has', logOf(1, 2, 2, 2), logOf(1, 2, 3), 3, 3],
    ['a term that the leader has not', logOf(1, 2, 2, 2), logOf(1, 3, 3, 3), 4, 2],
    ['a log of other terms from the start', logOf(1, 1, 1), logOf(2, 2, 2), 3, 1],
  ])('skips a whole term: %s', (_, follower, leader, previous, next) => {
    expect(afterConflict(leader, conflictAt(follower, previous))).toBe(next);
  });
});

describe('the disk', () => {
  test('says again what the server knew, whatever was appended and cut', () => {
    const first = { term: 0, votedFor: null, log: [] };
    const state = { term: 4, votedFor: 's2', log: logOf(1, 1, 3) };
    expect(recovered(recordsOf(state), first)).toEqual(state);
    const records = [
      ...recordsOf(state),
      { record: 'entries', after: 2, entries: logOf(4, 4) } as const,
      { record: 'entries', after: 4, entries: logOf(4) } as const,
    ];
    expect(recovered(records, first)).toEqual({ ...state, log: logOf(1, 1, 4, 4, 4) });
  });
});

test('disks without records are told apart by what was on them before', () => {
  // Systems that have written nothing yet may share one empty list of records.
  const durable: readonly never[] = [];
  const onDisk = (logs: string, server: string) =>
    durableLog({ parameters: { servers: 3, logs }, records: () => ({ durable }) } as never, server);
  expect(onDisk('1.1 - 1.2', 's1')).toHaveLength(2);
  expect(onDisk('1.1 - 1.2', 's2')).toEqual([]);
  expect(onDisk('', 's1')).toEqual([]);
});
