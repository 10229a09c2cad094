import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readersFolder, root as repository } from '../examples/pages.ts';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

const folder = folderWith({ 'broken.ts': modules.broken, 'counter.mjs': modules.counter });
afterAll(() => folder.remove());

interface Document {
  readonly runs: number;
  readonly verdict: string;
  readonly violations: readonly {
    readonly property: string;
    readonly file: string;
    readonly faults: readonly object[];
    readonly decisions: readonly object[];
  }[];
}

describe('fuzz --json', () => {
  test('is one document with the fields of the contract', async () => {
    const { code, out, err } = await counterpoint(words('fuzz two-phase-commit --runs 20 --json'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = JSON.parse(out) as Record<string, unknown>;
    const contract = ['system', 'runs', 'verdict', 'violations', 'coverage'];
    const more = ['scenario', 'parameters', 'seed', 'properties'];
    expect(Object.keys(document).sort()).toEqual([...contract, ...more].sort());
    expect(document).toMatchObject({
      system: 'two-phase-commit',
      runs: 20,
      verdict: 'holds',
      violations: [],
      seed: 1,
    });
  });

  test('a violation has its property, seed, file, faults and decisions, and the file replays', async () => {
    const { code, out } = await counterpoint(words('fuzz broken.ts --runs 20 --json'), {
      cwd: folder.path,
    });
    expect(code).toBe(1);
    const { verdict, violations } = JSON.parse(out) as Document;
    expect(verdict).toBe('violated');
    const [violation] = violations;
    expect(violation).toMatchObject({ property: 'nobody commits', faults: [] });
    const file = violation?.file ?? '';
    expect(readFileSync(folder.file(file), 'utf8').split('\n').length).toBe(
      (violation?.decisions.length ?? 0) + 3,
    );
    const replayed = await counterpoint(['replay', file, '--story'], { cwd: folder.path });
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('nobody commits');
  });
});

describe('fuzz', () => {
  test('says that it holds in these runs, and what was never reached', async () => {
    const { code, out } = await counterpoint(words('fuzz two-phase-commit --runs 20'));
    expect(code).toBe(0);
    expect(out).toContain('holds: not violated in these 20 runs');
    expect(out).toContain('Never reached:');
    expect(out).toMatch(/participant +6 of 7/);
  });

  test('tells a violation with its file and where to replay it, also on a narrow terminal', async () => {
    const { out } = await counterpoint(words('fuzz broken.ts --runs 20 --out kept'), {
      cwd: folder.path,
      width: 50,
    });
    expect(out).toContain('violated in these 20 runs: 1 violation');
    expect(out).toContain('counterpoint replay kept/');
    expect(existsSync(folder.file('kept'))).toBe(true);
    // The story and the test are not wrapped: they are to be copied.
    const [prose = ''] = out.split('nobody commits: first');
    for (const line of prose.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(50);
  });

  test('the printed test runs, and fails as long as the mistake is there', async () => {
    const own = readersFolder();
    try {
      const system = own.file(
        'broken.ts',
        `import { invariant, variant } from 'counterpoint';
         import { twoPhaseCommit } from 'counterpoint/protocols';
         export const system = variant(twoPhaseCommit, 'broken', {
           properties: [invariant('nobody commits', ({ all }) => !all.some((one) => one.in('committed')))],
         });`,
      );
      const { out } = await counterpoint(
        words(`fuzz ${system} --runs 20 --out ${join(system, '..', 'kept')}`),
      );
      const printed = out.split('A test to keep:\n\n')[1]?.split(/\nmachine +states/)[0] ?? '';
      const file = own.file('kept.test.ts', printed);
      own.file(
        'vitest.config.ts',
        `const conditions = ['counterpoint-source', 'module', 'node', 'development|production'];
         export default { resolve: { conditions }, ssr: { resolve: { conditions } } };`,
      );
      const said = await new Promise<string>((done) => {
        execFile(
          process.execPath,
          ['node_modules/vitest/vitest.mjs', 'run', '--root', join(file, '..'), '--no-color'],
          { cwd: repository },
          (_, stdout, stderr) => done(`${stdout}${stderr}`),
        );
      });
      expect(said).toMatch(/1 failed/);
      expect(said).toContain('nobody commits, as fuzzing broke it');
      expect(said).toMatch(/\+ +"verdict": "violated"/);
    } finally {
      own.remove();
    }
  });

  test('Ctrl-C ends it with what was covered so far', async () => {
    const { code, out } = await counterpoint(words('fuzz two-phase-commit --runs 5000'), {
      onInterrupt: (stop) => {
        setImmediate(stop);
        return () => {};
      },
    });
    expect(code).toBe(3);
    expect(out).toMatch(/unknown: stopped after \d+ runs/);
  });

  test.each([
    ['fuzz counter.mjs', /"counter" is an abstract system/],
    ['fuzz two-phase-commit --runs 0', /--runs/],
    ['fuzz two-phase-commit --faults nonesuch', /nonesuch/],
    ['fuzz two-phase-commit --scenario nonesuch', /nonesuch/],
    ['fuzz broken.ts --runs 10 --out broken.ts', /broken\.ts cannot be made a folder/],
  ])('%s is a mistake', async (line, said) => {
    const { code, out, err } = await counterpoint(words(line), { cwd: folder.path });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
    expect(err.trimEnd().split('\n').length).toBe(1);
  });
});
