/** The pages of duels and of resilience, from few runs: what they must carry, and that they can be read. */
import { beforeAll, describe, expect, test } from 'vitest';
import { duelFigures, duelParts } from '../../src/reports/duel-figures.ts';
import { resilienceFigures, resilienceParts } from '../../src/reports/resilience-figures.ts';
import { drawingsSeen, hasBrowser, type Sight } from './browser.ts';

const few = {
  trials: { 4: 2, 6: 1, 8: 1, 10: 1 },
  modelRuns: 2,
  overload: { scale: 300, seconds: 80 },
  fanOuts: { 1: 9, 2: 9, 3: 9, 10: 9 },
  calls: 12,
};
const told: Record<string, string[]> = { paxos: [], resilience: [] };
const options = (name: string) =>
  ({ quick: true, seed: 1, progress: (what: string) => told[name]?.push(what) }) as const;
const made = {
  paxos: () => duelFigures({ ...options('paxos'), runs: 2 }),
  resilience: () => resilienceFigures({ ...options('resilience'), sizes: few }),
};
const pages: Record<string, Awaited<ReturnType<(typeof made)['paxos' | 'resilience']>>> = {};

beforeAll(async () => {
  pages.paxos = await made.paxos();
  pages.resilience = await made.resilience();
}, 300_000);

describe.each([
  ['paxos', 4, 7, duelParts],
  ['resilience', 5, 6, resilienceParts],
] as const)('the page of %s', (name, figureCount, drawings, parts) => {
  test('names the command of every figure and carries its data', () => {
    const html = pages[name]?.html ?? '';
    const figures = html.split('<figure>').slice(1);
    expect(figures).toHaveLength(figureCount);
    for (const figure of figures) {
      expect(figure).toContain(`npm run -s counterpoint -- compare ${name} --quick`);
      expect(figure).toContain('href="data:');
    }
    expect(html).toMatch(/n = 2 runs/);
    expect(html).toContain('95 % intervals');
    expect(html).not.toMatch(/<script|(?:src|href)="(?:https?:)?\/\//);
  });

  test('has plain data, told progress and nothing that is no number', () => {
    const { data, cells, html } = pages[name] ?? { data: {}, cells: [], html: '' };
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(told[name]).toHaveLength(parts);
    expect(cells.length).toBeGreaterThan(50);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test.runIf(hasBrowser)('can be read in light and dark, wide and narrow', async () => {
    const sights: readonly Sight[] = [
      ['light', 1400],
      ['dark', 1400],
      ['light', 390],
      ['dark', 390],
    ];
    const seen = await drawingsSeen(pages[name]?.html ?? '', sights);
    expect(seen).toEqual(sights.map(() => drawings));
  });
});

test('a page is the same again, byte for byte', async () => {
  expect((await made.resilience()).html).toBe(pages.resilience?.html);
});
