/** `run --runs`: many runs from the command line. */
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

const folder = folderWith({
  'good.ts': modules.good,
  'broken.ts': modules.broken,
  'counter.mjs': modules.counter,
});
afterAll(() => folder.remove());

const line =
  'run two-phase-commit --seed 7 --runs 30 --faults swarm --set participants=2 votes=any';

describe('run --runs', () => {
  test('--json is one document: outcomes, properties, figures with intervals, distributions', async () => {
    const { code, out, err } = await counterpoint(words(`${line} --json`));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(document).toMatchObject({
      system: 'two-phase-commit',
      scenario: 'fault-free',
      parameters: { participants: 2, votes: 'any', cooperative: false, readers: 0 },
      seed: 7,
      preset: 'swarm',
      faults: [],
      runs: 30,
      asked: 30,
      verdict: 'holds',
      violations: [],
      figures: { 'messages.sent': { n: 30, low: expect.any(Number), high: expect.any(Number) } },
      distributions: { latency: { percentilesMs: { 'p99.9': expect.any(Number) } } },
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
      file: null,
    });
    const { outcomes } = document as { outcomes: Record<string, { count: number }> };
    expect(Object.values(outcomes).reduce((sum, { count }) => sum + count, 0)).toBe(30);
  });

  test('writes the same bytes whatever the number of threads', async () => {
    const alone = await counterpoint(words(`${line} --json`));
    for (const workers of [1, 2]) {
      const world = { hasThreads: true };
      const threads = await counterpoint(words(`${line} --workers ${workers} --json`), world);
      expect(threads).toEqual(alone);
    }
  });

  test('prints first the command that repeats it, then verdict, shares, figures and percentiles', async () => {
    const { out } = await counterpoint(words(line));
    expect(out.split('\n')[0]).toBe(
      'counterpoint run two-phase-commit --seed 7 --runs 30 --set participants=2 --set votes=any --faults swarm',
    );
    expect(out).toContain('seeds 7/1 to 7/30, faults swarm');
    expect(out).toContain('holds: not violated in these 30 runs, which says nothing about others');
    expect(out).toMatch(/recovered +\d+ +[\d.]+ % +[\d.]+ % to [\d.]+ %/);
    expect(out).toMatch(/messages\.sent +[\d.]+ +[\d.]+ to [\d.]+ +\d+ to \d+ +30\n/);
    expect(out).toMatch(/latency +\d+ +([\d.]+ ms *){6}\n/);
  });

  test('a violation is exit 1, with seeds, the command of one, and its run file', async () => {
    const [path, file] = [folder.file('broken.ts'), folder.file('violation.jsonl')];
    const asked = `run ${path} --seed 3 --runs 20 --faults crash --trace ${file}`;
    const { code, out } = await counterpoint(words(asked), { width: 300 });
    expect(code).toBe(1);
    const seed = /nobody commits: violated in .* seeds (3\/\d+)/.exec(out)?.[1];
    const command = out.split('\n').find((text) => text.startsWith('  counterpoint run')) ?? '';
    expect(command).toContain(`--seed ${seed} `);
    const one = await counterpoint(words(command.trim().replace(/^counterpoint /, '')));
    expect(one.code).toBe(1);
    const replayed = await counterpoint(words(`replay ${file} --json`));
    expect(replayed.code).toBe(1);
    expect(JSON.parse(replayed.out)).toMatchObject({ seed, violated: ['nobody commits'] });
  });

  test('writes no run file where nothing is violated, and says so', async () => {
    const file = folder.file('nothing.jsonl');
    const { out } = await counterpoint(words(`${line} --trace ${file}`));
    expect(out).toContain('no run violated a property');
    expect(existsSync(file)).toBe(false);
  });

  test('of two systems compares them seed by seed', async () => {
    const asked = `run two-phase-commit --seed 1 --runs 12 --against ${folder.file('good.ts')}`;
    const { code, out } = await counterpoint(words(asked), { width: 200 });
    expect(code).toBe(0);
    expect(out).toContain(
      'Against two-phase-commit/mine, scenario fault-free on the same seeds: holds',
    );
    // The module's system has two participants, the built-in one three.
    expect(out).toMatch(/messages\.sent +12 +8 +-4 +always +12\n/);
    const { out: text } = await counterpoint(words(`${asked} --json`));
    expect(JSON.parse(text)).toMatchObject({
      against: { system: 'two-phase-commit/mine', runs: 12 },
      differences: { 'writes.forced': { mean: -2, low: -2, high: -2, n: 12 } },
    });
  });

  test('stops at Ctrl-C with what was done, exit 3, and says of how many', async () => {
    let stop = (): void => {};
    const { code, out } = await counterpoint(words('run two-phase-commit --seed 1 --runs 100000'), {
      width: 200,
      onInterrupt: (callback) => {
        stop = callback;
        setImmediate(() => setImmediate(stop));
        return () => {};
      },
    });
    expect(code).toBe(3);
    expect(out).toMatch(/unknown: stopped after \d+ of 100,000 runs, none of which violated/);
  });

  test.each([
    ['--runs 0', '--runs is "0"'],
    ['--workers 2', '--workers is for many runs'],
    ['--against two-phase-commit', '--against is for many runs'],
    ['--runs 5 --story', '--story tells one run'],
    ['--runs 5 --export shiviz', '--export tells one run'],
    ['--runs 5 --crash p1', '--crash NODE or all makes a table'],
    ['--runs 5 --faults no-such', 'there is no fault preset "no-such"'],
    [`--runs 5 --against ${folder.file('counter.mjs')}`, 'abstract system'],
    ['--runs 5 --set participants=0', 'participants'],
  ])('%s is refused in one sentence', async (options, sentence) => {
    const typed = words(`run two-phase-commit --seed 1 ${options}`);
    const { code, out, err } = await counterpoint(typed);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    expect(err.trimEnd()).not.toContain('\n');
  });

  test('a mistake found in a thread is one sentence too', async () => {
    const { code, out, err } = await counterpoint(
      words('run two-phase-commit --seed 1 --runs 20 --workers 2 --set participants=0'),
      { hasThreads: true },
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^parameter participants .* is "0"; [^\n]+\n$/);
  });
});
