import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../src/reports/charts.ts';
import { costChart, measureCost } from '../../src/reports/commit-cost.ts';
import { doubtChart, measureDoubt } from '../../src/reports/doubt-sweep.ts';
import { expectWellFormed } from './well-formed.ts';

const cost = measureCost([1, 2, 5], 1);
const doubt = measureDoubt([0, 10, 20, 27, 30, 31, 40], 1);

describe('measurements', () => {
  it('a fault-free commit takes 4N messages and 2N + 1 forced writes (BHG 7.4)', () => {
    for (const row of cost) {
      expect(row.messages).toBe(4 * row.participants);
      expect(row.forcedWrites).toBe(2 * row.participants + 1);
    }
  });

  it('time in doubt follows the timetable at every moment of the crash', () => {
    for (const row of doubt) {
      expect(row.returnsMs, `crash at ${row.crashAtMs}`).toBe(row.returnsClaimedMs);
      expect(row.staysMs, `crash at ${row.crashAtMs}`).toBe(row.staysClaimedMs);
    }
    expect(doubt.map(({ blocked }) => blocked)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a chart', () => {
  it('is well-formed, and the same bytes each time', async () => {
    for (const spec of [costChart(cost), doubtChart(doubt)]) {
      const svg = await chartSvg(spec, 'a <name> & more');
      expectWellFormed(svg);
      expect(await chartSvg(spec, 'a <name> & more')).toBe(svg);
    }
  });

  it('has no fixed colour, so that one picture serves light and dark', async () => {
    for (const spec of [costChart(cost), doubtChart(doubt)]) {
      const svg = await chartSvg(spec, 'chart');
      const drawn = svg.slice(svg.indexOf('</style>'));
      const colours = [...drawn.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, value]) => value);
      for (const value of new Set(colours))
        expect(value).toMatch(/^(?:var\(--cp-\w+\)|none|transparent)$/);
      expect(svg).toContain('prefers-color-scheme:dark');
    }
  });
});
