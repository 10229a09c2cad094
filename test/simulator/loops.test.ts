/** Workloads that generate their operations: against times that are known beforehand. */
import { describe, expect, test } from 'vitest';
import { parseRunFile } from '../../src/cli/files.ts';
import {
  check,
  constant,
  exponential,
  type Fault,
  type Loop,
  type Loops,
  replay,
  runFileOf,
} from '../../src/index.ts';
import { asked, clients, startsOf } from './loop-workshop.ts';

const serial = { call: { kind: 'serial' } } as const;
const everyMs = (ms: number, more: Partial<Loop> = {}): Loops => [
  { loop: 'open', arrivals: { kind: 'constant', everyMs: ms }, ...more } as Loop,
];
const poisson: Loops = [{ loop: 'open', arrivals: { kind: 'poisson', perSecond: 30 } }];

describe('an open loop', () => {
  test('lets operations arrive however slow the answers are, and counts from their arrival', () => {
    // Answers take 20 ms and operations arrive every 15: the n-th waits for 5 (n - 1) ms.
    const { metrics } = asked(everyMs(15, { operations: 10 }));
    expect(metrics.operations).toMatchObject({
      arrived: 10,
      invoked: 10,
      returned: 10,
      wait: { count: 10, minMs: 0, maxMs: 45, meanMs: 22.5 },
      latency: { minMs: 20, maxMs: 65, meanMs: 42.5 },
    });
    expect(metrics.clients.c1?.latency.maxMs).toBe(65);
  });

  test('starts them in the order in which they arrived, one when the other is answered', () => {
    const done = asked(everyMs(15, { operations: 4 }), { trace: true });
    expect(startsOf(done).map(({ atMs }) => atMs)).toEqual([15, 35, 55, 75]);
  });

  test('has several operations of a client under way where they have calls', () => {
    const { metrics } = asked(everyMs(15, { operations: 10, fields: serial }), {
      parameters: { concurrent: true },
    });
    expect(metrics.operations).toMatchObject({
      returned: 10,
      wait: { maxMs: 0 },
      latency: { minMs: 20, maxMs: 20 },
    });
  });

  test('goes on while its client is down, paused or cut off, and what arrived is started later', () => {
    const faults: Fault[] = [{ fault: 'crash', node: 'c1', atMs: 95, forMs: 200 }];
    const { metrics } = asked(everyMs(30, { operations: 12 }), { faults });
    // At 30, 60 and 90 ms three are started; the third is lost with the crash, and five wait for its end.
    expect(metrics.operations).toMatchObject({ arrived: 12, invoked: 12, returned: 11 });
    expect(metrics.operations.wait?.maxMs).toBe(295 - 120);
    const paused = asked(everyMs(30, { operations: 12 }), {
      faults: [{ fault: 'pause', node: 'c1', atMs: 95, forMs: 200 }],
    });
    expect(paused.metrics.operations).toMatchObject({ arrived: 12, returned: 12 });
  });

  test('that is cut short by the end of the run says how many were not started', () => {
    const { metrics } = asked(everyMs(10), { horizonMs: 205 });
    expect(metrics.operations).toMatchObject({ arrived: 20, invoked: 10, returned: 9 });
    expect(metrics.operations.throughputPerSecond).toBeCloseTo(9 / 0.205, 9);
  });

  test('begins and ends when it is told to', () => {
    const done = asked(everyMs(10, { fromMs: 100, untilMs: 150, fields: serial }), {
      parameters: { concurrent: true },
      trace: true,
    });
    expect(startsOf(done).map(({ atMs }) => atMs)).toEqual([110, 120, 130, 140, 150]);
  });

  test('meets the same arrivals and operations whatever the system makes of them', () => {
    const seen = (more: Parameters<typeof asked>[1]) => {
      const { metrics, trace } = asked(poisson, { trace: true, ...more });
      const { arrived } = metrics.operations;
      const starts = startsOf({ trace } as never).map(({ operation }) => operation.type);
      return { arrived, starts };
    };
    const plain = seen({});
    expect(plain.arrived).toBeGreaterThan(15);
    const slow = seen({ latency: constant(30) });
    const lossy = seen({ faults: [{ fault: 'loss', probability: 0.5 }] });
    for (const other of [slow, lossy]) {
      expect(other.arrived).toBe(plain.arrived);
      expect(other.starts).toEqual(plain.starts.slice(0, other.starts.length));
    }
    expect(slow.starts.length).toBeGreaterThan(8);
  });

  test('of several clients has streams of its own for each, and by its name', () => {
    const { trace } = asked(poisson, { trace: true, parameters: { clients: 2 } });
    const alone = startsOf(asked(poisson, { trace: true }));
    expect(startsOf({ trace } as never).filter(({ process }) => process === 'c1')).toEqual(alone);
    const named = (name: string) =>
      startsOf(asked([{ ...poisson[0], name } as Loop], { trace: true }));
    expect(named('1')).toEqual(alone);
    expect(named('other')).not.toEqual(alone);
  });
});

