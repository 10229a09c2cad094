/** Metrics against the trace of the same run, and against times that are known beforehand. */
import { describe, expect, test } from 'vitest';
import { type Fault, type Message, type Run, run } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { spansIn } from '../../src/simulator/span-recorder.ts';

const stormy = (seed: number): Run =>
  run(twoPhaseCommit, {
    seed,
    parameters: { participants: 3, votes: 'any' },
    horizonMs: 3000,
    faults: [
      { fault: 'loss', probability: 0.3, atMs: 0, forMs: 200 },
      { fault: 'duplication', probability: 0.3 },
      { fault: 'crash', node: seed % 2 === 0 ? 'coordinator' : 'p1', atMs: 25, forMs: 300 },
    ],
    trace: true,
  });

const nodeOf = (address: string): string => address.split('/')[0] ?? '';

describe('the counts of a run', () => {
  test('are those of its trace: by type, by node, in bytes', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { metrics, trace, start } = stormy(seed);
      const sends = [...start, ...trace.flatMap(({ effects }) => effects)].flatMap((effect) =>
        effect.type === 'send' ? [effect.envelope] : [],
      );
      const bytes = (list: readonly { readonly message: Message }[]): number =>
        list.reduce((sum, { message }) => sum + JSON.stringify(message).length, 0);
      const deliveries = trace.flatMap(({ decision }) =>
        decision.type === 'deliver' ? [decision] : [],
      );
      const drops = trace.flatMap(({ decision }) => (decision.type === 'drop' ? [decision] : []));
      const countedIn = (of: (one: { from: string; to: string; message: Message }) => boolean) => ({
        delivered: deliveries.filter(of).length,
        duplicated: deliveries.filter((one) => of(one) && one.duplicate === true).length,
        dropped: drops.filter(of).length,
      });
      expect(metrics.messages).toEqual({
        sent: sends.length,
        bytes: bytes(sends),
        ...countedIn(() => true),
      });
      for (const [type, counts] of Object.entries(metrics.messagesByType)) {
        const own = sends.filter(({ message }) => message.type === type);
        const ofType = countedIn(({ message }) => message.type === type);
        expect(counts).toEqual({ sent: own.length, bytes: bytes(own), ...ofType });
      }
      for (const [node, counts] of Object.entries(metrics.nodes)) {
        const own = sends.filter(({ from }) => nodeOf(from) === node);
        const toIt = countedIn(({ to }) => nodeOf(to) === node);
        expect(counts.messages).toEqual({ sent: own.length, bytes: bytes(own), ...toIt });
        const fired = trace.filter(
          ({ decision }) => decision.type === 'fire' && nodeOf(decision.process) === node,
        );
        expect(counts.timersFired).toBe(fired.length);
      }
    }
  });

  test('of declared message sizes are in those', () => {
    const { metrics } = run(twoPhaseCommit, { seed: 1, messageBytes: { PREPARE: 1000, VOTE: 50 } });
    expect(metrics.messagesByType.PREPARE).toMatchObject({ sent: 3, bytes: 3000 });
    expect(metrics.messagesByType.VOTE).toMatchObject({ sent: 3, bytes: 150 });
  });

  test('of spans are those of the trace one by one, the open ones until the end of the run', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { metrics, trace, virtualMs } = stormy(seed);
      const seen = spansIn(trace, { from: 'uncertain', to: 'certain' });
      const lengths = seen.map(({ fromMs, toMs }) => (toMs ?? virtualMs) - fromMs);
      const { count, open, maxMs, meanMs, byProcess } = metrics.spans.inDoubt ?? { byProcess: {} };
      expect(count).toBe(seen.length);
      expect(open).toBe(seen.filter(({ toMs }) => toMs === null).length);
      if (seen.length === 0) continue;
      expect(maxMs).toBeCloseTo(Math.max(...lengths), 6);
      expect(meanMs).toBeCloseTo(lengths.reduce((sum, one) => sum + one, 0) / seen.length, 6);
      for (const [process, own] of Object.entries(byProcess))
        expect(own.count).toBe(seen.filter((one) => one.process === process).length);
    }
  });
});

describe('the availability of a node', () => {
  const upMs = (faults: readonly Fault[]): number | undefined => {
    const { metrics, virtualMs } = run(twoPhaseCommit, {
      seed: 1,
      scenario: 'coordinator-crash',
      horizonMs: 3000,
      faults,
    });
    expect(virtualMs).toBe(3000);
    const p1 = metrics.nodes.p1;
    expect(p1?.availability).toBeCloseTo((p1?.upMs ?? 0) / 3000, 9);
    return p1?.upMs;
  };

  test('leaves out the time in which it is down or paused, each moment once', () => {
    expect(upMs([])).toBe(3000);
    expect(upMs([{ fault: 'crash', node: 'p1', atMs: 100, forMs: 400 }])).toBe(2600);
    expect(upMs([{ fault: 'crash', node: 'p1', atMs: 2000 }])).toBe(2000);
    expect(upMs([{ fault: 'pause', node: 'p1', atMs: 100, forMs: 250 }])).toBe(2750);
    const both: Fault[] = [
      { fault: 'pause', node: 'p1', atMs: 100, forMs: 300 },
      { fault: 'pause', node: 'p1', atMs: 200, forMs: 300 },
    ];
    expect(upMs(both)).toBe(2600);
    expect(upMs([...both, { fault: 'crash', node: 'p1', atMs: 300, forMs: 400 }])).toBe(2400);
  });
});

test('the availability of nodes lies between 0 and 1 however late faults begin and end', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { metrics } = run(twoPhaseCommit, {
      seed,
      faults: [
        { fault: 'pause', node: 'p1', atMs: seed, forMs: 500 },
        { fault: 'pause', node: 'p2', atMs: 3 * seed, forMs: 20 },
        { fault: 'crash', node: 'p3', atMs: 2 * seed, forMs: 900 },
        { fault: 'pause', node: 'coordinator', atMs: 60 + seed, forMs: 1 },
      ],
      horizonMs: 3000,
    });
    for (const [node, { availability }] of Object.entries(metrics.nodes)) {
      expect(availability, `${node} under seed ${seed}`).toBeGreaterThanOrEqual(0);
      expect(availability, `${node} under seed ${seed}`).toBeLessThanOrEqual(1);
    }
  }
  // Everything is over at 55 ms: what is paused after that was up all the time.
  const { metrics } = run(twoPhaseCommit, {
    seed: 1,
    faults: [{ fault: 'pause', node: 'p1', atMs: 200, forMs: 100 }],
  });
  expect(metrics.nodes.p1).toMatchObject({ upMs: 55, availability: 1 });
});
