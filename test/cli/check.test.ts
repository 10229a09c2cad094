import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

/** Ends in b, of which the user believes that c comes after it. */
const stops = `
export const system = {
  kind: 'transition-system', name: 'stops',
  initial: () => ['a'], next: (s) => (s === 'a' ? [{ label: 'go', state: 'b' }] : []),
  properties: [{ kind: 'eventually', name: 'c', goal: (s) => s === 'c' }],
};`;

/** Says nothing that could be wrong. */
const mute = `
export const system = {
  kind: 'transition-system', name: 'mute', initial: () => ['a'], next: () => [], properties: [],
};`;

const folder = folderWith({
  'mute.mjs': mute,
  'counter.mjs': modules.counter,
  'broken.ts': modules.broken,
  'stops.mjs': stops,
});
afterAll(() => folder.remove());

const small = 'check two-phase-commit --set participants=1 --scope crashes=0';

test('a system that states no property is told that nothing was asked', async () => {
  const { code, out } = await counterpoint(['check', folder.file('mute.mjs')]);
  expect(code).toBe(0);
  expect(out).toContain('holds, since nothing was asked: no property is claimed here');
});

describe('check --json', () => {
  test('is one document with the fields of the contract, reduced and notAsked', async () => {
    const { code, out, err } = await counterpoint(words(`${small} --json`));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(document).sort()).toEqual(
      [
        'system',
        'parameters',
        'timing',
        'scope',
        'verdict',
        'complete',
        'distinct',
        'generated',
        'depth',
        'properties',
        'seconds',
        'reduced',
        'notAsked',
      ].sort(),
    );
    expect(document).toMatchObject({
      system: 'two-phase-commit',
      parameters: { participants: 1, votes: 'any', cooperative: false, readers: 0 },
      timing: 'asynchronous',
      scope: { crashes: 0, restarts: 0, partitions: 0, copies: 1, loss: true, duplication: true },
      verdict: 'holds',
      complete: true,
      notAsked: ['AC4 non-triviality'],
    });
    expect(document.seconds).toEqual(expect.any(Number));
    for (const property of document.properties as readonly object[])
      expect(Object.keys(property).slice(0, 4).sort()).toEqual([
        'exercised',
        'kind',
        'name',
        'verdict',
      ]);
  });

  test('a counterexample is a run file that says where its module lies', async () => {
    const path = folder.file('broken.ts');
    const { code, out } = await counterpoint(
      words(`check ${path} --set participants=1 --scope crashes=0 --json`),
    );
    expect(code).toBe(1);
    const { properties } = JSON.parse(out) as {
      properties: { verdict: string; counterexample: { header: object; decisions: object[] } }[];
    };
    const [property] = properties;
    expect(property?.verdict).toBe('violated');
    expect(property?.counterexample.header).toMatchObject({
      counterpoint: 'run',
      origin: 'check',
      system: path,
      property: 'nobody commits',
      module: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(property?.counterexample.decisions.length).toBeGreaterThan(3);
  });

  test('of an abstract system has neither timing nor scope, and states for a counterexample', async () => {
    const { code, out } = await counterpoint(['check', folder.file('counter.mjs'), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      system: 'counter',
      timing: null,
      scope: null,
      verdict: 'violated',
      properties: [
        { counterexample: { initial: 0, steps: [{ state: 1 }, { state: 2 }, { state: 3 }] } },
      ],
    });
  });
});

describe('check', () => {
  test('prints scope and timing with the verdict, in words', async () => {
    const { out } = await counterpoint(words(small), { width: 200 });
    expect(out.split('\n')[0]).toBe(`counterpoint ${small}`);
    expect(out).toContain('holds in every reachable state within crashes <= 0, copies <= 1, loss,');
    expect(out).toContain('asynchronous timing');
    expect(out).toMatch(/AC1 agreement +in every state +holds/);
    expect(out).toContain('AC4 non-triviality');
  });

  test('says how many steps led out of the bounds of the system', async () => {
    const { out } = await counterpoint(words('check calibration/ping-pong --set maxNat=1'));
    expect(out).toMatch(/14 distinct states, 21 generated, depth 6, .* s; 4 steps led out of/);
  });

  test('under timed timing prints the tick and its bounds, and tells a violation by the clock', async () => {
    const line = 'check calibration/fischer --set wait=1 --scope latency=2..';
    const { code, out } = await counterpoint(words(line), { width: 200 });
    expect(code).toBe(1);
    expect(out).toContain('tickMs 10, latency 2.., forceLatency 0..1, timed timing');
    expect(out).toMatch(/^ 20 ms {2}machine\/t2's wait \(10 ms\) runs out/m);
    const json = await counterpoint(words('check calibration/fischer --scope ticks=9 --json'));
    expect(JSON.parse(json.out)).toMatchObject({
      timing: 'timed',
      scope: { tickMs: 10, latency: '0..1', forceLatency: '0..1', drift: '0', skew: 0, ticks: 9 },
    });
  });

  test('an execution that stops for good repeats no steps', async () => {
    const { code, out } = await counterpoint(words(`check ${folder.file('stops.mjs')}`));
    expect(code).toBe(1);
    expect(out).toContain('A shortest way to violate c (1 step)');
    expect(out).not.toContain('repeat');
  });

  test('a violation is exit 1, with its story', async () => {
    const { code, out } = await counterpoint(
      words('check two-phase-commit/non-blocking --set participants=1'),
    );
    expect(code).toBe(1);
    expect(out).toContain('A shortest way to violate non-blocking');
    expect(out).toContain('coordinator is asked for BEGIN');
    expect(out).toContain('add --trace FILE');
  });

  test('the story is at most 25 lines unless it is asked for whole', async () => {
    const path = folder.file('broken.ts');
    const line = `check ${path} --set participants=3 --scope crashes=0`;
    const short = (await counterpoint(words(line))).out.split('A shortest way')[1] ?? '';
    const whole =
      (await counterpoint(words(`${line} --story`))).out.split('A shortest way')[1] ?? '';
    expect(whole.split('\n').length).toBeGreaterThan(30);
    expect(short.split('\n').length).toBeLessThanOrEqual(30);
    expect(short).toContain('more lines');
    expect(whole).not.toContain('more lines');
  });

  test('a spent budget of states is unknown, exit 3, and no property holds', async () => {
    const { code, out } = await counterpoint(
      words('check two-phase-commit --max-states 2000 --json'),
    );
    expect(code).toBe(3);
    const document = JSON.parse(out) as { properties: { verdict: string }[] };
    expect(document).toMatchObject({ verdict: 'unknown', complete: false });
    expect(document.properties.map(({ verdict }) => verdict)).not.toContain('holds');
  });

  test('a spent budget of time is unknown, and says so', async () => {
    const { code, out } = await counterpoint(
      words('check two-phase-commit --set participants=4 --max-seconds 0.01'),
      { width: 200 },
    );
    expect(code).toBe(3);
    expect(out).toContain('its time was spent, and nothing was violated in what was covered');
  });

  test('Ctrl-C ends with what was covered, exit 3', async () => {
    const { code, out } = await counterpoint(words('check two-phase-commit --set participants=4'), {
      width: 200,
      onInterrupt: (stop) => {
        stop();
        return () => {};
      },
    });
    expect(code).toBe(3);
    expect(out).toContain('it was interrupted');
    expect(out).toMatch(/[\d,]+ distinct states/);
  });

  test('in a thread of its own a check answers the same', async () => {
    const here = await counterpoint(words(`${small} --json`));
    const there = await counterpoint(words(`${small} --json`), { hasThreads: true });
    const withoutTime = (text: string): string => text.replace(/"seconds":[\d.]+/, '');
    expect(there.code).toBe(0);
    expect(withoutTime(there.out)).toBe(withoutTime(here.out));
  });

  test('a mistake found in the thread is one sentence too', async () => {
    const { code, out, err } = await counterpoint(
      words('check two-phase-commit --set participants=0'),
      { hasThreads: true },
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^parameter participants .* is "0"; [^\n]+\n$/);
  });

  test('tells its progress in plain lines where there is no terminal, and none with --json', async () => {
    const line = words('check two-phase-commit --set participants=4 --max-seconds 1.5');
    const plain = await counterpoint(line);
    expect(plain.err).toMatch(
      /^([\d,]+ states, [\d,]+ to expand, depth \d+, \d+ s, \d+ s left, [\d,]+\/s\n)+$/,
    );
    const quiet = await counterpoint([...line, '--json']);
    expect(quiet.err).toBe('');
    const live = await counterpoint([...line, '--json'], { isLive: true });
    const rewrite = '\r\u001b[K';
    expect(live.err.startsWith(rewrite) && live.err.endsWith(rewrite)).toBe(true);
    expect(live.err).not.toContain('\n');
    expect(live.err).toContain(' states, ');
    expect(JSON.parse(live.out)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('check --counterexamples', () => {
  const question = 'check two-phase-commit/non-blocking --set participants=1 --counterexamples 3';

  test('--json has them beside the first, and --trace writes each as a run file', async () => {
    const trace = folder.file('ways.jsonl');
    const { code, out } = await counterpoint(words(`${question} --trace ${trace} --json`));
    expect(code).toBe(1);
    const { properties } = JSON.parse(out) as {
      properties: { name: string; counterexample?: object; counterexamples?: object[] }[];
    };
    const found = properties.find(({ name }) => name === 'non-blocking');
    expect(found?.counterexamples?.length).toBe(3);
    expect(found?.counterexamples?.[0]).toEqual(found?.counterexample);
    for (const file of ['ways.jsonl', 'ways-2.jsonl', 'ways-3.jsonl']) {
      const replayed = await counterpoint(words(`replay ${folder.file(file)} --json`));
      expect(replayed.err).toBe('');
      expect(JSON.parse(replayed.out)).toMatchObject({ system: 'two-phase-commit/non-blocking' });
    }
  });

  test('without --json the others are listed by their last step', async () => {
    const { out } = await counterpoint(words(question));
    expect(out).toContain('2 more ways, each a shortest that ends so:');
  });

  test('a number that is none is refused in one sentence', async () => {
    const { code, err } = await counterpoint(words('check two-phase-commit --counterexamples 0'));
    expect(code).toBe(2);
    expect(err).toContain('--counterexamples');
  });
});
