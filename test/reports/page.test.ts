import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare } from '../../src/reports/index.ts';
import { drawingsSeen, hasBrowser } from './browser.ts';

let comparison: Comparison;
let html: string;
const progress: string[] = [];

beforeAll(async () => {
  comparison = await compare({ quick: true, progress: ({ what }) => progress.push(what) });
  html = comparison.pages[0]?.html ?? '';
});

describe('the comparison', () => {
  it('finds every cell equal to its claim', () => {
    expect(comparison.cells.filter(({ isEqual }) => !isEqual)).toEqual([]);
    expect(comparison.isEqual).toBe(true);
    const figures = new Set(comparison.cells.map(({ figure }) => figure));
    expect([...figures]).toEqual(['cost', 'time in doubt', 'runs', 'verdicts', 'fault matrix']);
  });

  it('shows a spent budget as no claim met, and says so on the page', async () => {
    const poor = await compare({ systems: ['two-phase-commit'], quick: true, maxStates: 100 });
    expect(poor.isEqual).toBe(false);
    expect(poor.pages[0]?.html).toContain('differ from their claims');
    expect(poor.pages[0]?.html).toContain('no data');
  });

  it('writes the same bytes each time', async () => {
    const options = { systems: ['three-phase-commit'], quick: true };
    const [once, again] = [await compare(options), await compare(options)];
    expect(again.pages).toEqual(once.pages);
    expect(JSON.stringify(again.data)).toBe(JSON.stringify(once.data));
  });

  it('has plain data', () => {
    expect(JSON.parse(JSON.stringify(comparison.data))).toEqual(comparison.data);
  });

  it('reports its progress, each check included', () => {
    expect(progress).toContain('check 3 of 3');
    expect(progress.at(-1)).toBe('done');
  });

  it('refuses a system without claims in one sentence', async () => {
    await expect(compare({ systems: ['multi-paxos'] })).rejects.toThrow(
      'no claims to compare "multi-paxos"',
    );
  });
});

describe('the page', () => {
  it('names the command of every figure and carries its data', () => {
    const figures = html.split('<figure>').slice(1);
    expect(figures.length).toBeGreaterThanOrEqual(4);
    for (const figure of figures) {
      expect(figure).toContain('npm run -s counterpoint -- ');
      expect(figure).toContain('href="data:');
    }
  });

  it('states the shorter command where it was made by the shorter one', () => {
    expect(html).toContain('compare --out report --quick');
  });

  it('lists the properties in order, AC1 first', () => {
    const order = (comparison.data.verdicts ?? []).map(({ property }) => property.split(' ')[0]);
    const named = ['AC1', 'AC2', 'AC3', 'AC4', 'AC5', 'durability', 'non-blocking'];
    expect(order).toEqual(named);
  });

  it.runIf(hasBrowser).each([
    ['index.html', 'light', 1400],
    ['index.html', 'dark', 1400],
    ['index.html', 'light', 390],
    ['index.html', 'dark', 390],
    ['fault-matrix.html', 'light', 1400],
    ['fault-matrix.html', 'dark', 390],
  ] as const)(
    '%s in %s at %i px: no error, no request, no sideways scrolling, text that can be read',
    async (name, scheme, width) => {
      const shown = comparison.pages.find((one) => one.file === name);
      const [drawings = 0] = await drawingsSeen(shown?.html ?? '', [[scheme, width]]);
      if (name === 'index.html') expect(drawings).toBe(4);
      else expect(drawings).toBeGreaterThan(50);
    },
  );
});
