/** `--workload FILE` of run, check and fuzz. */
import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, words } from './terminal.ts';

const loop = {
  loop: 'open',
  arrivals: { kind: 'poisson', perSecond: 20 },
  mix: [{ operation: { type: 'REQUEST', service: 'service' } }],
  fields: { call: { kind: 'serial' } },
};
const folder = folderWith({
  'load.json': JSON.stringify([{ ...loop, untilMs: 1000 }]),
  'two.json': JSON.stringify([{ ...loop, operations: 2 }]),
  'list.json': JSON.stringify([
    {
      process: 'client1',
      operation: { type: 'REQUEST', service: 'service', call: 'x' },
      atMs: 7,
    },
  ]),
  'wrong.json': JSON.stringify([{ ...loop, arrivals: { kind: 'poisson', perSecond: -1 } }]),
});
afterAll(() => folder.remove());
const at = (line: string) => counterpoint(words(line), { cwd: folder.path });

describe('run --workload', () => {
  test('asks what the file says, and repeats the command with it', async () => {
    const { code, out } = await at('run service --seed 1 --workload load.json');
    expect(code).toBe(0);
    expect(out).toContain('run service --seed 1 --scenario quiet --workload load.json');
    expect(out).toMatch(/operations +\d+ of \d+ returned/);
  });

  test('takes a list of operations too, writes both into the run file, and replays', async () => {
    for (const file of ['load.json', 'list.json']) {
      expect(
        (await at(`run service --seed 1 --workload ${file} --trace run.jsonl --json`)).code,
      ).toBe(0);
      const { code, out } = await at('replay run.jsonl --json');
      expect(code, out).toBe(0);
    }
  });

  test('counts many runs', async () => {
    const { code, out } = await at(
      'run service --seed 1 --runs 5 --workers 1 --workload load.json --json',
    );
    expect(code).toBe(0);
    const { figures } = JSON.parse(out) as {
      figures: Record<string, { n: number; mean: number }>;
    };
    expect(figures['operations.throughputPerSecond']?.n).toBe(5);
    expect(figures['operations.arrived']?.mean).toBeGreaterThan(10);
  });

  test('tells a mistake in the file in one sentence', async () => {
    const { code, err } = await at('run service --seed 1 --workload wrong.json');
    expect(code).toBe(2);
    expect(err).toBe('wrong.json: [0].arrivals.perSecond is -1; it must be a number above zero\n');
    const missing = await at('run service --seed 1 --workload none.json');
    expect(missing.err).toBe('none.json cannot be read: there is no such file or folder\n');
  });
});

describe('check --workload', () => {
  test('tries every order of what the file may ask', async () => {
    const { code, out } = await at(
      'check service --scope crashes=0 duplication=false --workload two.json --json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'holds', complete: true });
  });

  test('writes a counterexample that replays', async () => {
    const { code } = await at(
      'check service --set effects=every --scope crashes=0 --workload two.json --trace bad.jsonl',
    );
    expect(code).toBe(1);
    expect((await at('replay bad.jsonl')).code).toBe(1);
  });

  test('is refused for a system without clients', async () => {
    const { code, err } = await at('check calibration/tcommit --workload two.json');
    expect(code).toBe(2);
    expect(err).toContain('is an abstract system, which has none; leave it out');
  });
});

describe('fuzz --workload', () => {
  test('makes operations out of the loops', async () => {
    const { code, out } = await at('fuzz service --runs 10 --workload two.json --json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'holds', runs: 10 });
  });

  test('refuses a list, which it could only repeat', async () => {
    const { code, err } = await at('fuzz service --runs 5 --workload list.json');
    expect(code).toBe(2);
    expect(err).toContain('list.json is a list of operations, and fuzzing generates them');
  });
});
