/** Faults of nodes: pauses, slowness, clocks, crash points of every kind, and healing. */
import { describe, expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import {
  constant,
  type Decision,
  defineProcess,
  defineSystem,
  describeDecision,
  type Effect,
  type Fault,
  type Run,
  replay,
  run,
  runFileOf,
  type Schedule,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

/** 10 ms a message, 5 ms a forced write: PREPARE arrives at 10, the votes at 25, COMMIT at 40. */
const struck = (faults: Schedule, seed = 1, participants = 2): Run => {
  const done = run(twoPhaseCommit, {
    seed,
    latency: constant(10),
    forceLatency: constant(5),
    horizonMs: 3000,
    faults,
    parameters: { votes: 'yes', participants },
    trace: true,
  });
  expect(replay(twoPhaseCommit, runFileOf(done)).same).toBe(true);
  return done;
};
const lines = ({ trace }: Run): string[] =>
  trace.map(({ atUs = 0, decision }) => `${atUs / 1000} ${describeDecision(decision)}`);
const actsOf = (done: Run, node: string): string[] =>
  lines(done).filter((line) =>
    new RegExp(`(-> ${node} |(durable|choose|fire) ${node}\\b)`).test(line),
  );
const outcomes = ({ metrics, outcome }: Run) => [metrics.crashes, metrics.restarts, outcome];

describe('a paused node', () => {
  test('handles nothing, fires no timer and completes no write until it resumes', () => {
    for (const atMs of [3, 12, 17]) {
      const done = struck([{ fault: 'pause', node: 'p1', atMs, forMs: 400 }]);
      for (const line of actsOf(done, 'p1')) {
        const at = Number.parseFloat(line);
        expect(at <= atMs || at >= atMs + 400, line).toBe(true);
      }
      expect(actsOf(done, 'p1').some((line) => Number.parseFloat(line) === atMs + 400)).toBe(true);
      expect(done.outcome).toBe('recovered');
    }
  });

  test('meets its overdue timer and its messages in either order, as the seed says', () => {
    const first = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const done = struck([{ fault: 'pause', node: 'p1', atMs: 3, forMs: 400 }], seed);
      const [act = ''] = actsOf(done, 'p1').filter((line) => line.startsWith('403'));
      first.add(act.split(' ')[1] ?? '');
    }
    expect(first).toEqual(new Set(['deliver', 'fire']));
  });

  test('that crashes is paused no more when it is back', () => {
    const done = struck([
      { fault: 'pause', node: 'p1', atMs: 3 },
      { fault: 'crash', node: 'p1', atMs: 20, forMs: 30 },
    ]);
    expect(outcomes(done)).toEqual([1, 1, 'recovered']);
    expect(Math.min(...actsOf(done, 'p1').map(Number.parseFloat))).toBeGreaterThanOrEqual(20);
  });

  test('is paused until the last of two pauses ends', () => {
    const done = struck([
      { fault: 'pause', node: 'p1', atMs: 3, forMs: 50 },
      { fault: 'pause', node: 'p1', atMs: 30, forMs: 60 },
    ]);
    expect(Math.min(...actsOf(done, 'p1').map(Number.parseFloat))).toBe(90);
  });
});

test('a run that ends with a node paused is blocked by that, whatever else it waits for', () => {
  const done = struck([{ fault: 'pause', node: 'p1', atMs: 12 }]);
  expect([done.verdict, done.outcome, done.reason]).toEqual([
    'holds',
    'blocked',
    'a node is paused or messages are held until the end',
  ]);
  expect(replay(twoPhaseCommit, runFileOf(done)).ending?.outcome).toBe('blocked');
});

describe('a slow node', () => {
  test('takes so many times as long for its forced writes', () => {
    const slow = struck([{ fault: 'slow', node: 'p1', factor: 4 }]);
    expect(lines(slow)).toContain('30 durable p1');
    expect(lines(slow)).toContain('15 durable p2');
    const disk = struck([{ fault: 'slow-disk', node: 'p1', factor: 4 }]);
    expect(lines(disk)).toContain('30 durable p1');
    const both = struck([
      { fault: 'slow', node: 'p1', factor: 2 },
      { fault: 'slow-disk', node: 'p1', factor: 3 },
    ]);
    expect(lines(both)).toContain('40 durable p1');
  });

  test('handles one event after the other, each for so long', () => {
    const done = struck([{ fault: 'slow', node: 'coordinator', handlingMs: 7 }], 1, 3);
    // The three votes arrive at 32, since the first operation was handled at 7.
    const votes = lines(done).filter((line) => /-> coordinator VOTE/.test(line));
    expect(votes.map(Number.parseFloat)).toEqual([39, 46, 53]);
    expect(done.outcome).toBe('recovered');
  });

  test('that crashes while it handles a message does not handle it, and is not busy when back', () => {
    const done = struck([
      { fault: 'slow', node: 'p1', handlingMs: 20 },
      { fault: 'crash', node: 'p1', atMs: 15, forMs: 100 },
    ]);
    expect(lines(done)).toContain('15 drop coordinator -> p1 PREPARE (down)');
    expect(done.outcome).toBe('recovered');
  });
});

describe('a clock', () => {
  type Read = { readonly now: number; readonly waited: number };
  const watch = setup({
    types: { context: {} as { readonly reads: readonly Read[] }, emitted: {} as Effect },
    delays: { tick: 1 },
  }).createMachine({
    id: 'watch',
    context: { reads: [] },
    initial: 'on',
    states: {
      on: {
        after: {
          tick: {
            target: 'on',
            reenter: true,
            actions: assign({
              reads: ({ context, event }) => {
                const { now, waited } = event as unknown as Read;
                return [...context.reads, { now, waited }];
              },
            }),
          },
        },
      },
    },
  });
  const system = defineSystem({
    name: 'clocked',
    nodes: () => ({
      w: defineProcess({ machine: watch, clock: true, delays: { tick: constant(100) } }),
      other: defineProcess({ machine: watch, clock: true, delays: { tick: constant(100) } }),
    }),
  });
  /** Virtual times of the timer, with the readings that the machine got. */
  const ticks = (...faults: Fault[]): readonly (readonly [number, number, number])[] => {
    const done = run(system, { seed: 1, faults, horizonMs: 500, trace: true });
    expect(replay(system, runFileOf(done)).same).toBe(true);
    const fires = done.trace.filter(
      ({ decision }) => 'process' in decision && decision.process === 'w',
    );
    expect(
      done.trace.filter(({ decision }) => 'process' in decision && decision.process === 'other')
        .length,
    ).toBe(5);
    return fires.map(({ atUs = 0, decision }) => {
      const { now = -1, waitedMs = -1 } = decision as Extract<Decision, { type: 'fire' }>;
      return [atUs / 1000, now, waitedMs];
    });
  };
  const node = 'w';

  test('that is right shows virtual time', () => {
    expect(ticks().slice(0, 2)).toEqual([
      [100, 100, 100],
      [200, 200, 100],
    ]);
  });

  test('with an offset shows it, and fires no timer earlier or later', () => {
    expect(ticks({ fault: 'clock-offset', node, byMs: -250, atMs: 150, forMs: 200 })).toEqual([
      [100, 100, 100],
      [200, -50, 100],
      [300, 50, 100],
      [400, 400, 100],
      [500, 500, 100],
    ]);
  });

  test('that drifts fires timers by its own rate, and keeps what it has gained', () => {
    expect(ticks({ fault: 'clock-drift', node, rate: 2, atMs: 100, forMs: 100 })).toEqual([
      [100, 100, 100],
      [150, 200, 100],
      [200, 300, 100],
      [300, 400, 100],
      [400, 500, 100],
      [500, 600, 100],
    ]);
    expect(ticks({ fault: 'clock-drift', node, rate: 0.5 }).map(([at]) => at)).toEqual([200, 400]);
  });

  test('that jumps forwards fires the timer that it passes at once, and waits longer backwards', () => {
    expect(ticks({ fault: 'clock-jump', node, byMs: 70, atMs: 150 })).toEqual([
      [100, 100, 100],
      [150, 220, 120],
      [250, 320, 100],
      [350, 420, 100],
      [450, 520, 100],
    ]);
    expect(ticks({ fault: 'clock-jump', node, byMs: -70, atMs: 150 }).map(([at]) => at)).toEqual([
      100, 270, 370, 470,
    ]);
  });

  test('that strobes jumps forth and back, and is right in the end', () => {
    const strobe: Fault = {
      fault: 'clock-strobe',
      node,
      byMs: 50,
      periodMs: 30,
      atMs: 10,
      forMs: 50,
    };
    // Ahead from 10 to 40, and from 40 to 60 right: the timer of 100 ms is met at 100.
    expect(ticks(strobe)[0]).toEqual([100, 100, 100]);
    const long: Fault = { ...strobe, periodMs: 30, atMs: 10, forMs: 85 };
    // Ahead again from 70 to 95: at 70 the clock shows 120, so the timer fires then.
    expect(ticks(long)[0]).toEqual([70, 120, 120]);
    // And at 95 it is right again: the next is due when 220 have elapsed.
    expect(ticks(long)[1]).toEqual([220, 220, 100]);
  });

  test('of a node outlives its crash', () => {
    const faults: Schedule = [
      { fault: 'clock-offset', node, byMs: 1000 },
      { fault: 'crash', node, atMs: 110, forMs: 40 },
    ];
    const { trace } = run(system, { seed: 1, faults, horizonMs: 300, trace: true });
    const last = trace.findLast(
      ({ decision }) => decision.type === 'fire' && decision.process === 'w',
    );
    expect(last).toMatchObject({ atUs: 250_000, decision: { now: 1250 } });
  });
});

describe('a crash point of any kind', () => {
  const dies = (
    any: 'send' | 'receive' | 'write' | 'decision',
    moment: 'before' | 'after',
    nth = 1,
  ) =>
    lines(struck([{ fault: 'crash', node: 'p1', point: { moment, nth, any } }])).filter((line) =>
      line.includes('crash'),
    );

  test('counts sends, receives, writes or decisions of the node, whatever their names', () => {
    expect(dies('send', 'before')).toEqual(['15 durable p1, crash after 0']);
    expect(dies('send', 'after')).toEqual(['15 crash p1']);
    expect(dies('receive', 'before', 2)).toEqual(['40 crash p1']);
    expect(dies('write', 'before')).toEqual(['10 choose p1 CAN_COMMIT, crash after 0']);
    expect(dies('write', 'after')).toEqual(['15 durable p1, crash after 0']);
    expect(dies('decision', 'before', 1)).toEqual(['10 crash p1']);
    expect(dies('decision', 'after', 3)).toEqual(['15 crash p1']);
    expect(dies('decision', 'before', 99)).toEqual([]);
  });
});

describe('several crash points of one node', () => {
  const at = (nth: number, message: string, forMs?: number): Fault => ({
    fault: 'crash',
    node: 'coordinator',
    point: { moment: 'before', nth, message },
    ...(forMs === undefined ? {} : { forMs }),
  });

  test('all strike, each when its turn comes', () => {
    const done = struck([at(1, 'COMMIT', 50), at(2, 'COMMIT')]);
    const crashes = lines(done).filter((line) => line.includes('crash'));
    expect(crashes).toHaveLength(2);
    expect(crashes[0]).toBe('30 durable coordinator, crash after 0');
    // None was sent before the first crash, and one before the second.
    const sent = done.trace.flatMap(({ effects }) =>
      effects.filter((one) => one.type === 'send' && one.envelope.message.type === 'COMMIT'),
    );
    expect(sent).toHaveLength(1);
    expect(done.unreached).toEqual([]);
  });

  test('strike in the order of the points, whatever the order of the schedule', () => {
    const one = struck([at(2, 'COMMIT', 50), at(1, 'PREPARE', 50)]);
    const other = struck([at(1, 'PREPARE', 50), at(2, 'COMMIT', 50)]);
    expect(lines(one)).toEqual(lines(other));
  });

  test('count only what happened: a send that the first crash prevented is none', () => {
    const done = struck([at(1, 'commit', 20), at(1, 'COMMIT')]);
    // It dies before its commit record, forgets, and aborts: no COMMIT is ever sent.
    expect(done.unreached.map(({ point }) => point?.message)).toEqual(['COMMIT']);
  });
});

describe('what is left of the tail', () => {
  const point = { moment: 'after', nth: 1, message: 'end' } as const;
  const tails = (tail: 'drawn' | 'lost' | 'kept' | 'torn'): Set<number> => {
    const found = new Set<number>();
    for (let seed = 0; seed < 20; seed++)
      for (const { decision } of struck(
        [{ fault: 'crash', node: 'coordinator', point, forMs: 50, tail }],
        seed,
      ).trace)
        if (decision.type === 'restart') found.add(decision.tail);
    return found;
  };
  test('is what the fault says; a torn record is one that is not there', () => {
    expect(tails('drawn')).toEqual(new Set([0, 1]));
    expect(tails('lost')).toEqual(new Set([0]));
    expect(tails('kept')).toEqual(new Set([1]));
    expect(tails('torn')).toEqual(new Set([0]));
  });
});

describe('healing', () => {
  const hostile: Schedule = [
    { fault: 'crash', node: 'coordinator', point: { moment: 'before', nth: 1, message: 'COMMIT' } },
    { fault: 'pause', node: 'p1', atMs: 30 },
    { fault: 'partition', groups: [['p2']], atMs: 32 },
    { fault: 'loss', probability: 1, atMs: 60 },
    { fault: 'clock-drift', node: 'p2', rate: 0.01 },
  ];

  test('ends all that has begun: what was blocked recovers', () => {
    expect(struck(hostile).outcome).toBe('blocked');
    const done = struck([...hostile, { fault: 'heal', atMs: 700 }]);
    expect(outcomes(done)).toEqual([1, 1, 'recovered']);
    expect(done.virtualMs).toBeLessThan(1500);
  });

  test('starts nothing of what was to come, and no crash point strikes any more', () => {
    const point = { moment: 'before', nth: 1, message: 'ACK' } as const;
    const done = struck([
      { fault: 'heal', atMs: 5 },
      { fault: 'crash', node: 'p1', atMs: 12 },
      { fault: 'crash', node: 'p2', point },
    ]);
    expect(outcomes(done)).toEqual([0, 0, 'recovered']);
    expect(done.unreached).toEqual([]);
  });

  test('of a core leaves what failed outside as it is, and the links to it', () => {
    const core: Fault = { fault: 'heal', atMs: 700, nodes: ['p1', 'p2'] };
    const done = struck([...hostile, core]);
    expect(outcomes(done)).toEqual([1, 0, 'blocked']);
    const mended = done.trace.flatMap(({ decision }) =>
      decision.type === 'mend' ? (decision.links ?? []) : [],
    );
    expect(mended.map((link) => link.join('>')).sort()).toEqual(['p1>p2', 'p2>p1']);
  });
});
