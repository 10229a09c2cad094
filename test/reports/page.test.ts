import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compare } from '../../src/reports/index.ts';

const browser = '/usr/bin/chromium';
const hasBrowser = existsSync(browser);
if (!hasBrowser) console.log(`skipped: the page in a browser, since there is no ${browser}`);

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

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(rgb: string): number {
  const [red = 0, green = 0, blue = 0] = (rgb.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

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
      const folder = mkdtempSync(join(tmpdir(), 'counterpoint-page-'));
      const file = join(folder, name);
      const shown = comparison.pages.find((one) => one.file === name);
      writeFileSync(file, shown?.html ?? '');
      const chrome = await chromium.launch({
        executablePath: browser,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      });
      try {
        const page = await chrome.newPage({
          colorScheme: scheme,
          viewport: { width, height: 900 },
        });
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('request', (request) => requests.push(request.url()));
        const url = pathToFileURL(file).href;
        await page.goto(url);
        // A string, since the types here know no browser.
        const seen = (await page.evaluate(`({
        scroll: document.documentElement.scrollWidth,
        paper: getComputedStyle(document.body).backgroundColor,
        inks: [...new Set([getComputedStyle(document.body).color,
          ...[...document.querySelectorAll('svg text')].map((text) => getComputedStyle(text).fill)])],
        drawings: document.querySelectorAll('svg').length,
      })`)) as { scroll: number; paper: string; inks: string[]; drawings: number };
        expect(complaints).toEqual([]);
        expect(requests).toEqual([url]);
        expect(seen.scroll).toBeLessThanOrEqual(width);
        if (name === 'index.html') expect(seen.drawings).toBe(4);
        else expect(seen.drawings).toBeGreaterThan(50);
        expect(seen.inks.length).toBeGreaterThan(1);
        for (const ink of seen.inks)
          expect(contrast(ink, seen.paper), `${ink} on ${seen.paper}`).toBeGreaterThan(4.5);
        expect(luminance(seen.paper) > 0.5).toBe(scheme === 'light');
      } finally {
        await chrome.close();
        rmSync(folder, { recursive: true });
      }
    },
  );
});
