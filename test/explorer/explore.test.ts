/** The sub-command: what it serves, and how a wrong call ends. */

import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, modules, words } from '../cli/terminal.ts';

const folder = folderWith({
  'good.ts': modules.good,
  'counter.ts': modules.counter,
  'no.txt': 'no',
});
afterAll(() => folder.remove());

/** Starts the command, looks at what it serves, and presses Ctrl-C. */
async function served(line: string) {
  let interrupt = (): void => {};
  let printed = (_: string): void => {};
  const out = new Promise<string>((resolve) => {
    printed = resolve;
  });
  const ended = counterpoint(['explore', ...words(line)], {
    cwd: folder.path,
    out: printed,
    onInterrupt: (stop) => {
      interrupt = stop;
      return () => {};
    },
  });
  const early = await Promise.race([out, ended.then(({ err }) => Promise.reject(new Error(err)))]);
  const url = /http:\S+/.exec(early)?.[0] ?? '';
  const state = await asked(`${url}state`);
  const saved = await asked(`${url}run.jsonl`);
  interrupt();
  return { early, url, state: JSON.parse(state), saved, code: (await ended).code };
}

function asked(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

describe('explore', () => {
  test('prints where a system is, serves it until Ctrl-C, and exits 0', async () => {
    const { early, url, state, code } = await served(
      'two-phase-commit --set participants=2 --timing synchronous --scope crashes=2',
    );
    expect(early).toMatch(/^two-phase-commit is at http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(state).toMatchObject({
      parameters: ['participants = 2', 'votes = any', 'cooperative = false', 'readers = 0'],
      settings: { timing: 'synchronous', limited: true },
    });
    expect(code).toBe(0);
    await expect(asked(`${url}state`)).rejects.toThrow();
  });

  test("begins with a run file, also of a user's module", async () => {
    const line = 'run good.ts --seed 1 --trace run.jsonl';
    expect((await counterpoint(words(line), { cwd: folder.path })).code).toBe(0);
    const { state } = await served('run.jsonl');
    expect(state).toMatchObject({ system: 'two-phase-commit/mine', origin: { kind: 'run' } });
    const lines = readFileSync(folder.file('run.jsonl'), 'utf8').trim().split('\n');
    expect(state.last).toBe(lines.length - 2);
  });

  test('saves what `replay` reads, and calls it by what it is', async () => {
    const { saved } = await served('good.ts');
    folder.write('saved.jsonl', saved);
    const { code, out } = await counterpoint(['replay', 'saved.jsonl'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(out).toContain('a path stepped by hand');
    expect(out).not.toContain('warning');
  });

  test.each([
    ['two-phase-comit', /^unknown system "two-phase-comit"; did you mean "two-phase-commit"\?$/],
    ['counter.ts', /is an abstract system, which makes no decisions.*use `check`$/],
    ['no.txt', /^no\.txt line 1 is no run file/],
    ['none.jsonl', /^none\.jsonl cannot be read: there is no such file or folder$/],
    ['two-phase-commit --port x', /^--port is "x"; it must be a whole number from 0/],
    ['two-phase-commit --port 70000', /^--port is "70000"/],
    ['two-phase-commit --timing slow', /^--timing is "slow"; it must be asynchronous/],
    ['two-phase-commit --scope crash=1', /^a scope has no bound "crash"/],
    ['two-phase-commit --set n=1', /has no parameter "n"/],
    ['run.jsonl --set participants=1', /^--set is for a SYSTEM; run\.jsonl is a run file/],
  ])('%s is refused in one sentence, exit 2', async (line, says) => {
    const { code, out, err } = await counterpoint(['explore', ...words(line)], {
      cwd: folder.path,
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd()).toMatch(says);
    expect(err.trimEnd()).not.toContain('\n');
  });
});
