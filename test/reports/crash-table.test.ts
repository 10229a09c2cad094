import { describe, expect, it } from 'vitest';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { crashTable } from '../../src/reports/index.ts';

const rows = crashTable(twoPhaseCommit, { seed: 1, scenario: 'fault-free' });

describe('what if it dies right here', () => {
  it('asks before and after each message and record of each node, twice', () => {
    // Coordinator: 3 PREPARE, 3 VOTE, commit, 3 COMMIT, 3 ACK, end; participant: PREPARE, prepared, VOTE, COMMIT, commit, ACK.
    const points = 14 + 3 * 6;
    expect(rows).toHaveLength(points * 2 * 2);
    expect(new Set(rows.map((row) => JSON.stringify([row.node, row.point, row.forMs]))).size).toBe(
      rows.length,
    );
  });

  it('is safe at every point', () => {
    for (const row of rows) expect(row.verdict, JSON.stringify(row.point)).toBe('holds');
  });

  it('blocks when the coordinator dies after a PREPARE and before all COMMITs are sent (BHG 7.4)', () => {
    const blocked = rows.filter(
      ({ node, outcome }) => node === 'coordinator' && outcome === 'blocked',
    );
    expect(blocked.every(({ forMs }) => forMs === null)).toBe(true);
    const names = blocked.map(({ point }) => `${point.moment} ${point.nth} ${point.message}`);
    expect(names[0]).toBe('after 1 PREPARE');
    expect(names.at(-1)).toBe('before 3 COMMIT');
    expect(blocked.every(({ longestMs }) => (longestMs.inDoubt ?? 0) > 2900)).toBe(true);
  });

  it('recovers whenever the dead node comes back', () => {
    for (const row of rows.filter(({ forMs }) => forMs !== null)) {
      expect(row.outcome, JSON.stringify(row.point)).toBe('recovered');
      expect(Object.values(row.states)).not.toContain('prepared');
    }
  });

  it('names the nearest node when there is none of that name', () => {
    expect(() => crashTable(twoPhaseCommit, { seed: 1, node: 'coordinater' })).toThrow(
      'coordinator',
    );
  });
});
