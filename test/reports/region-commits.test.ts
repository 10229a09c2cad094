/** Commits between regions take exactly what the measured round trips say. */
import { describe, expect, test } from 'vitest';
import { awsRegions } from '../../src/model/regions-aws.ts';
import { gcpRegions } from '../../src/model/regions-gcp.ts';
import { isExact, measureCommits, placements } from '../../src/reports/region-commits.ts';

/** Half of what was measured each way, read from the table itself. */
function roundTripMs(from: string, to: string): number {
  const { regions, meanMs } = awsRegions.regions.includes(from) ? awsRegions : gcpRegions;
  const [a, b] = [regions.indexOf(from), regions.indexOf(to)];
  return ((meanMs[a]?.[b] ?? Number.NaN) + (meanMs[b]?.[a] ?? Number.NaN)) / 2;
}

describe('a commit between regions', () => {
  test.each(placements.map((one) => [one.says, one] as const))('%s', (_, placement) => {
    const row = measureCommits(placement, 3, 1);
    const [leader = '', ...followers] = placement.servers;
    const trips = followers.map((one) => roundTripMs(leader, one)).sort((a, b) => a - b);
    const nearest = trips[Math.floor(placement.servers.length / 2) - 1] ?? Number.NaN;
    const expected = roundTripMs(placement.client, leader) + nearest;
    expect(Math.abs(row.minMs - expected)).toBeLessThan(0.004);
    expect(Math.abs(row.maxMs - expected)).toBeLessThan(0.004);
    expect(isExact(row)).toBe(true);
  });

  test('is not taken for one with another follower in the majority, or a slower disk', () => {
    const row = measureCommits(placements[2] as (typeof placements)[number], 1, 1);
    expect(isExact({ ...row, quorumRoundTripMs: row.quorumRoundTripMs + 0.1 })).toBe(false);
    expect(isExact({ ...row, maxMs: row.maxMs + 0.1 })).toBe(false);
    expect(isExact({ ...row, minMs: row.minMs - 0.1 })).toBe(false);
  });

  test('does not depend on the seed', () => {
    const [one] = placements;
    if (one === undefined) throw new Error('no placement');
    const { minMs, maxMs } = measureCommits(one, 2, 'another');
    expect({ minMs, maxMs }).toEqual({ minMs: 10.59, maxMs: 10.59 });
  });
});
