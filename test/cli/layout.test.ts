/** Output fits the terminal: nothing is wider than it, at any width from 40 columns on. */
import { describe, expect, test } from 'vitest';
import { table, wrapped } from '../../src/cli/layout.ts';
import { counterpoint, words } from './terminal.ts';

const commands = [
  '--help',
  'run --help',
  'list',
  'run two-phase-commit --seed 1 --scenario coordinator-crash',
  'run two-phase-commit --seed 1 --set participants=1 --crash all',
  'check two-phase-commit --set participants=1 --scope crashes=0',
  'run two-phase-commit --seed 1 --story',
  'check two-phase-commit/non-blocking --set participants=1',
];

const isCommandToCopy = (line: string): boolean => line.includes('counterpoint ');

describe.each([40, 60, 80, 100])('at %i columns', (width) => {
  test.each(commands)('%s fits', async (line) => {
    const { out, err } = await counterpoint(words(line), { width });
    expect(err).toBe('');
    const tooWide = out
      .split('\n')
      // Commands to copy stay on one line, examples of files too.
      .filter((text) => !isCommandToCopy(text) && !text.includes('{"fault"'))
      .filter((text) => text.length > width);
    expect(tooWide).toEqual([]);
  });
});

test('no colour where there is none, and colours where there are', async () => {
  const line = words('run two-phase-commit --seed 1');
  const plain = await counterpoint(line);
  const coloured = await counterpoint(line, { hasColour: true });
  expect(plain.out).not.toContain('\u001b');
  expect(coloured.out).toContain('\u001b[32mholds');
  const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  expect(coloured.out.replace(codes, '')).toBe(plain.out);
});

test('a table keeps every letter of what it cuts', () => {
  const cells = ['coordinator@before:1:PREPARE', 'recovered, in doubt without an end', 'x'];
  const text = table(undefined, [cells], { width: 30, hasColour: false });
  const letters = (all: string): string => [...all.replace(/\s/g, '')].sort().join('');
  expect(letters(text)).toBe(letters(cells.join('')));
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(30);
});

test('a sentence breaks at blanks only, and its later lines hang', () => {
  expect(wrapped('one two three four', 9, 0, 2)).toBe('one two\n  three\n  four\n');
});
