/** Many runs: what they amount to depends on the runs alone, and each can be repeated. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invariant, run, UserMistake, variant } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import {
  differencesOf,
  type ManyOptions,
  optionsOfRun,
  runMany,
  runSlice,
  type Slice,
  summaryOf,
} from '../../src/statistics/index.ts';

const swarm: ManyOptions = {
  seed: 1,
  runs: 40,
  preset: 'swarm',
  parameters: { participants: 3, votes: 'any' },
};

/** Some commits are violations of it. */
const rarely = variant(twoPhaseCommit, 'rarely', {
  properties: [invariant('nobody commits', ({ all }) => !all.some((one) => one.in('committed')))],
});

describe('slices', () => {
  const whole = runMany(twoPhaseCommit, swarm as never);
  const slices = new Map<string, Slice>();
  const slice = (from: number, count: number): Slice => {
    const key = `${from}+${count}`;
    const known = slices.get(key) ?? runSlice(twoPhaseCommit, swarm, from, count);
    slices.set(key, known);
    return known;
  };
  const cuts = fc.uniqueArray(fc.constantFrom(8, 13, 20, 27, 39), { maxLength: 4 });

  test('cut anywhere and in any order amount to the same bytes', () => {
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (ends, order) => {
        const bounds = [0, ...ends.toSorted((a, b) => a - b), 40];
        const parts = bounds.slice(1).map((end, index) => {
          const from = bounds[index] ?? 0;
          return { key: order.next().value ?? 0, slice: slice(from + 1, end - from) };
        });
        parts.sort((a, b) => a.key - b.key);
        // As they come from another thread.
        const sent = structuredClone(parts.map((part) => part.slice));
        expect(JSON.stringify(summaryOf(twoPhaseCommit, swarm, sent))).toBe(JSON.stringify(whole));
      }),
      { seed: 1, numRuns: 25 },
    );
  });

  test('that are not all there leave the verdict unknown', () => {
    const some = summaryOf(twoPhaseCommit, swarm, [slice(14, 7)]);
    expect(some).toMatchObject({ runs: 7, asked: 40, verdict: 'unknown' });
    expect(whole).toMatchObject({ runs: 40, asked: 40, verdict: 'holds' });
  });

  test('of another seed are other runs, also where the numbers overlap', () => {
    const other = runMany(twoPhaseCommit, { ...swarm, seed: 2 } as never);
    expect(other.digest).not.toBe(whole.digest);
    const digests = new Set([
      ...slice(1, 40).runs.map(({ digest }) => digest),
      ...runSlice(twoPhaseCommit, { ...swarm, seed: 2 }, 1, 40).runs.map(({ digest }) => digest),
    ]);
    expect(digests.size).toBe(80);
  });
});

