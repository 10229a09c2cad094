/** The page of Raft's elections, from few runs: what it must carry, and that it can be made to say no. */
import { beforeAll, describe, expect, test } from 'vitest';
import { electionFigures } from '../../src/reports/election-figures.ts';
import { compare, pagesOf } from '../../src/reports/index.ts';

const made = (runs: number) =>
  electionFigures({ quick: true, seed: 1, runs, progress: (what) => told.push(what) });
const told: string[] = [];
let page: Awaited<ReturnType<typeof made>>;

beforeAll(async () => {
  page = await made(5);
});

describe('the page of elections', () => {
  test('names the command of every figure and carries its data', () => {
    const figures = page.html.split('<figure>').slice(1);
    expect(figures).toHaveLength(Object.keys(page.data).length);
    for (const figure of figures) {
      expect(figure).toContain('npm run -s counterpoint -- compare raft --quick');
      expect(figure).toContain('href="data:');
    }
  });

  test('states runs, seeds and intervals, and needs nothing from elsewhere', () => {
    expect(page.html).toContain('n = 5 elections each, seeds 1/1 to 1/5');
    expect(page.html).toContain('95 % intervals');
    expect(page.html).not.toMatch(/<script|(?:src|href)="(?:https?:)?\/\//);
  });

  test('has a cell for each published number, and plain data', () => {
    const counts = new Map<string, number>();
    for (const { figure } of page.cells) counts.set(figure, (counts.get(figure) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toMatchObject({
      'split votes': 25,
      'wide area': 3 * 8,
      'figure 16': 4 * 7 + 7 + 4,
      'commits between regions': 7,
    });
    expect(JSON.parse(JSON.stringify(page.data))).toEqual(page.data);
  });

  test('is the same again, byte for byte', async () => {
    expect(told.at(-1)).toBe('pictures and page');
    expect((await made(5)).html).toBe(page.html);
  });
});

describe('the comparison', () => {
  test('writes it where raft is asked for, beside the pages of commit protocols or alone', () => {
    expect(pagesOf(undefined)).toEqual(['index.html', 'fault-matrix.html']);
    expect(pagesOf(['raft'])).toEqual(['elections.html']);
    expect(pagesOf(['three-phase-commit', 'raft'])).toEqual(['index.html', 'elections.html']);
    expect(() => pagesOf(['rafd'])).toThrow('did you mean "raft"');
  });

  test('refuses a name before it measures anything', async () => {
    await expect(compare({ systems: ['raft', 'nonsense'] })).rejects.toThrow('"nonsense"');
  });
});
