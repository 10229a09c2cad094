import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { compare } from '../../src/reports/compare.ts';
import { counterpoint, folderWith } from './terminal.ts';

const folder = folderWith({});
afterAll(() => folder.remove());

/** What the comparison is made to find instead, by the test that is running. */
const planted = vi.hoisted(() => ({ found: undefined as string | undefined }));

vi.mock('../../src/reports/index.ts', async (original) => {
  const real = await original<{ readonly compare: typeof compare }>();
  return {
    ...real,
    compare: async (options: Parameters<typeof compare>[0]) => {
      const result = await real.compare(options);
      if (planted.found === undefined) return result;
      const [first, ...others] = result.cells;
      const cells = [{ ...first, found: planted.found, isEqual: false }, ...others];
      return { ...result, cells, isEqual: false };
    },
  };
});

describe('compare', () => {
  test('writes page and data, says where, and exits 0 when all is as claimed', async () => {
    planted.found = undefined;
    const { code, out } = await counterpoint(['compare', '--quick', '--out', 'fine'], {
      cwd: folder.path,
    });
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe('counterpoint compare --out fine --quick');
    expect(out).toMatch(/All \d+ numbers and verdicts are as claimed/);
    expect(out).toContain('fine/index.html');
    expect(out).toContain('fine/fault-matrix.html');
    expect(existsSync(folder.file('fine/fault-matrix.html'))).toBe(true);
    expect(readFileSync(folder.file('fine/index.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(readFileSync(folder.file('fine/data.json'), 'utf8'))).toMatchObject({
      counterpoint: 'comparison',
      quick: true,
    });
  });

  test('exits 1 when one cell is not as claimed, and names it with both values', async () => {
    planted.found = '4711';
    const { code, out } = await counterpoint(
      ['compare', 'two-phase-commit', '--quick', '--out', 'bad'],
      {
        cwd: folder.path,
      },
    );
    expect(code).toBe(1);
    expect(out).toMatch(/1 of \d+ are not as claimed/);
    expect(out).toMatch(/cost: messages, N = 1 +\d+ +4711/);
  });

  test('--json is one document, progress apart', async () => {
    planted.found = undefined;
    const argv = ['compare', 'two-phase-commit', '--quick', '--out', 'data', '--json'];
    const { code, out, err } = await counterpoint(argv, { cwd: folder.path });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(['page', 'pages', 'data', 'quick', 'isEqual', 'cells']);
    expect(document).toMatchObject({ quick: true, isEqual: true });
  });

  test('does no work for a wrong name', async () => {
    await counterpoint(['compare', 'nonsense', '--out', 'never'], { cwd: folder.path });
    expect(existsSync(folder.file('never'))).toBe(false);
  });
});
