/** Disks that lie, fail and cannot be read, by schedule: what happens to whom, and when. */
import { describe, expect, test } from 'vitest';
import {
  check,
  constant,
  describeDecision,
  instantiate,
  presetSchedule,
  type Run,
  run,
  type Schedule,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

/** 10 ms a message, 5 ms a forced write: p1 forces its vote from 10 to 15 ms, the decision from 40 to 45. */
const weather = { latency: constant(10), forceLatency: constant(5), horizonMs: 3000 } as const;
const struck = (faults: Schedule, seed = 1): Run =>
  run(twoPhaseCommit, {
    seed,
    ...weather,
    faults,
    parameters: { votes: 'yes', participants: 2 },
    trace: true,
  });
const lines = ({ trace }: Run): string[] =>
  trace.map(({ atUs = 0, decision }) => `${atUs / 1000} ${describeDecision(decision)}`);
const about = (done: Run, pattern: RegExp): string[] =>
  lines(done).filter((line) => pattern.test(line));

describe('failed writes', () => {
  test('stop the node until the fault ends, and the run goes on from what it finds', () => {
    const done = struck([{ fault: 'failed-write', node: 'p1', forMs: 60 }]);
    expect(about(done, /fail|restart/)).toEqual([
      '15 fail the write of p1',
      expect.stringMatching(/^60 restart p1 with [01] of the tail$/),
    ]);
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
    expect(done.metrics).toMatchObject({ failedWrites: 1, crashes: 1, restarts: 1 });
  });

  test('keep it down when the fault is for ever', () => {
    const done = struck([{ fault: 'failed-write', node: 'coordinator' }]);
    expect(about(done, /restart/)).toEqual([]);
    expect([done.verdict, done.outcome]).toEqual(['holds', 'blocked']);
  });

  test('keep it down until the last of several ends', () => {
    const done = struck([
      { fault: 'failed-write', node: 'p1', forMs: 60 },
      { fault: 'failed-write', node: 'p1', atMs: 50, forMs: 100, probability: 0.5 },
      { fault: 'read-error', node: 'p1', atMs: 55, forMs: 120 },
    ]);
    expect(about(done, /restart/)).toEqual([expect.stringMatching(/^175 restart p1/)]);
  });

  test('end with the healing of their node, and of no other', () => {
    const faults = (nodes: readonly string[]): Schedule => [
      { fault: 'failed-write', node: 'p1' },
      { fault: 'heal', atMs: 80, nodes },
    ];
    expect(about(struck(faults(['p1'])), /restart/)).toEqual([
      expect.stringMatching(/^80 restart p1/),
    ]);
    expect(about(struck(faults(['p2'])), /restart/)).toEqual([]);
  });

  test('come as often as their probability says, from a stream of their own', () => {
    let failed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const faults = [{ fault: 'failed-write', node: 'p1', probability: 0.3, forMs: 20 }] as const;
      const { metrics } = struck(faults, seed);
      failed += metrics.failedWrites;
    }
    // Binomial(200, 0.3): within four standard deviations.
    expect(Math.abs(failed - 60)).toBeLessThan(4 * Math.sqrt(200 * 0.3 * 0.7));
  });

  test('are no crash point after the record, and are one after the decision', () => {
    const after = { moment: 'after', nth: 1, message: 'prepared' } as const;
    const failing = { fault: 'failed-write', node: 'p1', forMs: 60 } as const;
    const waiting = struck([failing, { fault: 'crash', node: 'p1', point: after }]);
    expect(waiting.unreached).toHaveLength(1);
    // PREPARE, the choice and the failed write are its first three decisions.
    const third = { moment: 'after', nth: 3, any: 'decision' } as const;
    const dead = struck([failing, { fault: 'crash', node: 'p1', point: third, forMs: 7 }]);
    expect(about(dead, /restart/)).toEqual([expect.stringMatching(/^22 restart p1/)]);
  });
});

describe('a disk that cannot be read', () => {
  test('keeps a node from coming back before the fault ends', () => {
    const done = struck([
      { fault: 'crash', node: 'p1', atMs: 20, forMs: 10 },
      { fault: 'read-error', node: 'p1', forMs: 90 },
    ]);
    expect(about(done, /restart/)).toEqual([expect.stringMatching(/^90 restart p1/)]);
    expect(done.outcome).toBe('recovered');
  });

  test('does nothing to one that is up, or that was to stay down', () => {
    const faults = [{ fault: 'read-error', node: 'p1', forMs: 90 }] as const;
    expect(struck(faults).digest).toBe(struck([]).digest);
    const down = struck([...faults, { fault: 'crash', node: 'p1', atMs: 20 }]);
    expect(about(down, /restart/)).toEqual([]);
  });
});

describe('lost forces', () => {
  const lying = { fault: 'lost-force', node: 'p1', forMs: 20 } as const;

  test('change nothing in a run without a crash', () => {
    const honest = about(struck([]), /./);
    const belied = about(struck([lying]), /./);
    expect(belied.filter((line) => !/force of/.test(line))).toEqual(
      honest.filter((line) => line !== '15 durable p1'),
    );
    expect(about(struck([lying]), /force of/)).toEqual(['15 lose the force of p1']);
    expect(struck([lying]).metrics.lostForces).toBe(1);
  });

  test('let a crash forget what was said to be safe', () => {
    const crash = { fault: 'crash', node: 'p1', atMs: 30, forMs: 50, tail: 'lost' } as const;
    const done = struck([lying, crash]);
    expect(about(done, /restart/)).toEqual(['80 restart p1 with 0 of the tail']);
    expect(about(struck([crash]), /restart/)).toEqual(['80 restart p1 with 0 of the tail']);
    expect(struck([crash]).verdict).toBe('holds');
    expect(done.verdict).toBe('violated');
  });
});

/**
 * What is published of two-phase commit when stable storage is lost at a prepared participant
 * (test/calibration/fault-matrix.json, row stableStorageLoss): it violates atomicity, or durability.
 */
describe('two-phase commit without stable storage', () => {
  const violatedBy = (preset: string): readonly string[] => {
    const instance = instantiate(twoPhaseCommit);
    const found = new Set<string>();
    for (let seed = 0; seed < 150; seed++) {
      const faults = presetSchedule(instance, preset, seed);
      const { properties } = run(twoPhaseCommit, { seed, faults });
      for (const { name, verdict } of properties) if (verdict === 'violated') found.add(name);
    }
    return [...found].sort();
  };

  test.each(['lost-force', 'disk-loss'])('is broken by %s in a simulated run', (preset) => {
    expect(violatedBy(preset)).toEqual(expect.arrayContaining(['AC1 agreement', 'durability']));
  });

  test.each(['full-disk', 'read-error'])('survives %s', (preset) => {
    expect(violatedBy(preset)).toEqual([]);
  });

  const question = { parameters: { participants: 1, votes: 'yes' } } as const;
  const asked = (scope: Readonly<Record<string, unknown>>) =>
    check(twoPhaseCommit, { ...question, scope, stopAtViolation: false, maxStates: 400_000 });

  test.each([{ lostForces: 1 }, { diskLosses: 1 }])(
    'is broken within %o and one crash, as the checker finds',
    (bad) => {
      const { properties } = asked({ crashes: 1, loss: false, duplication: false, ...bad });
      const broken = properties.filter(({ verdict }) => verdict === 'violated');
      expect(broken.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['AC1 agreement', 'durability']),
      );
    },
  );

  test('holds within two failed writes', () => {
    const result = asked({ crashes: 0, failedWrites: 2, loss: false, duplication: false });
    expect([result.verdict, result.complete]).toEqual(['holds', true]);
  });
});
