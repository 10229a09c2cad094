/**
 * Every simulated run is a path of the checked model: each of its decisions is one that the relation lists
 * in that state, for every built-in system, whatever the seed and the faults.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  apply,
  type Decision,
  enabledDecisions,
  fullScope,
  initialState,
  instantiate,
  presetSchedule,
  run,
  stateKey,
  UserMistake,
} from '../../src/index.ts';
import { canonical } from '../../src/model/plain-data.ts';
import { faultNames } from '../../src/model/state.ts';
import { withWorkload } from '../../src/model/workload.ts';
import { builtInSystems } from '../../src/patterns/index.ts';
import { sized } from '../sizes.ts';

const systems = builtInSystems().filter((system): system is AnySystem => system.kind === 'system');

/**
 * The decision as the relation lists it: where a crash cuts it short, what the clock shows, and which of
 * equal messages in a queue is lost, are added.
 */
function listed(decision: Decision): string {
  const { crashAfter, now, waitedMs, position, ...plain } = decision as Decision & {
    readonly crashAfter?: number;
    readonly now?: number;
    readonly waitedMs?: number;
    readonly position?: number;
  };
  return canonical(plain, 'a decision');
}

function ofRun(system: AnySystem, seed: number, preset: string) {
  // A run that names no scenario takes the first, with its parameters.
  const [first] = Object.values(system.scenarios ?? {});
  const instance = instantiate(system, { ...first?.parameters });
  try {
    const faults = presetSchedule(instance, preset, seed);
    const done = run(system, { seed, faults, horizonMs: sized(1500, 800), trace: true });
    const asked = withWorkload(instantiate(system, done.parameters), done);
    return { instance: asked, trace: done.trace };
  } catch (error) {
    // A network without losses has no preset of losses.
    if (error instanceof UserMistake) return undefined;
    throw error;
  }
}

describe.each(systems.map((system) => ({ name: system.name, system })))('$name', ({ system }) => {
  test('each decision of a run is one that the relation lists', () => {
    let decisions = 0;
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.constantFrom(
          'none',
          'loss',
          'duplication',
          'crash',
          'crash-for-ever',
          'partition',
          'chaos',
          'full-disk',
          'lost-force',
          'disk-loss',
        ),
        (seed, preset) => {
          const done = ofRun(system, seed, preset);
          if (done === undefined) return;
          const { instance, trace } = done;
          const counts = Object.fromEntries([...faultNames, 'copies'].map((name) => [name, 99]));
          // A schedule may lose and duplicate where the network's declaration promises neither.
          const scope = {
            ...fullScope(counts, {}, instance.network),
            loss: true,
            duplication: true,
          };
          let { state } = initialState(instance, { copies: 99 });
          for (const { decision } of trace) {
            // Which links a cut may take is part of a question; in a set, not to deliver is to lose.
            const isLostInSet = decision.type === 'drop' && instance.network.order === 'set';
            if (decision.type !== 'cut' && decision.type !== 'mend' && !isLostInSet) {
              const all = enabledDecisions(instance, state, { scope, timing: 'asynchronous' });
              expect(all.map(listed)).toContain(listed(decision));
              decisions++;
            }
            ({ state } = apply(instance, state, decision, { copies: 99 }));
          }
        },
      ),
      { seed: 5, numRuns: sized(8, 3) },
    );
    expect(decisions).toBeGreaterThan(0);
  });
});

describe('in a scope that is visited wholly', () => {
  test.each(['calibration/single-copy', 'calibration/abd', 'two-phase-commit/abstract'])(
    'every state of a run of %s is a reachable one',
    (name) => {
      const system = systems.find((one) => one.name === name) as AnySystem;
      const instance = instantiate(system);
      const scope = fullScope(
        { crashes: 0, loss: false, duplication: false },
        {},
        instance.network,
      );
      const known = new Set<string>();
      const queue = [initialState(instance).state];
      for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
        const key = stateKey(instance, state);
        if (known.has(key)) continue;
        known.add(key);
        for (const decision of enabledDecisions(instance, state, { scope, timing: 'asynchronous' }))
          queue.push(apply(instance, state, decision).state);
      }
      expect(known.size).toBeGreaterThan(90);
      for (let seed = 0; seed < 20; seed++) {
        let { state } = initialState(instance);
        for (const { decision } of run(system, { seed, trace: true }).trace) {
          ({ state } = apply(instance, state, decision));
          expect(known.has(stateKey(instance, state))).toBe(true);
        }
      }
    },
  );
});
