/** What holds of every run, whatever the seed and the schedule. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apply,
  constant,
  describeDecision,
  type Executed,
  exponential,
  faultKinds,
  initialState,
  instantiate,
  type Run,
  replay,
  run,
  runFileOf,
  type Schedule,
  stateDigest,
  type TraceEntry,
  uniform,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { schedule, seed } from './schedules.ts';

const weather = { latency: uniform(1, 30), forceLatency: exponential(4, 1), horizonMs: 1500 };
const traced = (seed: number, faults: Schedule): Run =>
  run(twoPhaseCommit, { seed, faults, ...weather, parameters: { votes: 'any' }, trace: true });

const instance = instantiate(twoPhaseCommit, { votes: 'any' });
const text = ({ from, to, message }: { from: string; to: string; message: object }): string =>
  `${from} ${to} ${JSON.stringify(message)}`;

/** A copy, so that nothing that is known of the objects of the first run is known of these. */
const anew = (entries: readonly TraceEntry[]): TraceEntry['decision'][] =>
  entries.map(({ decision }) => structuredClone(decision));

describe('a run', () => {
  test('is the same twice: digest, trace, metrics', () => {
    fc.assert(
      fc.property(seed, schedule, (seed, faults) => {
        const [one, two] = [traced(seed, faults), traced(seed, faults)];
        expect(two.digest).toBe(one.digest);
        expect(two.stateDigest).toBe(one.stateDigest);
        expect(two.trace.map(({ decision }) => describeDecision(decision))).toEqual(
          one.trace.map(({ decision }) => describeDecision(decision)),
        );
        expect(two.metrics).toEqual(one.metrics);
        expect(two.virtualMs).toBe(one.virtualMs);
      }),
      { seed: 51, numRuns: 200 },
    );
  });

  test('has the same digest whether its trace is kept or not', () => {
    for (let seed = 0; seed < 10; seed++)
      expect(run(twoPhaseCommit, { seed, scenario: 'lost-messages', trace: true }).digest).toBe(
        run(twoPhaseCommit, { seed, scenario: 'lost-messages' }).digest,
      );
  });

  test('has another digest under another seed, once chance has a say', () => {
    const digests = Array.from({ length: 50 }, (_, seed) => traced(seed, []).digest);
    expect(new Set(digests).size).toBe(50);
  });

  test('is accepted by the relation, decision by decision, and ends in the same state', () => {
    let decisions = 0;
    fc.assert(
      fc.property(seed, schedule, (seed, faults) => {
        const done = traced(seed, faults);
        let { state } = initialState(instance);
        for (const decision of anew(done.trace)) {
          ({ state } = apply(instance, state, decision));
          decisions++;
        }
        expect(stateDigest(instance, state)).toBe(done.stateDigest);
        const again = replay(twoPhaseCommit, JSON.parse(JSON.stringify(runFileOf(done))));
        expect(again.same).toBe(true);
        expect(again.trace.map(({ effects }) => effects.length)).toEqual(
          done.trace.map(({ effects }) => effects.length),
        );
      }),
      { seed: 52, numRuns: 250 },
    );
    expect(decisions).toBeGreaterThan(2000);
  });

  test('delivers no message from nowhere, and loses none but by a cause', () => {
    let [delivered, dropped] = [0, 0];
    fc.assert(
      fc.property(seed, schedule, (seed, faults) => {
        const done = traced(seed, faults);
        const inFlight = new Map<string, number>();
        const change = (key: string, by: number): void => {
          inFlight.set(key, (inFlight.get(key) ?? 0) + by);
        };
        const sends = (effects: readonly Executed[]): void => {
          for (const effect of effects)
            if (effect.type === 'send') change(text(effect.envelope), 1);
        };
        sends(done.start);
        for (const { decision, effects } of done.trace) {
          if (decision.type === 'deliver' || decision.type === 'drop') {
            expect(inFlight.get(text(decision)) ?? 0, describeDecision(decision)).toBeGreaterThan(
              0,
            );
            if (decision.type === 'drop') expect(decision.cause).toMatch(/^(loss|cut|down)$/);
            const stays = decision.type === 'deliver' && decision.duplicate === true;
            if (!stays) change(text(decision), -1);
          }
          sends(effects);
        }
        const left = [...inFlight.values()].reduce((a, b) => a + b, 0);
        expect(left).toBe(done.end.inFlight.length);
        const { messages } = done.metrics;
        expect(messages.sent + messages.duplicated).toBe(
          messages.delivered + messages.dropped + left,
        );
        const byType = Object.values(done.metrics.messagesByType);
        for (const key of ['sent', 'delivered', 'duplicated', 'dropped'] as const)
          expect(byType.reduce((sum, counts) => sum + counts[key], 0)).toBe(messages[key]);
        delivered += messages.delivered;
        dropped += messages.dropped;
      }),
      { seed: 53, numRuns: 400 },
    );
    expect(Math.min(delivered, dropped)).toBeGreaterThan(500);
  });

  test('keeps every record that was ever durable, through all crashes', () => {
    let restarts = 0;
    fc.assert(
      fc.property(seed, schedule, (seed, faults) => {
        const done = traced(seed, faults);
        let { state } = initialState(instance);
        const durable = new Map<string, string[]>();
        for (const { decision } of done.trace) {
          ({ state } = apply(instance, state, decision));
          if (decision.type === 'restart') restarts++;
          for (const { id, index } of instance.nodes) {
            const disk = state.nodes[index]?.disk;
            const now = (disk?.log.slice(0, disk.durable) ?? []).map((entry) =>
              JSON.stringify(entry),
            );
            const before = durable.get(id) ?? [];
            expect(now.slice(0, before.length)).toEqual(before);
            durable.set(id, now);
          }
        }
      }),
      { seed: 54, numRuns: 250 },
    );
    expect(restarts).toBeGreaterThan(10);
  });
});

