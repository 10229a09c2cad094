/** What weighs how much, which quorums are refused, and that a split in halves decides once. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, run, UserMistake, variant } from '../../../src/index.ts';
import { quorumThreePhaseCommit } from '../../../src/protocols/index.ts';
import matrix from '../../calibration/fault-matrix.json' with { type: 'json' };

const system = quorumThreePhaseCommit as AnySystem;
type Given = Readonly<Record<string, number | string>>;

/** The quorums that a run has, or the sentence that refuses them. */
function quorums(parameters: Given): readonly number[] | string {
  try {
    const { end } = run(system, { seed: 1, parameters: { votes: 'yes', ...parameters } });
    const coordinator = end.all.find(({ address }) => address === 'coordinator');
    const { context } = coordinator as unknown as { readonly context: Record<string, number> };
    return [context.commitQuorum ?? 0, context.abortQuorum ?? 0];
  } catch (error) {
    if (error instanceof UserMistake) return error.message;
    throw error;
  }
}

describe('the quorums', () => {
  const legal: readonly (readonly [Given, number, number])[] = [
    [{ participants: 1 }, 1, 1],
    [{ participants: 2 }, 2, 1],
    [{ participants: 3 }, 2, 2],
    [{ participants: 4 }, 3, 2],
    [{ participants: 5, commitQuorum: 5 }, 5, 1],
    [{ participants: 5, abortQuorum: 4 }, 2, 4],
    [{ participants: 4, commitQuorum: 3, abortQuorum: 3 }, 3, 3],
    [{ participants: 3, weights: '3,1,1' }, 3, 3],
  ];
  test.each(legal)('of %j are %i to commit and %i to abort', (parameters, commit, abort) => {
    expect(quorums(parameters)).toEqual([commit, abort]);
  });

  const illegal: readonly (readonly [Given, RegExp])[] = [
    [
      { participants: 4, commitQuorum: 2, abortQuorum: 2 },
      /commitQuorum 2 and abortQuorum 2.*4.*5/,
    ],
    [{ participants: 3, weights: '3,1,1', commitQuorum: 3, abortQuorum: 2 }, /no more than.* 5/],
    [{ participants: 3, commitQuorum: 4 }, /commitQuorum is 4.*never reach.*3 or less/],
    [{ participants: 3, abortQuorum: 4 }, /abortQuorum is 4.*never reach.*3 or less/],
    [{ participants: 3, weights: '1,1' }, /weights is "1,1"; it must be 3 whole numbers/],
    [{ participants: 2, weights: '1,x' }, /weights is "1,x"/],
    [{ participants: 2, weights: '0,0' }, /one is above 0/],
  ];
  test.each(illegal)('of %j are refused in a sentence', (parameters, sentence) => {
    expect(quorums(parameters)).toMatch(sentence);
  });
});

/** The rule V_C + V_A > V left out: the participants as if their parameters had not been looked at. */
const unchecked = (commitQuorum: number, abortQuorum: number) =>
  variant(system, 'unchecked', {
    patch: Object.fromEntries(
      ['coordinator', 'participant'].map((machine) => [
        machine,
        (config) => {
          const context = config.context as (args: never) => object;
          const patched = (args: never) => ({ ...context(args), commitQuorum, abortQuorum });
          return { ...config, context: patched } as typeof config;
        },
      ]),
    ),
  }) as AnySystem;

describe('four sites, split two and two', () => {
  const scenario = 'partition-in-halves';

  test('one side decides', () => {
    const done = run(system, { seed: 1, scenario });
    expect(done.verdict).toBe('holds');
    expect(done.end.observed).toMatchObject({ decided: { p3: 'abort', p4: 'abort' } });
    expect(done.reason).toMatch(/^coordinator, p1, p2 are in doubt/);
  });

  test('one commits and the other aborts when V_C + V_A <= V (bug-zoo quorum-three-phase-weights)', () => {
    const done = run(unchecked(2, 2), { seed: 1, scenario });
    expect(done.verdict).toBe('violated');
    expect(done.end.observed).toMatchObject({ decided: { coordinator: 'commit', p3: 'abort' } });
  });
});

describe('the smallest violation of three-phase commit', () => {
  const [control] = matrix.minimalThreePhaseCommitViolation.controls;
  test(`${control}`, () => {
    for (const commitQuorum of [1, 2]) {
      const parameters = { participants: 2, votes: 'yes', commitQuorum };
      const done = run(system, { seed: 1, scenario: 'partition-minimal', parameters });
      expect([done.verdict, done.outcome]).toEqual(['holds', 'blocked']);
      const { decided } = done.end.observed as { readonly decided: Record<string, string> };
      const expected = commitQuorum === 1 ? { p1: 'commit' } : { p2: 'abort' };
      expect(decided).toEqual(expected);
    }
  });
});

describe('what keeps a promise', () => {
  const asked = {
    parameters: { participants: 2, votes: 'yes', commitQuorum: 1, elections: 1 },
    scope: { crashes: 0 },
  };
  const without = (...guards: readonly string[]): AnySystem =>
    variant(system, 'without', {
      provide: {
        participant: { guards: Object.fromEntries(guards.map((guard) => [guard, () => true])) },
      },
    }) as AnySystem;

  test('who refuses lower epochs may take it back; who does neither breaks AC1', () => {
    expect(check(without('mayPreCommit', 'mayPreAbort'), asked).verdict).toBe('holds');
    expect(check(without('isCurrent', 'mayPreCommit'), asked).verdict).toBe('violated');
  });
});
