import {
  type AnySystem,
  check,
  instantiate,
  type Run,
  type RunFile,
  replay,
  run,
  UserMistake,
  variant,
} from 'counterpoint';
import { type FuzzResult, fuzz, fuzzing, operations, scenarios } from 'counterpoint/fuzzing';
import { twoPhaseCommit } from 'counterpoint/protocols';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordCoverage } from '../../src/fuzzing/coverage.ts';
import { tillSystem } from './till.ts';

/** The till as a user gets it wrong: what is paid in while `isBroken` is not counted. */
const leaky = variant(tillSystem, 'leaky', {
  provide: { till: { guards: { isBroken: () => true } } },
});

function passages({ trace }: Run): number {
  return trace.flatMap(({ effects }) => effects).filter((one) => 'passed' in one).length;
}

describe('operations', () => {
  test('are data that a run takes, each process in its declared order', () => {
    const names = ['PAY_IN', 'TAKE_OUT', 'PAY_IN'];
    const lengths = new Set<number>();
    for (const planned of fc.sample(operations(tillSystem), { seed: 1, numRuns: 200 })) {
      expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
      lengths.add(planned.length);
      for (const process of ['c1', 'c2']) {
        const own = planned.filter((one) => one.process === process);
        expect(own.map(({ operation }) => operation.type)).toEqual(names.slice(0, own.length));
      }
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('in any order reach what the declared order cannot', () => {
    const debts = (order: 'declared' | 'any'): number =>
      fc
        .sample(scenarios(tillSystem, { order, atMost: 0 }), { seed: 1, numRuns: 100 })
        .filter((one) => run(tillSystem, one).verdict === 'violated').length;
    expect(debts('declared')).toBe(0);
    expect(debts('any')).toBeGreaterThan(10);
  });

  test('refuse an order that there is not', () => {
    expect(() => operations(tillSystem, { order: 'random' as 'any' })).toThrow(UserMistake);
  });
});

describe('fuzz', () => {
  test('the same seed fuzzes alike, another one does not', () => {
    const once = (seed: number): FuzzResult => fuzz(leaky, { seed, runs: 30 });
    expect(once(3)).toEqual(once(3));
    expect(once(3).coverage).not.toEqual(once(4).coverage);
  });

  test('shrinks to the operations and decisions that it takes, and no fault', () => {
    const { verdict, violations } = fuzz(leaky, { runs: 50 });
    expect(verdict).toBe('violated');
    const [violation] = violations;
    expect(violation?.property).toBe('no debt');
    expect(violation?.faults).toEqual([]);
    expect(violation?.operations?.map(({ operation }) => operation.type)).toEqual([
      'PAY_IN',
      'TAKE_OUT',
    ]);
    const shortest = check(leaky).properties[0]?.counterexample as RunFile;
    expect(violation?.decisions.length).toBe(shortest.decisions.length);
    expect(violation?.shrunk.from.decisions).toBeGreaterThan(violation?.decisions.length ?? 0);
  });

  test('what it finds is a run file that the relation accepts and that shows the violation', () => {
    const { violations } = fuzz(leaky, { runs: 50 });
    for (const { runFile, property } of violations) {
      const replayed = replay(leaky, runFile);
      expect({ same: replayed.same, violated: replayed.violated }).toEqual({
        same: true,
        violated: [property],
      });
    }
  });

  test('no decision can be left out of what it finds', () => {
    const [violation] = fuzz(leaky, { runs: 50 }).violations;
    const file = violation?.runFile as RunFile;
    for (const index of file.decisions.keys()) {
      const shorter = { ...file, decisions: file.decisions.toSpliced(index, 1) };
      let violated: readonly string[] = [];
      try {
        ({ violated } = replay(leaky, shorter));
      } catch (error) {
        expect(error).toBeInstanceOf(UserMistake);
      }
      expect(violated).toEqual([]);
    }
  });

  test('stopped early it is unknown, with the runs that were made', () => {
    const work = fuzzing(twoPhaseCommit, { runs: 100 });
    work.next();
    const { value } = work.next(true) as { value: FuzzResult };
    expect([value.verdict, value.runs]).toEqual(['unknown', 10]);
  });

  test('a sound protocol holds in 200 runs', () => {
    const result = fuzz(twoPhaseCommit as AnySystem, { parameters: { votes: 'any' } });
    expect([result.verdict, result.runs, result.violations]).toEqual(['holds', 200, []]);
  });

  test.each([
    [{ runs: 0 }, /number of runs is 0/],
    [{ scenario: 'nonesuch' }, /nonesuch/],
    [{ faults: 'nonesuch' }, /nonesuch/],
  ])('refuses %j in one sentence', (options, words) => {
    expect(() => fuzz(twoPhaseCommit as AnySystem, options)).toThrow(words);
  });
});

describe('coverage', () => {
  test('names what no run reached, of states and transitions', () => {
    const { coverage } = fuzz(tillSystem, { runs: 20 });
    const till = coverage.machines.find(({ machine }) => machine === 'till');
    expect(till?.states).toMatchObject({ reached: 1, total: 2, never: ['closed'] });
    expect(till?.transitions.never).toEqual(['open on PAY [isBroken]']);
    expect(till?.states.runs).toEqual({ open: 20, closed: 0 });
  });

  test('the transition that a variant makes reachable is reached', () => {
    const { coverage } = fuzz(leaky, { runs: 20 });
    const till = coverage.machines.find(({ machine }) => machine === 'till');
    expect(till?.transitions.never).toEqual(['open on PAY']);
  });

  test('counts marks, those that a machine declares and nobody left among them', () => {
    const { marks } = fuzz(twoPhaseCommit as AnySystem, { runs: 20 }).coverage;
    expect(marks.total).toBe(6);
    expect(marks.runs.decided).toBe(20);
  });

  test('looking changes no run, and tells what a run went through', () => {
    const { watched } = recordCoverage(instantiate(tillSystem));
    for (let seed = 0; seed < 10; seed++) {
      const plain = run(tillSystem, { seed, trace: true });
      const seen = watched(() => run(tillSystem, { seed, trace: true }));
      expect(seen.digest).toBe(plain.digest);
      expect(passages(plain)).toBe(0);
      expect(passages(seen)).toBeGreaterThan(0);
    }
  });
});