describe('a fault that is added', () => {
  /** Times of all deliveries: what the latency streams drew. */
  const arrivals = ({ trace }: Run): string[] =>
    trace.flatMap(({ atUs, decision }) =>
      decision.type === 'deliver' ? [`${atUs} ${describeDecision(decision)}`] : [],
    );

  const later = { atMs: 100_000 } as const;
  const never: Schedule = [
    { fault: 'crash', node: 'p1', point: { moment: 'before', nth: 9, message: 'PREPARE' } },
    { fault: 'loss', probability: 0, atMs: 0 },
    { fault: 'loss', probability: 1, links: [['p1', 'p2']], atMs: 0 },
    { fault: 'duplication', probability: 0.5, ...later },
    { fault: 'partition', groups: [['p1']], ...later },
    { fault: 'partition', shape: 'majorities-ring', ...later },
    { fault: 'hold', shape: 'halves', ...later },
    { fault: 'hold', links: [['p1', 'p2']] },
    { fault: 'delay', by: { kind: 'constant', ms: 50 }, links: [['p1', 'p2']] },
    { fault: 'restart', node: 'p1' },
    { fault: 'pause', node: 'p1', ...later },
    { fault: 'slow', node: 'p1', factor: 3, ...later },
    { fault: 'slow-disk', node: 'p1', factor: 1 },
    { fault: 'clock-offset', node: 'p1', byMs: 500 },
    { fault: 'clock-drift', node: 'p1', rate: 1 },
    { fault: 'clock-jump', node: 'p1', byMs: 0 },
    { fault: 'clock-strobe', node: 'p1', byMs: 5, periodMs: 1, forMs: 10, ...later },
    { fault: 'lost-force', node: 'p1', ...later },
    { fault: 'failed-write', node: 'p1', probability: 0 },
    { fault: 'read-error', node: 'p1' },
    { fault: 'heal', atMs: 0 },
  ];

  test('is one of every kind below', () => {
    expect(new Set(never.map(({ fault }) => fault))).toEqual(new Set(faultKinds));
  });

  test('and never fires changes nothing at all', () => {
    for (const fault of never)
      for (let seed = 0; seed < 20; seed++)
        expect(traced(seed, [fault]).digest, fault.fault).toBe(traced(seed, []).digest);
  });

  test('does not lengthen a run, though it is planned for later', () => {
    const later: Schedule = [{ fault: 'loss', probability: 0.5, atMs: 700 }];
    const parameters = { votes: 'yes' as const };
    const ended = (faults: Schedule): number =>
      run(twoPhaseCommit, { seed: 1, faults, parameters }).virtualMs;
    expect(ended([])).toBe(55);
    expect(ended(later)).toBe(55);
  });

  test('moves no draw of what it does not touch', () => {
    for (let seed = 0; seed < 20; seed++) {
      const faultless = arrivals(traced(seed, []));
      // A loss that strikes nothing draws from streams of its own alone.
      const rolled = traced(seed, [{ fault: 'loss', probability: 1e-9, atMs: 0 }]);
      expect(arrivals(rolled)).toEqual(faultless);
      expect(rolled.digest).not.toBe(traced(seed, []).digest);
      // A crash at 40 ms leaves everything before it as it was.
      const crashed = traced(seed, [{ fault: 'crash', node: 'p3', atMs: 40 }]);
      const early = (lines: readonly string[]): string[] =>
        lines.filter((line) => Number.parseInt(line, 10) < 40_000);
      expect(early(arrivals(crashed))).toEqual(early(faultless));
    }
  });
});

describe('time', () => {
  test('never goes back, and ends with the last decision or at the horizon', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { trace, virtualMs } = traced(seed, [{ fault: 'loss', probability: 0.5, atMs: 0 }]);
      const times = trace.map(({ atUs = 0 }) => atUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      if (virtualMs < 1500) expect(virtualMs * 1000).toBe(times.at(-1));
      else expect(virtualMs).toBe(1500);
    }
  });

  test('of a message is the latency of its link, that of a forced write the disk’s', () => {
    const done = run(twoPhaseCommit, {
      seed: 3,
      latency: constant(7),
      forceLatency: constant(3),
      parameters: { votes: 'yes', participants: 1 },
      trace: true,
    });
    const at = done.trace.map(({ atUs = 0, decision }) => `${atUs / 1000} ${decision.type}`);
    expect(at).toEqual([
      '0 invoke',
      '7 deliver',
      '7 choose',
      '10 durable',
      '17 deliver',
      '20 durable',
      '27 deliver',
      '30 durable',
      '37 deliver',
    ]);
  });
});
