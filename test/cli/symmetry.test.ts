/** `check --symmetry`: states counted up to exchanges, said in words and in JSON, refused beside what it cannot be. */
import { describe, expect, test } from 'vitest';
import { counterpoint, words } from './terminal.ts';

const small = 'check two-phase-commit/abstract --set participants=3 --symmetry';

describe('check --symmetry', () => {
  test('prints what was exchanged, and the command that asks so', async () => {
    const { code, out } = await counterpoint(words(small), { width: 200 });
    expect(code).toBe(0);
    expect(out).toContain('participants=3 --symmetry\n');
    expect(out).toContain('80 distinct states');
    expect(out).toContain('; states were counted up to exchanges of rm1, rm2 and rm3');
  });

  test('says the sets in JSON, which has none without it', async () => {
    const { out } = await counterpoint(words(`${small} --json`));
    expect(JSON.parse(out)).toMatchObject({ distinct: 80, symmetry: [['rm1', 'rm2', 'rm3']] });
    const plain = await counterpoint(words(`${small.replace(' --symmetry', '')} --json`));
    expect(Object.keys(JSON.parse(plain.out) as object)).not.toContain('symmetry');
  });

  test('is refused beside another tool, and where nothing is declared', async () => {
    for (const [more, why] of [
      ['--confirm spin', '--symmetry counts orbits, and Spin counts states'],
      ['--export promela', '--symmetry says nothing beside it'],
    ] as const) {
      const { code, err } = await counterpoint(words(`${small} ${more}`));
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
    const { code, err } = await counterpoint(words('check calibration/ping-pong --symmetry'));
    expect([code, err]).toEqual([2, expect.stringContaining('it declares none')]);
  });
});