describe('the runs', () => {
  test('are those under their seeds, one by one', () => {
    for (const { index, digest, figures, outcome } of runSlice(twoPhaseCommit, swarm, 5, 8).runs) {
      const alone = run(twoPhaseCommit, optionsOfRun(twoPhaseCommit, swarm, `1/${index}`) as never);
      expect([alone.digest, alone.outcome]).toEqual([digest, outcome]);
      expect(figures['messages.sent']).toBe(alone.metrics.messages.sent);
      expect(figures['spans.inDoubt.maxMs']).toBe(alone.metrics.spans.inDoubt?.maxMs);
    }
  });

  test('that violate a property are counted, and their seeds lead to them', () => {
    const { verdict, violations, runs } = runMany(rarely, swarm as never);
    expect([verdict, runs]).toEqual(['violated', 40]);
    const [violation] = violations;
    expect(violation?.property).toBe('nobody commits');
    expect(violation?.runs.count).toBeGreaterThan(0);
    expect(violation?.runs.count).toBeLessThan(40);
    for (const seed of violation?.seeds ?? [])
      expect(run(rarely, optionsOfRun(rarely, swarm, seed) as never).verdict).toBe('violated');
  });

  test('have means over those that have the figure, and distributions over all of them', () => {
    const { figures, distributions } = runMany(twoPhaseCommit, swarm as never);
    const { runs } = runSlice(twoPhaseCommit, swarm, 1, 40);
    const of = (name: string): number[] =>
      runs.map((one) => one.figures[name] ?? null).filter((one) => one !== null);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, one) => sum + one, 0) / values.length;
    expect(figures['messages.sent']?.mean).toBeCloseTo(mean(of('messages.sent')), 9);
    const latencies = of('operations.latency.maxMs');
    expect(latencies.length).toBeLessThan(40);
    expect(figures['operations.latency.maxMs']?.n).toBe(latencies.length);
    // One operation a run, so that the distribution is that of the runs.
    expect(distributions.latency).toMatchObject({
      count: latencies.length,
      maxMs: Math.max(...latencies),
      minMs: Math.min(...latencies),
    });
    expect(distributions.latency?.meanMs).toBeCloseTo(mean(latencies), 9);
  });

  test('of a number or seed that is none are refused', () => {
    for (const bad of [{ runs: 0 }, { runs: 1.5 }, { preset: 'no-such' }, { scenario: 'no-such' }])
      expect(() => runMany(twoPhaseCommit, { ...swarm, ...bad } as never)).toThrow(UserMistake);
  });
});

describe('paired comparison', () => {
  const weather: ManyOptions = { seed: 1, runs: 30, preset: 'loss' };
  const made = (options: object): readonly Slice[] => [
    runSlice(twoPhaseCommit, { ...weather, ...options }, 1, 30),
  ];

  test('of a system with itself finds no difference in any pair', () => {
    for (const one of Object.values(differencesOf(made({}), made({}))))
      expect(one).toMatchObject({ mean: 0, low: 0, high: 0, min: 0, max: 0 });
  });

  test('finds what a participant more costs, run by run: four messages and two forced writes', () => {
    const calm = { preset: 'none' };
    const differences = differencesOf(
      made({ ...calm, parameters: { participants: 2 } }),
      made({ ...calm, parameters: { participants: 3 } }),
    );
    const always = (mean: number) => ({ mean, low: mean, high: mean, min: mean, max: mean, n: 30 });
    expect(differences['messages.sent']).toEqual(always(4));
    expect(differences['writes.forced']).toEqual(always(2));
  });

  test('takes a type of message that a run never sent for none, and leaves out what one system lacks', () => {
    const voting = (votes: string) => made({ preset: 'none', parameters: { votes } });
    const [any, yes] = [voting('any'), voting('yes')];
    const commits = (slices: readonly Slice[]): number =>
      slices
        .flatMap(({ runs }) => runs)
        .reduce((sum, { figures }) => sum + (figures['messagesByType.COMMIT.sent'] ?? 0), 0);
    expect(commits(any)).toBeLessThan(commits(yes));
    const differences = differencesOf(any, yes);
    // In some pairs the one aborts and sends no COMMIT, and these differ most.
    expect(differences['messagesByType.COMMIT.sent']).toMatchObject({ n: 30 });
    expect(differences['messagesByType.COMMIT.sent']?.mean).toBeCloseTo(
      (commits(yes) - commits(any)) / 30,
      9,
    );
    // Who never aborts has no such figure.
    expect(differences).not.toHaveProperty(['messagesByType.ABORT.sent']);
  });

  test('is narrower than the two apart: both met the same weather', () => {
    const [one, other] = [made({}), made({ parameters: { cooperative: true } })];
    const apart = [one, other].map(
      (slices) => summaryOf(twoPhaseCommit, weather, slices).figures['messages.sent'],
    );
    const width = (low = 0, high = 0): number => high - low;
    const paired = differencesOf(one, other)['messages.sent'];
    const sum = Math.hypot(...apart.map((figure) => width(figure?.low ?? 0, figure?.high ?? 0)));
    expect(width(paired?.low ?? 0, paired?.high ?? 0)).toBeLessThan(sum);
  });
});
