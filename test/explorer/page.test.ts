/** The page in a real browser: two-phase commit is blocked by hand, and then committed instead. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExplorerServer, openFile, openSession, serve } from '../../src/explorer/index.ts';
import { run, runFileOf } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere)
  process.stderr.write(`test/explorer/page: skipped, there is no ${executablePath} here\n`);

let browser: Browser;
const servers: ExplorerServer[] = [];
beforeAll(async () => {
  if (!isThere) return;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser?.close();
  for (const server of servers) await server.close();
});

/** A page on a session; it fails the test on any error or refused resource. */
async function opened(
  session: ReturnType<typeof openSession>,
  width = 1280,
): Promise<{ readonly page: Page; readonly errors: string[] }> {
  const server = await serve(session);
  servers.push(server);
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(server.url);
  await page.getByText('step 0 of').waitFor();
  return { page, errors };
}

const position = (page: Page, text: string): Promise<void> =>
  page.locator('#position', { hasText: text }).waitFor();

/** Clicks the first offer of that label, and waits until the step is made. */
async function choose(page: Page, label: string | RegExp): Promise<void> {
  const before = await page.locator('#position').textContent();
  await page
    .locator('.group:not(.fault) .offer, .fault[open] .offer', { hasText: label })
    .first()
    .click();
  // Not waitForFunction: it evaluates texts in the page, which its policy forbids.
  const step = Number(/^step (\d+)/.exec(before ?? '')?.[1]) + 1;
  await position(page, `step ${step} of ${step}`);
}

const node = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);

describe.skipIf(!isThere)('the page', () => {
  test('blocks two-phase commit by hand, goes back, and commits instead', async () => {
    const { page, errors } = await opened(
      openSession(twoPhaseCommit, { parameters: { participants: 2, votes: 'yes' } }),
    );
    await choose(page, 'coordinator is asked for BEGIN');
    for (const one of ['p1', 'p2']) await choose(page, `${one} receives PREPARE from coordinator`);
    for (const one of ['p1', 'p2']) await choose(page, `${one} chooses CAN_COMMIT`);
    await node(page, 'p1').getByText('waiting for its disk').waitFor();
    for (const one of ['p1', 'p2']) await choose(page, `${one}: prepared is safe on its disk`);
    for (const one of ['p1', 'p2'])
      await choose(page, `coordinator receives VOTE (yes) from ${one}`);
    await node(page, 'coordinator').getByText('waiting for its disk').waitFor();
    await choose(page, /^coordinator crashes$/);
    await node(page, 'coordinator').getByText('down', { exact: true }).waitFor();
    expect(await page.locator('#ending').textContent()).toBe(
      'Blocked: p1, p2 are in doubt and the coordinator is down.',
    );

    await page.locator('#undo').click();
    await position(page, 'step 9 of 10');
    await page.locator('#run-on').click();
    await page.getByText('Settled: nothing is left to wait for.').waitFor();
    for (const one of ['p1', 'p2'])
      expect(await node(page, one).locator('.value').textContent()).toBe('committed');
    expect(await page.locator('[data-property="AC1 agreement"]').textContent()).toContain('holds');
    expect(await page.locator('#telling').textContent()).toContain(
      'coordinator is asked for BEGIN',
    );
    await expect
      .poll(() => page.evaluate("document.getElementById('picture').naturalHeight"))
      .toBeGreaterThan(300);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('is used by keyboard alone', async () => {
    const { page, errors } = await opened(openSession(twoPhaseCommit));
    await page.keyboard.press('1');
    await position(page, 'step 1 of 1');
    await page.keyboard.press('ArrowLeft');
    await position(page, 'step 0 of 1');
    await page.keyboard.press('ArrowRight');
    await position(page, 'step 1 of 1');
    await page.keyboard.press('r');
    await position(page, 'step 2 of 2');
    await page.keyboard.press('Home');
    await position(page, 'step 0 of 2');
    await page.keyboard.press('End');
    await position(page, 'step 2 of 2');
    await page.keyboard.press('n');
    expect(await page.evaluate('document.activeElement.id')).toBe('next-heading');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toContain('offer');
    await page.keyboard.press('Enter');
    await position(page, 'step 3 of 3');
    expect(await page.evaluate('document.activeElement.id')).toBe('next-heading');
    expect(errors).toEqual([]);
    await page.close();
  });

  test('walks a run file, leaves its path and returns to it', async () => {
    const scenario = 'coordinator-crash';
    const recorded = run(twoPhaseCommit, { seed: 1, scenario, trace: true });
    const { page, errors } = await opened(openFile(twoPhaseCommit, runFileOf(recorded)));
    await page.getByText('On the path of a recorded run').waitFor();
    await page.locator('.ahead').click();
    await position(page, 'step 1 of');
    await choose(page, 'p1 crashes');
    await page.getByText('This path has left that of the file after step 1.').waitFor();
    await page.getByRole('button', { name: 'Back to the file’s path' }).click();
    await position(page, `step 1 of ${recorded.trace.length}`);
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each([390, 760, 1280])('does not scroll sideways at %d px', async (width) => {
    const { page, errors } = await opened(openSession(twoPhaseCommit), width);
    await page.locator('#run-on').click();
    await page.getByText('Settled: nothing').waitFor();
    await page.locator('.group.fault > summary').first().click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('hides faults when they are switched off, and says when nobody answers any more', async () => {
    const { page } = await opened(openSession(twoPhaseCommit));
    expect(await page.locator('.group.fault').count()).toBeGreaterThan(1);
    await page.getByLabel('show faults').uncheck();
    await page.locator('.group.fault').first().waitFor({ state: 'detached' });
    await servers.at(-1)?.close();
    await page.locator('#random').click();
    await page.getByText('The explorer no longer answers').waitFor();
    await page.close();
  });
});
