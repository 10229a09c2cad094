/** Lessons in Markdown become cells, and the compiler's complaints point into the lesson. */
import { describe, expect, test } from 'vitest';
import { cellsOf, moduleOf, titleOf } from '../../notebooks/kit/cells.ts';

const lesson = [
  '# A lesson',
  '',
  'Words.',
  '',
  '```ts',
  'const a = 1;',
  '```',
  '```ts hide',
  'const b = a;',
  '```',
  '```ts static',
  'never run',
  '```',
  '```sh',
  'ls',
  '```',
].join('\n');

describe('cells', () => {
  test('are prose and the ts fences that are to be run', () => {
    expect(cellsOf(lesson)).toEqual([
      { id: 1, mode: 'md', value: '# A lesson\n\nWords.', pinned: false, line: 1 },
      { id: 2, mode: 'ts', value: 'const a = 1;', pinned: true, line: 6 },
      { id: 3, mode: 'ts', value: 'const b = a;', pinned: false, line: 9 },
      {
        id: 4,
        mode: 'md',
        value: '```ts static\nnever run\n```\n```sh\nls\n```',
        pinned: false,
        line: 11,
      },
    ]);
    expect(titleOf(lesson)).toBe('A lesson');
  });

  test('keep their lines in the module that is checked', () => {
    const lines = moduleOf(lesson).split('\n');
    expect(lines[5]).toBe('const a = 1;');
    expect(lines[8]).toBe('const b = a;');
  });

  test('that are written wrongly are refused with their line', () => {
    expect(() => cellsOf('x\n```ts\nconst a = 1;')).toThrow('the fence of line 2 is not closed');
    expect(() => cellsOf('```ts hid\n```')).toThrow('line 1: a ts fence may say hide or static');
    expect(() => titleOf('no heading')).toThrow('a lesson begins with a heading');
  });
});
