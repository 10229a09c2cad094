import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRunFile } from '../../src/cli/files.ts';
import { type ExplorerServer, openSession, serve } from '../../src/explorer/index.ts';
import { replay } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

let server: ExplorerServer;
beforeAll(async () => {
  server = await serve(openSession(twoPhaseCommit, { parameters: { participants: 2 } }));
});
afterAll(() => server.close());

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** node:http and not fetch, which would not let a test name a foreign Host. */
function ask(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const typed = { 'content-type': 'application/json' };
const post = (path: string, body: unknown): Promise<Answered> =>
  ask('POST', path, { headers: typed, body: JSON.stringify(body) });

interface State {
  readonly version: number;
  readonly position: number;
  readonly last: number;
  readonly settings: { readonly faults: boolean; readonly timing: string; readonly seed: unknown };
}
const state = async (): Promise<State> => JSON.parse((await ask('GET', '/state')).text) as State;
const act = async (name: string, given: object = {}): Promise<Answered> =>
  post(`/${name}`, { version: (await state()).version, ...given });

describe('the server', () => {
  test('listens on 127.0.0.1 at a free port', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  test('serves a page that may load nothing but its own script, style, picture and answers', async () => {
    const { status, headers, text } = await ask('GET', '/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(text).not.toMatch(/https?:|<style|<script>|onclick|style=/);
    for (const path of ['/explorer.js', '/explorer.css'])
      expect((await ask('GET', path)).status).toBe(200);
  });

  test('serves a script without syntax errors and without markup made of texts', async () => {
    const { text } = await ask('GET', '/explorer.js');
    expect(() => new Function(text)).not.toThrow();
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|https?:/);
  });

  test('takes steps, goes back and forth, and draws the path', async () => {
    await act('jump', { step: 0 });
    expect(JSON.parse((await act('apply', { offer: 0 })).text)).toMatchObject({ position: 1 });
    expect(JSON.parse((await act('undo')).text)).toMatchObject({ position: 0, last: 1 });
    expect(JSON.parse((await act('redo')).text)).toMatchObject({ position: 1, last: 1 });
    const ran = JSON.parse((await act('run-on')).text) as State & { readonly said: string };
    expect(ran.position).toBeGreaterThan(5);
    expect(ran.said).toMatch(/^\d+ steps: /);
    expect((await act('random')).status).toBe(200);
    const { text, headers } = await ask('GET', '/diagram.svg');
    expect(text).toMatch(/^<svg/);
    expect(headers['content-type']).toContain('image/svg+xml');
  });

  test('saves a run file that replays', async () => {
    const { text, headers } = await ask('GET', '/run.jsonl');
    expect(headers['content-disposition']).toMatch(
      /^attachment; filename="two-phase-commit-\d+\.jsonl"$/,
    );
    expect(replay(twoPhaseCommit, parseRunFile(text, 'saved')).same).toBe(true);
  });

  test('keeps settings', async () => {
    await act('settings', { faults: false, timing: 'synchronous', seed: 'rain' });
    expect((await state()).settings).toMatchObject({
      faults: false,
      timing: 'synchronous',
      seed: 'rain',
    });
    await act('settings', { faults: true, timing: 'asynchronous', seed: 1 });
  });
});

describe('a bad request', () => {
  test.each([
    ['GET', '/nothing', {}, undefined, 404, 'there is no /nothing here'],
    ['POST', '/nothing', typed, '{}', 404, 'there is no action /nothing here'],
    ['POST', '/constructor', typed, '{}', 404, 'there is no action /constructor here'],
    ['DELETE', '/', {}, undefined, 405, 'DELETE is not understood here; use GET or POST'],
    ['GET', '/state', { host: 'evil.example' }, undefined, 403, 'this page is at 127.0.0.1'],
    ['POST', '/undo', { ...typed, origin: 'http://evil.example' }, '{}', 403, 'other pages'],
    ['POST', '/undo', { 'content-type': 'text/plain' }, '{}', 415, 'application/json'],
    ['POST', '/undo', {}, '{}', 415, 'application/json'],
    ['POST', '/undo', typed, '{', 400, 'the body is no JSON'],
    ['POST', '/undo', typed, '[1]', 400, 'the body must be an object'],
    ['POST', '/undo', typed, `"${'x'.repeat(20_000)}"`, 413, 'longer than 16384 bytes'],
    ['POST', '/undo', typed, '{"version":-1}', 409, 'moved on in another window'],
  ] as const)(
    '%s %s %j is told in one sentence',
    async (method, path, headers, body, status, says) => {
      const before = await state();
      const answered = await ask(method, path, {
        headers,
        ...(body === undefined ? {} : { body }),
      });
      expect(answered.status).toBe(status);
      const { error } = JSON.parse(answered.text) as { readonly error: string };
      expect(error).toContain(says);
      expect(error).not.toContain('\n');
      expect((await state()).version).toBe(before.version);
    },
  );

  test.each([
    ['apply', { offer: 99_999 }, /the offer is 99999; it must be a whole number from 0 to \d+/],
    ['apply', { offer: '0' }, /the offer is "0"/],
    ['apply', {}, /the offer is missing/],
    ['jump', { step: -1 }, /the step is -1; it must be a whole number from 0 to \d+/],
    ['jump', {}, /the step is (undefined|missing)/],
    ['return', {}, /did not begin with a run file/],
    ['settings', { timing: 'slow' }, /timing is "slow"; it must be asynchronous or synchronous/],
    ['settings', { faults: 1 }, /faults is 1; it must be true or false/],
    ['settings', { seed: '' }, /seed is ""; it must be a whole number or a text/],
  ])('%s %j is refused and changes nothing', async (name, given, says) => {
    const before = await state();
    const { status, text } = await act(name, given);
    expect(status).toBe(400);
    expect((JSON.parse(text) as { readonly error: string }).error).toMatch(says);
    expect(await state()).toEqual(before);
  });

  test('for a port that is taken is a mistake in one sentence', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serve(openSession(twoPhaseCommit), port)).rejects.toThrow(
      `port ${port} is taken; leave out --port for a free one`,
    );
  });
});
