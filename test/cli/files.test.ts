import fc from 'fast-check';
import type { InferOutput } from 'valibot';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { decisionLine } from '../../src/cli/file-schemas.ts';
import { parseRunFile, readRunFile, readSchedule, writeRunFile } from '../../src/cli/files.ts';
import { type Decision, faultKinds, type RunFile, type RunHeader } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { run, runFileOf } from '../../src/simulator/index.ts';
import { schedule } from '../simulator/schedules.ts';
import { folderWith } from './terminal.ts';

const folder = folderWith({});
afterAll(() => folder.remove());

const chaos = [
  { fault: 'loss', probability: 0.3, atMs: 0, forMs: 400 },
  { fault: 'duplication', probability: 0.3 },
  { fault: 'crash', node: 'p1', atMs: 12, forMs: 200, loseDisk: true },
  {
    fault: 'crash',
    node: 'coordinator',
    point: { moment: 'after', nth: 1, message: 'PREPARE' },
    forMs: 90,
  },
  { fault: 'partition', groups: [['p2']], atMs: 30, forMs: 100 },
] as const;

/** Odd seeds meet all faults, even ones live long enough to write. */
const recorded = (seed: number): RunFile => {
  const faults = seed % 2 === 1 ? chaos : chaos.slice(0, 2);
  return runFileOf(run(twoPhaseCommit, { seed, faults, trace: true }), 'a hash');
};

describe('run files', () => {
  test('read back what was written, whatever decisions there are', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const file = recorded(seed);
      for (const { decision } of file.decisions) seen.add(decision.type);
      await writeRunFile('run.jsonl', file, { cwd: folder.path });
      expect(await readRunFile('run.jsonl', { cwd: folder.path })).toEqual(
        JSON.parse(JSON.stringify(file)),
      );
    }
    // The round trip says nothing about a decision that never occurred.
    for (const type of ['deliver', 'drop', 'fire', 'choose', 'invoke', 'durable', 'restart'])
      expect(seen).toContain(type);
    for (const type of ['crash', 'loseDisk', 'cut', 'mend']) expect(seen).toContain(type);
  });

  test('are one header, one decision a line, one footer', async () => {
    const file = recorded(1);
    await writeRunFile('lines.jsonl', file, { cwd: folder.path });
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(folder.file('lines.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(file.decisions.length + 2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ counterpoint: 'run', version: 1 });
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual(file.footer);
  });

  const lines = (file: RunFile): string[] =>
    [file.header, ...file.decisions, file.footer].map((line) => JSON.stringify(line));

  test('that lost their end are refused at every length', () => {
    const whole = lines(recorded(1));
    for (let length = 0; length < whole.length; length++)
      expect(() => parseRunFile(whole.slice(0, length).join('\n'), 'cut')).toThrow(
        /^cut (is empty|ends without a footer)/,
      );
    expect(parseRunFile(whole.join('\n'), 'whole').footer).toEqual(recorded(1).footer);
  });

  test('take Windows line ends and a missing last one', () => {
    const whole = lines(recorded(1));
    expect(parseRunFile(whole.join('\r\n'), 'x')).toEqual(parseRunFile(whole.join('\n'), 'x'));
  });

  test.each([
    [{ type: 'deliver', from: 'a', to: 'b' }, 'decision.message is missing'],
    [{ type: 'deliver', from: 'a', to: 'b', message: {} }, 'decision.message.type is missing'],
    [
      { type: 'restart', node: 'a', tail: 1.5 },
      'decision.tail is 1.5; it must be a whole number, zero or more',
    ],
    [{ type: 'crash', node: 'a', now: 1 }, 'decision.now is no known field; leave it out'],
    [{ type: 'cut', links: [['a']] }, 'decision.links[0][1] is missing'],
    [
      { type: 'drop', from: 'a', to: 'b', message: { type: 'X' }, cause: 'los' },
      'decision.cause is "los"; did you mean "loss"?',
    ],
    [{ type: 'fire', process: 'a', timer: 5 }, 'decision.timer is 5; it must be a text'],
    [7, 'decision is 7; it must be an object'],
  ])('%j is refused with its line and field', (decision, says) => {
    const [header = '', ...rest] = lines(recorded(1));
    const text = [header, JSON.stringify({ decision }), ...rest].join('\n');
    expect(() => parseRunFile(text, 'file')).toThrow(`file line 2: ${says}`);
  });
});

describe('the schemas of files', () => {
  type Fields<T extends { readonly type: string }> = T extends unknown
    ? `${T['type']}.${keyof T & string}`
    : never;

  test('know every field of every decision', () => {
    // Held by the compiler: a decision with a new field must not be refused by `replay`.
    type Read = Fields<InferOutput<typeof decisionLine>['decision']>;
    expectTypeOf<Fields<Decision>>().toExtend<Read>();
  });

  test('know every field of a header', () => {
    const full: Required<RunHeader> = {
      counterpoint: 'run',
      version: 1,
      origin: 'check',
      system: 'x',
      parameters: { a: 1, b: 'two', c: true },
      seed: 'a text',
      scenario: 'y',
      operations: [{ process: 'a', operation: { type: 'GO' }, afterMs: 5 }],
      workload: [
        {
          loop: 'open',
          name: 'x',
          processes: ['a'],
          arrivals: { kind: 'poisson', perSecond: 5 },
          mix: [{ operation: { type: 'GO' }, weight: 2, fields: { at: { kind: 'serial' } } }],
        },
      ],
      faults: chaos,
      property: 'z',
      start: 1,
      copies: 2,
      loopsFrom: 0,
      module: 'hash',
    };
    const { footer } = recorded(1);
    const text = [full, footer].map((line) => JSON.stringify(line)).join('\n');
    expect(parseRunFile(text, 'x').header).toEqual(full);
  });
});

describe('fault files', () => {
  test('hold every schedule of every kind of fault, unchanged', async () => {
    const kinds = new Set<string>();
    for (const faults of fc.sample(schedule, { seed: 81, numRuns: 300 })) {
      for (const { fault } of faults) kinds.add(fault);
      folder.write('faults.json', JSON.stringify(faults));
      const read = await readSchedule('faults.json', { cwd: folder.path });
      expect(read).toEqual(faults);
      // What the file allows, the run accepts.
      run(twoPhaseCommit, { seed: 1, faults: read, horizonMs: 1 });
    }
    expect(kinds).toEqual(new Set(faultKinds));
  });

  test.each([
    [{ fault: 'pause' }, 'node is missing'],
    [{ fault: 'puase', node: 'p1' }, '"puase"; did you mean "pause"?'],
    [{ fault: 'pause', node: 'p1', forms: 5 }, 'forms is no known field; leave it out'],
    [{ fault: 'clock-drift', node: 'p1', rate: 0 }, 'rate is 0; it must be a number above zero'],
    [{ fault: 'hold', shape: 'halfs' }, 'shape is "halfs"; did you mean "halves"?'],
    [{ fault: 'delay', by: 5 }, 'by is 5; it must be an object'],
    [{ fault: 'loss', probability: 2 }, 'probability is 2; it must be a number from 0 to 1'],
    [
      { fault: 'pause', node: 'p1', forMs: 1, repeat: { everyMs: 5, times: 0 } },
      'repeat.times is 0; it must be a whole number, 1 or more',
    ],
  ])('%j is refused with its field', async (fault, says) => {
    folder.write('wrong.json', JSON.stringify([fault]));
    await expect(readSchedule('wrong.json', { cwd: folder.path })).rejects.toThrow(says);
  });
});
