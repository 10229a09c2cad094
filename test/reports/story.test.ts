import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/index.ts';
import type { TraceEntry } from '../../src/model/trace.ts';
import { nonBlockingQuestion, twoPhaseCommit } from '../../src/protocols/index.ts';
import { actsOf } from '../../src/reports/acts.ts';
import { story } from '../../src/reports/index.ts';
import { openLedger } from '../../src/reports/ledger.ts';
import { replay, run, runFileOf } from '../../src/simulator/index.ts';
import { expectPinned } from './golden.ts';

const told = (scenario: string, parameters = {}): string =>
  story(run(twoPhaseCommit, { seed: 1, scenario, parameters, trace: true }));

describe('a story', () => {
  it('of one commit reads as it is pinned', () => {
    expectPinned(told('fault-free'), 'test/golden/stories/fault-free.txt');
  });

  it('of a blocked run reads as it is pinned', () => {
    expectPinned(told('coordinator-crash'), 'test/golden/stories/coordinator-crash.txt');
  });

  it('tells who learned what before a crash in the midst of a broadcast', () => {
    const text = told('one-informed').replace(/\s+/g, ' ');
    expect(text).toContain('sends COMMIT to p1, and crashes right there');
    expect(text).toContain('COMMIT is on its way to p1 only, and nothing follows.');
  });

  it('tells what a restarted node finds on its disk', () => {
    const found = told('coordinator-crash-and-return').replace(/\s+/g, ' ');
    expect(found).toContain('finds the record commit (notify p1, p2 and p3) on its disk');
    expect(told('coordinator-crash-undecided')).toContain('finds nothing on its disk');
  });

  it('tells what disks say and do not do, and what is missing afterwards', () => {
    const faults = [
      { fault: 'lost-force', node: 'p1', forMs: 60 },
      { fault: 'crash', node: 'p1', atMs: 60, forMs: 50, tail: 'lost' },
      { fault: 'failed-write', node: 'p2', forMs: 90 },
    ] as const;
    const parameters = { participants: 2, votes: 'yes' } as const;
    const text = story(run(twoPhaseCommit, { seed: 1, faults, parameters, trace: true }));
    const read = text.replace(/\s+/g, ' ');
    expect(read).toContain('The disk of p1 only says that forced writes are done');
    expect(read).toContain(
      'The disk of p1 says that the record prepared is safe, and has not written it',
    );
    expect(read).toContain('1 record that the disk had called safe is gone');
    expect(read).toContain('The disk of p2 fails to write the record prepared, and p2 stops.');
  });

  it('gives the cause of every lost message', () => {
    expect(told('coordinator-crash')).toContain('is lost: coordinator is down.');
    expect(told('partition')).toContain('is lost: the link is cut.');
    expect(told('lost-messages')).toContain('is lost by the network.');
  });

  it('does not flood the reader with retransmissions', () => {
    const text = told('coordinator-crash');
    expect(text).toContain('… the same 18 more times, until 2870 ms.');
    expect(text.match(/INQUIRE from/g)).toHaveLength(1);
    expect(text.split('\n').length).toBeLessThan(40);
  });

  it('names every process, message and final state of its trace', () => {
    for (const scenario of Object.keys(twoPhaseCommit.scenarios ?? {})) {
      const done = run(twoPhaseCommit, { seed: 3, scenario, trace: true });
      const text = story(done);
      for (const { address } of done.end.all) expect(text, scenario).toContain(address);
      for (const type of Object.keys(done.metrics.messagesByType))
        expect(text, scenario).toContain(type);
      for (const process of done.end.all)
        if (process.up && typeof process.value === 'string')
          expect(text, scenario).toContain(process.value);
    }
  });

  it('keeps its lines within a terminal', () => {
    for (const line of told('lost-messages').split('\n').slice(1))
      expect(line.length).toBeLessThanOrEqual(100);
  });

  it('of a replay is the story of the run, moment for moment', () => {
    const done = run(twoPhaseCommit, { seed: 1, scenario: 'lost-messages', trace: true });
    const again = replay(twoPhaseCommit, runFileOf(done));
    const moments = (text: string): string =>
      text
        .split('\n')
        .filter((line) => /^\s+\d+ ms|^ {8}/.test(line))
        .join('\n');
    expect(moments(story(again))).toBe(moments(story(done)));
  });

  it('joins what several processes do at a moment, but never against the order of one of them', () => {
    const said = (process: string, type: string): TraceEntry => {
      const event = { type };
      const step = { type: 'step', process, event, before: 'a', after: 'a' } as const;
      return { atUs: 0, decision: { type: 'choose', process, event }, effects: [step] };
    };
    const told = (...entries: readonly TraceEntry[]): readonly string[] =>
      actsOf(entries, openLedger([])).map(({ actors, opening }) =>
        opening.kind === 'choose' ? `${actors.join('+')} ${opening.event}` : opening.kind,
      );
    expect(told(said('p1', 'X'), said('p2', 'Y'), said('p2', 'X'))).toEqual([
      'p1 X',
      'p2 Y',
      'p2 X',
    ]);
    expect(told(said('p1', 'X'), said('p1', 'Y'), said('p2', 'X'))).toEqual(['p1+p2 X', 'p1 Y']);
  });

  it('of a counterexample numbers its steps, since the checker has no time', () => {
    const { properties } = check(nonBlockingQuestion, { parameters: { participants: 2 } });
    const path = properties.find(({ verdict }) => verdict === 'violated')?.counterexample;
    if (path === undefined || !('decisions' in path)) throw new Error('no counterexample');
    const text = story(replay(nonBlockingQuestion, path));
    expect(text).toMatch(/^ +1\. {2}coordinator is asked for BEGIN/m);
    expect(text).not.toContain(' ms');
  });

  it('refuses a run that kept no trace, and says what to do', () => {
    const silent = run(twoPhaseCommit, { seed: 1, scenario: 'fault-free' });
    expect(() => story(silent)).toThrow('run it with `trace: true`');
  });
});
