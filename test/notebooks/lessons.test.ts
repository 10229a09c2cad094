/** Each lesson is typed, opens from the disk without a network, answers as Node does, and reacts. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLessons, lessonNames } from '../../notebooks/kit/main.ts';
import { checkLessons } from '../../notebooks/kit/type-check.ts';
import { check, run } from '../../src/index.ts';
import { threePhaseCommit, twoPhaseCommit } from '../../src/protocols/index.ts';

const browserPath = '/usr/bin/chromium';

/** The page checks some ten thousand states after each move of a control, on a machine that does other things. */
const patience = { timeout: 60_000, interval: 200 };

test('the cells of all lessons are typed', () => {
  expect(checkLessons(lessonNames())).toBe('');
});

if (!existsSync(browserPath))
  console.log(`no browser at ${browserPath}: the lessons were typed, not opened`);

describe.skipIf(!existsSync(browserPath))('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lessons-'));
  let browser: Browser;
  let pages: readonly string[];

  beforeAll(async () => {
    pages = await buildLessons(lessonNames(), folder);
    browser = await chromium.launch({
      executablePath: browserPath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a lesson; `wrong` gathers errors and whatever it asks of a network. */
  async function open(path: string, colorScheme: 'light' | 'dark', wrong: string[]): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme });
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (said) => said.type() === 'error' && wrong.push(said.text()));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) wrong.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    await page.locator('.space-time').first().waitFor();
    await page.waitForFunction("document.querySelectorAll('.observablehq--loading').length === 0");
    return page;
  }

  test('every lesson runs all its cells without an error and without a network', async () => {
    expect(pages.length).toBeGreaterThan(0);
    // All lessons have the same colours: one of them is looked at in the dark too.
    for (const [index, path] of pages.entries())
      for (const scheme of index === 0 ? (['light', 'dark'] as const) : (['light'] as const)) {
        const wrong: string[] = [];
        const page = await open(path, scheme, wrong);
        expect(await page.locator('.observablehq--error').allTextContents()).toEqual([]);
        expect(wrong).toEqual([]);
        const excess = 'document.documentElement.scrollWidth - window.innerWidth';
        expect(await page.evaluate(excess)).toBeLessThanOrEqual(0);
        await page.close();
      }
  });

  test('two-phase commit: the counts are those of the checker here, and controls move them', async () => {
    const wrong: string[] = [];
    const page = await open(join(folder, 'two-phase-commit.html'), 'light', wrong);
    const { distinct } = check(twoPhaseCommit, {
      parameters: { participants: 1 },
      scope: { crashes: 1, loss: true, duplication: false },
    });
    const text = (): Promise<string> => page.locator('main').innerText();
    await expect.poll(text, patience).toContain(`${distinct.toLocaleString('en')} distinct states`);
    expect(await text()).toContain('12 messages');

    await page.locator('input[type=number]').first().fill('5');
    await expect.poll(text, patience).toContain('20 messages');
    expect(await page.locator('td .violated').count()).toBe(1);

    await page.locator('select').selectOption({ index: 1 });
    await expect.poll(() => page.locator('td .violated').count(), patience).toBeGreaterThan(1);
    await expect.poll(text, patience).toContain('What goes wrong');
    expect(wrong).toEqual([]);
    await page.close();
  });

  test('three-phase commit: which moments of a partition are fatal, and what the checker says', async () => {
    const wrong: string[] = [];
    const page = await open(join(folder, 'three-phase-commit.html'), 'light', wrong);
    const text = (): Promise<string> => page.locator('main').innerText();
    const fatal = Array.from({ length: 61 }, (_, atMs) =>
      run(threePhaseCommit, {
        seed: 1,
        scenario: 'fault-free',
        faults: [{ fault: 'partition', groups: [['coordinator', 'p1']], atMs, forMs: 2000 }],
      }),
    ).filter(({ verdict }) => verdict === 'violated');
    expect(fatal.length).toBeGreaterThan(0);
    await expect.poll(text, patience).toContain(`${fatal.length} of 61 moments`);
    const { distinct } = check(threePhaseCommit, {
      parameters: { participants: 2, votes: 'yes' },
      scope: { crashes: 1, duplication: false },
    });
    await expect.poll(text, patience).toContain(`${distinct.toLocaleString('en')} distinct states`);

    // An early end of the partition leaves the coordinator time to send again.
    await page.getByLabel('it heals after (ms)').first().fill('100');
    await expect.poll(text, patience).toContain('0 of 61 moments');
    // Asynchronous timing, and a rule that is turned off, are answered with a story each.
    await page.getByLabel('asynchronous').check();
    await expect.poll(text, patience).toContain('The shortest way to break it');
    await page.locator('select').last().selectOption({ index: 1 });
    await expect.poll(text, patience).toContain('What goes wrong');
    expect(wrong).toEqual([]);
    await page.close();
  });
});