describe('a closed loop', () => {
  const users = (count: number, more: Partial<Loop> = {}): Loops => [
    { loop: 'closed', users: count, think: constant(30), fields: serial, ...more } as Loop,
  ];

  test('has each user wait for the answer and think', () => {
    // A cycle takes 30 ms of thinking and 20 of waiting.
    const { metrics } = asked(users(3), { parameters: { concurrent: true }, horizonMs: 1000 });
    expect(metrics.operations).toMatchObject({ returned: 60, latency: { minMs: 20, maxMs: 20 } });
  });

  test('of one user needs no calls: the machine shows when it could take the next operation', () => {
    const done = asked([{ loop: 'closed', think: constant(30) }], { trace: true, horizonMs: 200 });
    expect(startsOf(done).map(({ atMs }) => atMs)).toEqual([30, 80, 130, 180]);
  });

  test('asks for so many operations of each client', () => {
    for (const count of [1, 2, 3, 5]) {
      const { metrics } = asked(users(count, { operations: 4 }), {
        parameters: { concurrent: true, clients: 2 },
      });
      expect(metrics.operations.returned).toBe(8);
    }
  });

  test('goes on after a crash of its client, whose users have waited in vain', () => {
    const { metrics } = asked(users(2, { operations: 6 }), {
      parameters: { concurrent: true },
      faults: [{ fault: 'crash', node: 'c1', atMs: 35, forMs: 100 }],
    });
    expect(metrics.operations).toMatchObject({ arrived: 6, invoked: 6, returned: 4 });
  });

  test('draws thoughts and operations that depend on nothing but the user', () => {
    const drawn = (faults: readonly Fault[]) =>
      startsOf(
        asked([{ loop: 'closed', think: exponential(20) }], {
          trace: true,
          faults,
          horizonMs: 3000,
        }),
      ).map(({ operation }) => operation.type);
    const plain = drawn([]);
    const slowed = drawn([{ fault: 'delay', by: constant(17) }]);
    expect(slowed.length).toBeLessThan(plain.length);
    expect(slowed).toEqual(plain.slice(0, slowed.length));
  });
});

describe('retries', () => {
  const retrying = (retries: Loop['retries']): Loops =>
    everyMs(100, { operations: 3, fields: serial, ...(retries && { retries }) });
  const counts = (workload: Loops, parameters: object) =>
    asked(workload, { parameters: { concurrent: true, ...parameters } }).metrics.operations;

  test('ask again what has failed, so many times in all, as one operation', () => {
    expect(counts(retrying({ attempts: 3 }), { failures: 2 })).toMatchObject({
      arrived: 3,
      invoked: 3,
      returned: 3,
      attempts: 9,
      errors: 0,
      // Three times there and back.
      latency: { minMs: 60, maxMs: 60 },
    });
    expect(counts(retrying({ attempts: 2 }), { failures: 2 })).toMatchObject({
      returned: 0,
      attempts: 6,
      errors: 3,
      availability: 0,
    });
    expect(counts(retrying(undefined), { failures: 2 })).toMatchObject({ attempts: 3, errors: 3 });
  });

  test('ask again what is not answered in time, after a pause', () => {
    const retries = { attempts: 3, timeoutMs: 50, pause: constant(5) };
    expect(counts(retrying(retries), { silences: 2 })).toMatchObject({
      returned: 3,
      attempts: 9,
      latency: { minMs: 130, maxMs: 130 },
    });
    const { returned, availability } = counts(retrying(retries), { silences: 3 });
    expect({ returned, availability }).toEqual({ returned: 0, availability: 0 });
  });

  test('take the first answer, and are over with it', () => {
    // The answer to the first attempt takes 20 ms; the second is asked at 10 and answered in vain.
    const done = counts(retrying({ attempts: 2, timeoutMs: 10 }), {});
    expect(done).toMatchObject({ returned: 3, attempts: 6, latency: { maxMs: 20 } });
  });
});

