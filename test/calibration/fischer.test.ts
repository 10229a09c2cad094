/**
 * Fischer's mutual exclusion (Lamport 1987; Alur and Dill 1994; the example of every tool for timed
 * automata): with closed bounds it excludes exactly when the wait exceeds the longest write.
 */
import { describe, expect, test } from 'vitest';
import { check, type RunFile, replay } from '../../src/index.ts';
import { fischer } from '../../src/protocols/calibration/index.ts';

const grid = [0, 1, 2, 3].flatMap((write) => [0, 1, 2, 3].map((wait) => ({ write, wait })));

function verdicts(parameters: { threads?: number; write?: number; wait?: number }) {
  const result = check(fischer, { parameters, stopAtViolation: false });
  expect(result.complete).toBe(true);
  return Object.fromEntries(result.properties.map(({ name, verdict }) => [name, verdict]));
}

describe('Fischer’s mutual exclusion under timed timing', () => {
  test.each(grid)(
    'write $write, wait $wait: excludes exactly when the wait is longer',
    (bounds) => {
      expect(verdicts(bounds)).toEqual({
        'mutual exclusion': bounds.wait > bounds.write ? 'holds' : 'violated',
        'a thread can enter': 'holds',
      });
    },
  );

  test('excludes for three threads and for four as for two', () => {
    for (const threads of [3, 4]) {
      expect(verdicts({ threads, write: 1, wait: 2 })['mutual exclusion']).toBe('holds');
      expect(verdicts({ threads, write: 1, wait: 1 })['mutual exclusion']).toBe('violated');
    }
  });

  test('under asynchronous timing nothing is excluded, whatever the delays', () => {
    const result = check(fischer, { timing: 'asynchronous', parameters: { write: 1, wait: 20 } });
    expect(result.verdict).toBe('violated');
  });

  test('a shared clock that drifts costs the tick that it jumps over, and no more', () => {
    const ask = (wait: number, drift: string) =>
      check(fischer, { parameters: { write: 2, wait }, scope: { drift } }).verdict;
    // The clock goes from 1 to 3 in one tick, so that a write due at 2 comes at 3.
    expect(['1/4', '1/2'].map((drift) => ask(3, drift))).toEqual(['violated', 'violated']);
    expect(['1/4', '1/2'].map((drift) => ask(4, drift))).toEqual(['holds', 'holds']);
  });

  test('its counterexample is a run file with times, which a replay accepts', () => {
    const result = check(fischer, { parameters: { write: 1, wait: 1 } });
    const file = result.properties[0]?.counterexample as RunFile;
    expect(file.decisions.map(({ atUs }) => atUs)).toEqual([0, 0, 0, 10_000, 10_000, 20_000]);
    const replayed = replay(fischer, file);
    expect(replayed.same).toBe(true);
    expect(replayed.violated).toEqual(['mutual exclusion']);
  });
});
