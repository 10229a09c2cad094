/** What a page is in a browser: complaints, requests, sideways scrolling, and text that can be read. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { expect } from 'vitest';

const browser = '/usr/bin/chromium';
export const hasBrowser = existsSync(browser);
if (!hasBrowser) console.log(`skipped: pages in a browser, since there is no ${browser}`);

export type Sight = readonly [scheme: 'light' | 'dark', width: number];

/** Looks at the page in each way, expects nothing wrong, and says how many drawings it saw. */
export async function drawingsSeen(
  html: string,
  sights: readonly Sight[],
): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'counterpoint-page-'));
  const file = join(folder, 'page.html');
  writeFileSync(file, html);
  const chrome = await chromium.launch({
    executablePath: browser,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const drawings: number[] = [];
    for (const sight of sights) drawings.push(await lookAt(chrome, file, sight));
    return drawings;
  } finally {
    await chrome.close();
    rmSync(folder, { recursive: true });
  }
}

async function lookAt(chrome: Browser, file: string, [scheme, width]: Sight): Promise<number> {
  const page = await chrome.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
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
  const how = `${scheme}, ${width} px`;
  expect(complaints, how).toEqual([]);
  expect(requests, how).toEqual([url]);
  expect(seen.scroll, how).toBeLessThanOrEqual(width);
  expect(seen.inks.length, how).toBeGreaterThan(1);
  for (const ink of seen.inks)
    expect(contrast(ink, seen.paper), `${ink} on ${seen.paper}`).toBeGreaterThan(4.5);
  expect(luminance(seen.paper) > 0.5, how).toBe(scheme === 'light');
  return seen.drawings;
}

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
