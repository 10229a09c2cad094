/** Two-phase commit under every fault preset: safe always, and stuck never. */
import { describe, expect, test } from 'vitest';
import { instantiate, presetSchedule, presets, run } from '../../../src/index.ts';
import { twoPhaseCommit } from '../../../src/protocols/index.ts';
import { sized } from '../../sizes.ts';

const seeds = sized(200, 60);
const judged = ['AC1 agreement', 'AC2 finality', 'AC3 commit validity', 'durability'];

/** Outcomes and decisions that some seed of the preset must show, else it tests nothing. */
const mustShow: Readonly<Record<string, readonly string[]>> = {
  none: ['recovered', 'commit', 'abort'],
  'crash-for-ever': ['recovered', 'blocked', 'commit', 'abort'],
};

describe(`AC1 to AC3 and durability hold, and no run is stuck, under ${seeds} seeds of the preset`, () => {
  for (const [preset, { isBeyond }] of Object.entries(presets))
    if (isBeyond !== true)
      test(preset, () => {
        const seen = new Map<string, number>();
        const count = (what: string): void => {
          seen.set(what, (seen.get(what) ?? 0) + 1);
        };
        for (let seed = 1; seed <= seeds; seed++) {
          const parameters = {
            participants: 1 + (seed % 4),
            votes: seed % 3 === 0 ? ('yes' as const) : ('any' as const),
            cooperative: seed % 2 === 0,
          };
          const faults = presetSchedule(instantiate(twoPhaseCommit, parameters), preset, seed);
          const done = run(twoPhaseCommit, { seed, parameters, faults });
          const what = `counterpoint run two-phase-commit --faults ${preset} --seed ${seed}`;
          expect(done.verdict, what).toBe('holds');
          for (const name of judged) {
            const property = done.properties.find((one) => one.name === name);
            expect(property?.verdict, `${what}: ${name}`).toBe('holds');
          }
          expect(done.outcome, what).not.toBe('stuck');
          expect(done.reason === undefined, what).toBe(done.outcome === 'recovered');
          if (done.reason !== undefined)
            expect(done.reason).toMatch(/^p\d.* in doubt and the coordinator is (down|cut off)$/);
          count(done.outcome);
          const { decided } = done.end.observed as { readonly decided: Record<string, string> };
          for (const decision of new Set(Object.values(decided))) count(decision);
          for (const { name, exercised } of done.properties) if (exercised) count(name);
        }
        for (const what of [...(mustShow[preset] ?? ['recovered', 'commit', 'abort']), ...judged])
          expect(seen.get(what) ?? 0, what).toBeGreaterThan(seeds / 40);
      });
});
