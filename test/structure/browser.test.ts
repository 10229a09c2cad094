/** The core and the protocols run in a browser as they are, and give the digests that Node gives. */
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { check, run } from '../../src/index.ts';
import { abstractTwoPhaseCommit, twoPhaseCommit } from '../../src/protocols/index.ts';
import { hdrHistograms, runMany } from '../../src/statistics/index.ts';
import { root } from './sources.ts';

const browserPath = '/usr/bin/chromium';

/** What the page does; the same as {@link here}, which Node does. */
const page = `
  import { check, run } from './src/index.ts';
  import { abstractTwoPhaseCommit, twoPhaseCommit } from './src/protocols/index.ts';
  import { hdrHistograms, runMany } from './src/statistics/index.ts';
  const digests = {};
  for (const scenario of Object.keys(twoPhaseCommit.scenarios))
    digests[scenario] = run(twoPhaseCommit, { seed: 7, scenario }).digest;
  const { distinct, verdict } = check(abstractTwoPhaseCommit);
  const { spans } = run(twoPhaseCommit, { seed: 7, histograms: hdrHistograms() }).metrics;
  const many = runMany(twoPhaseCommit, { seed: 7, runs: 20, preset: 'swarm' });
  globalThis.outcome = { digests, distinct, verdict, spans, many: JSON.stringify(many) };
`;

function here() {
  const digests: Record<string, string> = {};
  for (const scenario of Object.keys(twoPhaseCommit.scenarios ?? {}))
    digests[scenario] = run(twoPhaseCommit, { seed: 7, scenario }).digest;
  const { distinct, verdict } = check(abstractTwoPhaseCommit);
  const { spans } = run(twoPhaseCommit, { seed: 7, histograms: hdrHistograms() }).metrics;
  const many = runMany(twoPhaseCommit, { seed: 7, runs: 20, preset: 'swarm' });
  return { digests, distinct, verdict, spans, many: JSON.stringify(many) };
}

async function bundled(): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: page, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? '';
}

test('a bundle for browsers needs no module of Node', async () => {
  // seedrandom asks for Node's crypto only to seed itself, and says that a browser has none.
  expect(await bundled()).not.toMatch(/require\("(?:node:)?(?:fs|path|url|os|child_process)"\)/);
});

test('two-phase commit runs and is checked in Chromium as in Node', async ({ skip }) => {
  if (!existsSync(browserPath)) {
    console.log(`no browser at ${browserPath}: the browser test did not run`);
    skip();
  }
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on('pageerror', (error) => errors.push(error.message));
    await tab.setContent('<!doctype html><title>counterpoint</title>');
    await tab.addScriptTag({ content: await bundled() });
    const outcome = await tab.evaluate(
      () => (globalThis as unknown as { readonly outcome: unknown }).outcome,
    );
    expect(errors).toEqual([]);
    expect(outcome).toEqual(here());
  } finally {
    await browser.close();
  }
});
