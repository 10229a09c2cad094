/** Swarm profiles: legal, repeatable, different, and never beyond what the system promises to survive. */
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import {
  type AnySystem,
  constant,
  defineProcess,
  defineSystem,
  type Fault,
  faultKinds,
  type Profile,
  replicate,
  run,
  swarm,
  variant,
} from '../../src/index.ts';
import { builtInSystems } from '../../src/patterns/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

const machine = setup({ types: { context: {}, input: {} as object } }).createMachine({
  id: 'idle',
  initial: 'here',
  states: { here: {} },
});
const sound = defineSystem({
  name: 'sound',
  nodes: () => replicate('n', 3, () => defineProcess({ machine, input: {}, recover: () => ({}) })),
  network: { loss: true, duplication: true },
});
/** It says of its own accord that it is checked with disks that fail, lie and are lost. */
const hardened = variant(sound, 'hardened', {
  scope: { failedWrites: 1, lostForces: 1, diskLosses: 1 },
});
const profiles = (system: AnySystem, seeds = 300): readonly Profile[] =>
  Array.from({ length: seeds }, (_, seed) => swarm(system, seed));
const kindsOf = (system: AnySystem): ReadonlySet<string> =>
  new Set(profiles(system).flatMap(({ faults }) => faults.map(({ fault }) => fault)));

describe('a profile', () => {
  test('is the same twice, plain data, and legal for every built-in system', () => {
    for (const system of builtInSystems()) {
      if (system.kind !== 'system') continue;
      for (let seed = 0; seed < 20; seed++) {
        const profile = swarm(system, seed);
        expect(swarm(system, seed)).toEqual(profile);
        expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
        // Throws a UserMistake for what is not legal.
        run(system, { seed, ...profile, horizonMs: 1 });
      }
    }
  });

  test('differs by seed, and most kinds of faults are absent from most', () => {
    const all = profiles(hardened);
    expect(new Set(all.map((profile) => JSON.stringify(profile))).size).toBe(300);
    const present = faultKinds.filter((kind) => kind !== 'heal' && kind !== 'restart');
    for (const kind of present) {
      const share =
        all.filter(({ faults }) => faults.some(({ fault }) => fault === kind)).length / 300;
      expect(share, kind).toBeGreaterThan(0.2);
      // Crashes come at times, at points and with the disk, each with its own probability.
      expect(share, kind).toBeLessThan(kind === 'crash' ? 0.75 : 0.4);
    }
  });

  test('ends its hostile phase with healing, leaves time to recover, and lets no fault flap', () => {
    for (const { faults, horizonMs } of profiles(sound)) {
      const healing = faults.at(-1);
      expect(healing?.fault).toBe('heal');
      const healedMs = healing?.fault === 'heal' ? (healing.atMs ?? 0) : 0;
      expect(horizonMs - healedMs).toBeGreaterThanOrEqual(3000);
      for (const fault of faults.slice(0, -1)) {
        expect('atMs' in fault ? (fault.atMs ?? 0) : 0).toBeLessThan(healedMs);
        if (fault.fault !== 'clock-jump')
          expect((fault as { readonly forMs?: number }).forMs).toBeGreaterThanOrEqual(20);
      }
    }
  });

  test('leaves twenty times a delay that depends on the context, as it is at the start', () => {
    const patient = setup({
      types: { context: {} as { round: number }, input: {} as { round: number } },
      delays: { patience: 1 },
    }).createMachine({
      context: ({ input }) => input,
      initial: 'waiting',
      states: { waiting: { after: { patience: 'done' } }, done: {} },
    });
    const waits = (round: number) =>
      defineSystem({
        name: 'waits',
        nodes: () => ({
          one: defineProcess({
            machine: patient,
            input: { round },
            delays: { patience: ({ context }) => constant(500 * 2 ** context.round) },
          }),
        }),
      });
    const horizons = [0, 1].map((round) => swarm(waits(round), 1).horizonMs);
    expect((horizons[1] as number) - (horizons[0] as number)).toBe(20 * 500);
  });

  test('takes as many of its draws from streams of one knob each: another kind moves none', () => {
    // A system without duplication has all other faults of the one with it.
    const without = variant(sound, 'once', { network: { loss: true } });
    for (let seed = 0; seed < 100; seed++) {
      const rest = (system: AnySystem): readonly Fault[] =>
        swarm(system, seed).faults.filter(({ fault }) => fault !== 'duplication');
      expect(rest(without)).toEqual(rest(sound));
    }
  });
});

describe('the promises of the system', () => {
  test('bound its faults: without loss no message is lost and no link cut', () => {
    const kinds = kindsOf(variant(sound, 'reliable', { network: {} }));
    for (const kind of ['loss', 'partition', 'duplication']) expect(kinds).not.toContain(kind);
    expect(kinds).toContain('hold');
  });

  test('bound its crashes: only nodes crash whose processes say how they recover', () => {
    const forgetful = defineSystem({
      name: 'forgetful',
      nodes: () => ({
        safe: defineProcess({ machine, input: {}, recover: () => ({}) }),
        unsafe: defineProcess({ machine, input: {} }),
      }),
    });
    const crashed = profiles(forgetful).flatMap(({ faults }) =>
      faults.flatMap((fault) => (fault.fault === 'crash' ? [fault.node] : [])),
    );
    expect(new Set(crashed)).toEqual(new Set(['safe']));
  });

  test('bound its disks: they fail, lie and are lost only where its own scope says so', () => {
    const ofDisks = ['failed-write', 'read-error', 'lost-force'];
    for (const kind of ofDisks) {
      expect(kindsOf(sound)).not.toContain(kind);
      expect(kindsOf(hardened)).toContain(kind);
    }
    const losses = (system: AnySystem): readonly Fault[] =>
      profiles(system).flatMap(({ faults }) =>
        faults.filter((fault) => fault.fault === 'crash' && fault.loseDisk === true),
      );
    expect(losses(sound)).toEqual([]);
    expect(losses(hardened).length).toBeGreaterThan(30);
    // What is drawn besides is what is drawn without them.
    const rest = ({ faults }: Profile): readonly Fault[] =>
      faults.filter((fault) => !ofDisks.includes(fault.fault) && !('loseDisk' in fault));
    expect(profiles(hardened).map(rest)).toEqual(profiles(sound).map(rest));
  });

  test('bound its times: under synchronous timing nothing is slow, held or wrong', () => {
    const kinds = kindsOf(variant(sound, 'timely', { timing: 'synchronous' }));
    expect([...kinds].sort()).toEqual(['crash', 'duplication', 'heal', 'loss', 'partition']);
  });

  test('bound its core: all is healed unless the system says when it is rightly blocked', () => {
    const cores = (system: AnySystem) =>
      profiles(system).filter(({ faults }) => {
        const healing = faults.at(-1);
        return healing?.fault === 'heal' && healing.nodes !== undefined;
      }).length;
    expect(cores(sound)).toBe(0);
    expect(cores(twoPhaseCommit)).toBeGreaterThan(30);
  });
});
