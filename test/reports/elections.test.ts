/** Raft's elections against the closed form and the published distributions; test/deep has ten thousand of each. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { constant } from '../../src/model/distribution.ts';
import {
  crashElection,
  measureCrash,
  measureWideArea,
  orderCells,
  wideAreaElection,
} from '../../src/reports/election-times.ts';
import {
  awaited,
  electionRun,
  firstHeartbeatMs,
  leadersIn,
  stableSinceMs,
} from '../../src/reports/elections.ts';
import { figure16, splitVotes, wideArea } from '../../src/reports/published-elections.ts';
import {
  isAsExpected,
  measureSplits,
  splitPoints,
  splitProbability,
} from '../../src/reports/split-votes.ts';
import { binomialRange } from '../../src/statistics/order-statistics.ts';

interface Published {
  readonly splitVote: {
    readonly table: readonly {
      readonly clusterSize: number;
      readonly liveServers: number;
      readonly probabilities: readonly {
        readonly latencyFraction: number;
        readonly splitProbability: number;
      }[];
    }[];
  };
  readonly availSim: {
    readonly rows: readonly {
      readonly id: string;
      readonly published: Readonly<Record<string, number>>;
    }[];
  };
  readonly figure16: {
    readonly rows: readonly (Readonly<Record<string, number>> & {
      readonly timeoutRangeMs: { readonly min: number; readonly max: number };
    })[];
  };
}

const published = JSON.parse(
  readFileSync(new URL('../calibration/raft-elections.json', import.meta.url), 'utf8'),
) as Published;

describe('what the page shows as published', () => {
  test('is the table of split votes, and the closed form gives it', () => {
    const rows = published.splitVote.table.flatMap((row) =>
      row.probabilities.map((one) => ({ ...row, ...one })),
    );
    expect(rows).toHaveLength(splitPoints.length);
    for (const { clusterSize, liveServers, latencyFraction, splitProbability: value } of rows) {
      const point = splitPoints.find(
        (one) =>
          one.servers === clusterSize &&
          one.live === liveServers &&
          one.latencyFraction === latencyFraction,
      );
      expect(point && splitProbability(point)).toBeCloseTo(value, 6);
    }
  });

  test('are the published election times', () => {
    for (const one of wideArea) {
      const row = published.availSim.rows.find(({ id }) => id === one.id);
      expect(row?.published).toMatchObject({
        mean: one.published.mean,
        ...one.published.percentilesMs,
      });
    }
    for (const { minTimeoutMs: min, maxTimeoutMs: max, published: times } of figure16) {
      const row = published.figure16.rows.find(
        ({ timeoutRangeMs: range }) => range.min === min && range.max === max,
      );
      expect(row).toMatchObject({ mean: times.mean, ...times.percentilesMs });
    }
    expect([wideArea.length, figure16.length]).toEqual([3, 4]);
  });
});

describe('split votes', () => {
  test.each(splitVotes.clusters)(
    '$live of $servers servers up: as often as the closed form says, with 99.9 %',
    (cluster) => {
      const row = measureSplits({ ...cluster, latencyFraction: 0.2 }, 600, 1);
      expect(row.split.of).toBe(600);
      expect(isAsExpected(row), JSON.stringify(row)).toBe(true);
    },
  );

  test('with twice the latency are not taken for those of the closed form', () => {
    const { servers, live } = { servers: 5, live: 4 };
    const row = measureSplits({ servers, live, latencyFraction: 0.2 }, 600, 1);
    const expected = splitProbability({ servers, live, latencyFraction: 0.1 });
    const claimed = { ...row, expected, allowed: binomialRange(600, expected, 0.999) };
    expect(isAsExpected(claimed)).toBe(false);
  });

  test('a run shows one: two servers stand at nearly the same time, and nobody leads the first term', () => {
    const election = {
      ...wideAreaElection(wideArea[0] as (typeof wideArea)[number]),
      servers: 2,
      minTimeoutMs: 100,
      maxTimeoutMs: 100,
      latency: constant(10),
    };
    const { trace } = electionRun(election, 1, 150);
    expect(leadersIn(trace)).toEqual([]);
    expect(
      trace.flatMap(({ decision }) => (decision.type === 'fire' ? [decision.process] : [])),
    ).toEqual(['s1', 's2']);
  });
});

describe('election times over a wide area', () => {
  test.each(wideArea.map((one) => [one.says, one] as const))(
    '%s: mean and percentiles within 3 % of the published ones, p99 within 10 %',
    (_, one) => {
      const { rows } = measureWideArea(one, 600, 1);
      expect(rows).toHaveLength(8);
      expect(rows.filter(({ isWithin }) => !isWithin)).toEqual([]);
    },
  );

  test('with one server down are not taken for those with all up', () => {
    const [all, oneDown] = wideArea as readonly [(typeof wideArea)[0], (typeof wideArea)[0]];
    const { rows } = measureWideArea({ ...oneDown, published: all.published }, 600, 1);
    const outside = rows.filter(({ isWithin }) => !isWithin).map(({ name }) => name);
    expect(outside).toContain('mean');
    expect(outside).toContain('p90');
  });

  test('end with the leader that a run over 16 more heartbeats has, as the model’s author asks', () => {
    for (const one of wideArea) {
      const election = wideAreaElection(one);
      for (let seed = 1; seed <= 20; seed++) {
        const sinceMs = awaited(election, seed, stableSinceMs);
        const later = electionRun(election, seed, sinceMs + 18 * election.heartbeatMs);
        expect(leadersIn(later.trace).at(-1)?.atMs).toBe(sinceMs);
        const up = later.end.all.filter((process) => process.up);
        expect(up.filter((process) => process.in('leader'))).toHaveLength(1);
      }
    }
  });
});

describe('figure 16', () => {
  const measured = figure16.map((one) => measureCrash(one, 300, 1));

  test('percentiles and means are within 15 % of the published ones, or 5 ms', () => {
    for (const { says, rows } of measured)
      expect(
        rows.filter(({ isWithin }) => !isWithin),
        says,
      ).toEqual([]);
  });

  test('the order of the rows and the shortest times are the published ones', () => {
    const cells = orderCells('', measured);
    expect(cells).toHaveLength(7 + figure16.length);
    expect(cells.filter(({ isEqual }) => !isEqual)).toEqual([]);
    const [fast, ...others] = measured;
    const swapped = orderCells('', [
      { ...others[0], rows: fast?.rows ?? [] } as (typeof measured)[0],
      ...measured.slice(2),
    ]);
    expect(swapped.every(({ isEqual }) => isEqual)).toBe(true);
    const slower = { ...fast, rows: fast?.rows.map((row) => ({ ...row, foundMs: 9999 })) };
    const wrong = orderCells('', [slower as (typeof measured)[0], ...others]);
    expect(wrong.filter(({ isEqual }) => !isEqual).length).toBeGreaterThan(4);
  });

  test('only the two servers with the longest logs of those that are up ever lead', () => {
    const election = crashElection(figure16[3] as (typeof figure16)[number]);
    const leaders = new Set<string>();
    for (let seed = 1; seed <= 40; seed++)
      awaited(election, seed, (run) => {
        for (const { server } of leadersIn(run.trace)) leaders.add(server);
        return firstHeartbeatMs(run);
      });
    expect([...leaders].sort()).toEqual(['s3', 's4']);
  });
});