describe('a mix', () => {
  const types = (mix: Loop['mix'], more: Partial<Loop> = {}) =>
    startsOf(
      asked(everyMs(1, { ...more, mix, fields: { ...serial, ...more.fields } } as Loop), {
        parameters: { concurrent: true },
        trace: true,
        horizonMs: 5000,
      }),
    ).map(({ operation }) => operation as { type: string; key?: string });

  test('has its operations as often as their weights say', () => {
    const drawn = types([
      { operation: { type: 'READ' }, weight: 9 },
      { operation: { type: 'WRITE' }, weight: 1 },
    ]);
    const writes = drawn.filter(({ type }) => type === 'WRITE').length;
    // 5,000 draws of one in ten: the standard deviation is 21.
    expect(Math.abs(writes - 500)).toBeLessThan(85);
    expect(types([{ operation: { type: 'READ' } }]).every(({ type }) => type === 'READ')).toBe(
      true,
    );
  });

  test('draws fields by their laws, for all operations or for one kind', () => {
    const drawn = types(
      [
        { operation: { type: 'READ' } },
        { operation: { type: 'WRITE' }, fields: { key: { kind: 'values', values: ['x'] } } },
      ],
      { fields: { key: { kind: 'uniform', keys: 3 } } },
    );
    const keys = (type: string) =>
      [...new Set(drawn.filter((one) => one.type === type).map(({ key }) => key))].sort();
    expect(keys('READ')).toEqual(['k1', 'k2', 'k3']);
    expect(keys('WRITE')).toEqual(['x']);
  });

  test('of two loops at one client numbers their calls through', () => {
    const loops: Loops = [
      { loop: 'open', arrivals: { kind: 'constant', everyMs: 10 }, fields: serial, operations: 2 },
      { loop: 'open', arrivals: { kind: 'constant', everyMs: 15 }, fields: serial, operations: 2 },
    ];
    const done = asked(loops, { parameters: { concurrent: true }, trace: true });
    expect(startsOf(done).map(({ operation }) => operation)).toEqual(
      [1, 2, 3, 4].map((number) => expect.objectContaining({ call: `c1#${number}` })),
    );
  });
});

describe('a run with a workload', () => {
  const workload: Loops = [
    {
      loop: 'open',
      arrivals: { kind: 'bursts', perSecond: 80, on: exponential(50), off: exponential(50) },
      fields: { ...serial, key: { kind: 'zipf', keys: 10 } },
      retries: { attempts: 2, timeoutMs: 15 },
    },
  ];
  const stormy = { trace: true, parameters: { concurrent: true, clients: 2 } } as const;

  test('is the same twice, and a path of the relation that replays from its file', () => {
    for (const seed of [1, 2, 3]) {
      const done = asked(workload, { seed, ...stormy });
      expect(asked(workload, { seed, ...stormy }).digest).toBe(done.digest);
      const { header, decisions, footer } = runFileOf(done);
      const text = [header, ...decisions, footer].map((line) => JSON.stringify(line)).join('\n');
      expect(replay(clients, parseRunFile(text, 'x'))).toMatchObject({ same: true });
    }
  });

  test('asks for nothing that its demand does not hold', () => {
    const { header, decisions, footer } = runFileOf(asked(workload, stormy));
    const first = decisions.findIndex(({ decision }) => decision.type === 'invoke');
    const changed = (operation: object) => () =>
      replay(clients, {
        header,
        decisions: decisions.with(first, {
          decision: { ...decisions[first]?.decision, operation } as never,
        }),
        footer,
      });
    const decision = decisions[first]?.decision;
    const operation = decision?.type === 'invoke' ? decision.operation : {};
    expect(changed({ ...operation, key: 'k11' })).toThrow('the workload does not ask');
    expect(changed({ ...operation, call: 'c1#2' })).toThrow('the workload does not ask');
    expect(changed({ ...operation, more: 1 })).toThrow('the workload does not ask');
    expect(changed({ ...operation, type: 'STEAL' })).toThrow('the workload does not ask');
  });

  test('moves no other draw by a fault that never fires', () => {
    const never: Fault = { fault: 'loss', probability: 0.5, atMs: 900_000 };
    const plain = asked(workload, stormy);
    expect(asked(workload, { ...stormy, faults: [never] }).digest).toBe(plain.digest);
  });
});

describe('a check with a workload', () => {
  const checked = (more: Partial<Loop>, parameters: object = { concurrent: true }) =>
    check(clients, {
      parameters,
      workload: [{ loop: 'open', arrivals: { kind: 'poisson', perSecond: 1 }, ...more } as Loop],
      scope: { crashes: 0 },
    });

  test('tries any of its operations, and however many they are the states stay finite', () => {
    // A client that takes one at a time: idle; asking; answered. The kind of operation leaves no trace.
    expect(checked({}, {})).toMatchObject({ complete: true, verdict: 'holds', distinct: 3 });
  });

  test('counts them where they are bounded: n operations in any order', () => {
    // After each operation but the last the three states again, told apart by the count.
    // Idle at first; after each operation asking, answered and idle, told apart by the count.
    for (const operations of [1, 2, 3])
      expect(checked({ operations }, {}).distinct).toBe(1 + 3 * operations);
  });

  test('refuses what is too much to try', () => {
    expect(() => checked({ fields: { key: { kind: 'zipf', keys: 5000 } } })).toThrow(
      'c1 may be asked for more than 1000 different operations at once',
    );
  });
});
