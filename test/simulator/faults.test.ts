/** Faults do what their data says: at the right moment, to the right node or link, and no more. */
import { describe, expect, test } from 'vitest';
import {
  constant,
  type Decision,
  describeDecision,
  instantiate,
  presetSchedule,
  presets,
  type Run,
  run,
  type Schedule,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

/** 10 ms a message, 5 ms a forced write: PREPARE arrives at 10, the votes at 25, COMMIT at 40. */
const weather = { latency: constant(10), forceLatency: constant(5), horizonMs: 1000 } as const;
const struck = (faults: Schedule, seed = 1, participants = 2): Run =>
  run(twoPhaseCommit, {
    seed,
    ...weather,
    faults,
    parameters: { votes: 'yes', participants },
    trace: true,
  });

const lines = ({ trace }: Run): string[] =>
  trace.map(({ atUs = 0, decision }) => `${atUs / 1000} ${describeDecision(decision)}`);
const decisionsOf = <T extends Decision['type']>({ trace }: Run, type: T) =>
  trace
    .map(({ decision }) => decision)
    .filter(
      (decision): decision is Extract<Decision, { readonly type: T }> => decision.type === type,
    );

describe('a crash point', () => {
  /** Moment, n-th, name and node; and the crash as the trace tells it. */
  const points: readonly (readonly ['before' | 'after', number, string, string, string])[] = [
    // Sends.
    ['before', 1, 'PREPARE', 'coordinator', '0 invoke coordinator BEGIN, crash after 0'],
    ['before', 2, 'PREPARE', 'coordinator', '0 invoke coordinator BEGIN, crash after 1'],
    ['after', 1, 'PREPARE', 'coordinator', '0 invoke coordinator BEGIN, crash after 1'],
    ['after', 2, 'PREPARE', 'coordinator', '0 crash coordinator'],
    ['before', 1, 'COMMIT', 'coordinator', '30 durable coordinator, crash after 0'],
    ['after', 1, 'COMMIT', 'coordinator', '30 durable coordinator, crash after 1'],
    ['after', 2, 'COMMIT', 'coordinator', '30 crash coordinator'],
    ['before', 1, 'VOTE', 'p1', '15 durable p1, crash after 0'],
    ['after', 1, 'VOTE', 'p1', '15 crash p1'],
    // Receives.
    ['before', 1, 'PREPARE', 'p1', '10 crash p1'],
    ['after', 1, 'PREPARE', 'p1', '10 crash p1'],
    ['before', 2, 'VOTE', 'coordinator', '25 crash coordinator'],
    ['after', 2, 'VOTE', 'coordinator', '25 crash coordinator'],
    // Forced records: before the record is written; after it is durable.
    ['before', 1, 'prepared', 'p1', '10 choose p1 CAN_COMMIT, crash after 0'],
    ['after', 1, 'prepared', 'p1', '15 durable p1, crash after 0'],
    [
      ...(['before', 1, 'commit', 'coordinator'] as const),
      '25 deliver p2 -> coordinator VOTE {"yes":true}, crash after 0',
    ],
    ['after', 1, 'commit', 'coordinator', '30 durable coordinator, crash after 0'],
    // An unforced record.
    ['before', 1, 'end', 'coordinator', '55 deliver p2 -> coordinator ACK, crash after 0'],
    ['after', 1, 'end', 'coordinator', '55 crash coordinator'],
  ];
  for (const [moment, nth, message, node, crash] of points)
    test(`${moment}:${nth}:${message} at ${node} strikes as "${crash}"`, () => {
      const done = struck([{ fault: 'crash', node, point: { moment, nth, message } }]);
      const crashes = lines(done).filter((line) => line.includes('crash'));
      expect(crashes).toEqual([crash]);
      expect(done.metrics.crashes).toBe(1);
      expect(done.unreached).toEqual([]);
      expect(done.end.isUp(node)).toBe(false);
    });

  test('before a receive keeps the message from the node, after it lets it handle it', () => {
    const records = (moment: 'before' | 'after') => {
      const point = { moment, nth: 1, message: 'COMMIT' } as const;
      return struck([{ fault: 'crash', node: 'p1', point }]);
    };
    const [before, after] = [records('before'), records('after')];
    const isCommit = ({ message, to }: { message: { type: string }; to: string }): boolean =>
      message.type === 'COMMIT' && to === 'p1';
    expect(decisionsOf(before, 'deliver').filter(isCommit)).toEqual([]);
    expect(decisionsOf(before, 'drop').find(isCommit)?.cause).toBe('down');
    expect(before.end.records('p1')).toEqual({ durable: [{ record: 'prepared' }], tail: [] });
    expect(decisionsOf(after, 'deliver').filter(isCommit)).toHaveLength(1);
    // The record was being forced when it died: it may or may not be found.
    expect(after.end.records('p1').tail).toEqual([{ record: 'commit' }]);
    for (const { metrics, end } of [before, after])
      expect(metrics.messages.sent).toBe(
        metrics.messages.delivered + metrics.messages.dropped + end.inFlight.length,
      );
  });

  test('of a message that is being duplicated leaves no copy of what never arrived', () => {
    const done = struck([
      { fault: 'duplication', probability: 1, atMs: 0, forMs: 12 },
      { fault: 'crash', node: 'p1', point: { moment: 'before', nth: 1, message: 'PREPARE' } },
    ]);
    expect(done.verdict).toBe('holds');
    expect(lines(done).filter((line) => line.includes('-> p1 PREPARE'))).toEqual([
      '10 drop coordinator -> p1 PREPARE (down)',
    ]);
  });

  test('that never comes is told, and one that waits for a record lost in another crash too', () => {
    const never = { moment: 'after', nth: 7, message: 'COMMIT' } as const;
    expect(struck([{ fault: 'crash', node: 'p1', point: never }]).unreached).toHaveLength(1);
    const prepared = { moment: 'after', nth: 1, message: 'prepared' } as const;
    const lost = struck([
      { fault: 'crash', node: 'p1', point: prepared },
      // The write takes until 15 ms.
      { fault: 'crash', node: 'p1', atMs: 12, forMs: 100 },
    ]);
    expect(lost.metrics.crashes).toBe(1);
    expect(lost.unreached).toHaveLength(1);
  });
});

describe('a restart', () => {
  test('finds each length of the unforced tail under some seed, and nothing else', () => {
    const tails = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const point = { moment: 'after', nth: 1, message: 'end' } as const;
      const done = struck([{ fault: 'crash', node: 'coordinator', point, forMs: 50 }], seed);
      const [restart] = decisionsOf(done, 'restart');
      const { tail = -1 } = restart ?? {};
      tails.add(tail);
      // With its end record it has forgotten; without it, it sends the decision again.
      const forgot = lines(done).filter((line) => /^1\d\d deliver coordinator/.test(line)).length;
      expect(forgot > 0).toBe(tail === 0);
    }
    expect([...tails].sort()).toEqual([0, 1]);
  });

  test('comes when the fault says, and the node is up then', () => {
    const done = struck([{ fault: 'crash', node: 'p1', atMs: 3, forMs: 40.5 }]);
    expect(lines(done)).toContain('3 crash p1');
    expect(lines(done).some((line) => line.startsWith('43.5 restart p1'))).toBe(true);
    expect(done.end.isUp('p1')).toBe(true);
    expect(done.metrics.restarts).toBe(1);
  });

  test('after the loss of the disk finds nothing', () => {
    const done = struck([{ fault: 'crash', node: 'p1', atMs: 20, forMs: 100, loseDisk: true }]);
    expect(lines(done)).toContain('20 lose the disk of p1');
    expect(decisionsOf(done, 'restart')[0]?.tail).toBe(0);
  });

  test('of a node that is up already is nothing, and so is the crash of one that is down', () => {
    const done = struck([
      { fault: 'crash', node: 'p1', atMs: 1, forMs: 100 },
      { fault: 'crash', node: 'p1', atMs: 2, forMs: 10 },
    ]);
    expect([done.metrics.crashes, done.metrics.restarts]).toEqual([1, 1]);
    expect(lines(done).filter((line) => line.includes('restart'))).toHaveLength(1);
  });
});

describe('a partition', () => {
  test('cuts exactly the links between its groups, the nodes in none being one more', () => {
    const [cut] = decisionsOf(
      struck([{ fault: 'partition', groups: [['p1', 'p2'], ['p3']], atMs: 1 }], 1, 4),
      'cut',
    );
    const groups = [['p1', 'p2'], ['p3'], ['coordinator', 'p4']];
    const side = (id: string): number => groups.findIndex((group) => group.includes(id));
    const all = groups.flat();
    const expected = all.flatMap((a) =>
      all.flatMap((b) => (side(a) === side(b) ? [] : [`${a} ${b}`])),
    );
    expect(cut?.links.map((link) => link.join(' ')).sort()).toEqual(expected.sort());
  });

  test('drops what arrives over a cut link, and only that', () => {
    const done = struck([{ fault: 'partition', groups: [['p1']], atMs: 5, forMs: 12 }]);
    const drops = decisionsOf(done, 'drop');
    expect(drops.length).toBeGreaterThan(0);
    for (const { from, to, cause } of drops) {
      expect([from, to]).toContain('p1');
      expect(cause).toBe('cut');
    }
    const other = decisionsOf(done, 'deliver').filter(({ to }) => to === 'p2');
    expect(other.length).toBeGreaterThan(0);
  });

  test('that ends leaves cut what another still cuts', () => {
    const done = struck([
      { fault: 'partition', groups: [['p1']], atMs: 0, forMs: 300 },
      { fault: 'partition', groups: [['p1', 'p2']], atMs: 0, forMs: 5 },
    ]);
    const [first] = decisionsOf(done, 'mend');
    const mended = first?.links?.map((link) => link.join(' ')).sort();
    expect(mended).toEqual(['coordinator p2', 'p2 coordinator']);
    for (const line of lines(done)) expect(line).not.toMatch(/^[12]\d\d deliver .*\bp1\b/);
    expect(done.outcome).toBe('recovered');
  });
});

describe('loss and duplication', () => {
  const rates = (faults: Schedule) => {
    let [delivered, lost, copied] = [0, 0, 0];
    for (let seed = 0; seed < 150; seed++) {
      const { metrics } = struck(faults, seed);
      delivered += metrics.messages.delivered;
      lost += metrics.drops.loss;
      copied += metrics.messages.duplicated;
    }
    const rolled = delivered + lost;
    return { rolled, loss: lost / rolled, duplication: copied / delivered };
  };
  /** Five standard errors of a share among so many. */
  const margin = (share: number, among: number): number =>
    5 * Math.sqrt((share * (1 - share)) / among);

  test('strike with the probability that was asked for', () => {
    const { rolled, loss } = rates([{ fault: 'loss', probability: 0.3, atMs: 0 }]);
    expect(Math.abs(loss - 0.3)).toBeLessThan(margin(0.3, rolled));
    expect(margin(0.3, rolled), 'enough messages to tell').toBeLessThan(0.06);
    const copies = rates([{ fault: 'duplication', probability: 0.3, atMs: 0 }]);
    expect(Math.abs(copies.duplication - 0.3)).toBeLessThan(margin(0.3, copies.rolled));
  });

  test('of two faults at a time strike with both probabilities', () => {
    const two = rates([
      { fault: 'loss', probability: 0.3, atMs: 0 },
      { fault: 'loss', probability: 0.2, atMs: 0 },
    ]);
    expect(Math.abs(two.loss - 0.44)).toBeLessThan(margin(0.44, two.rolled));
  });

  test('end when the fault ends, and the end of one leaves the other', () => {
    const done = struck([
      { fault: 'loss', probability: 1, atMs: 0, forMs: 200 },
      { fault: 'loss', probability: 1, atMs: 50, forMs: 20 },
    ]);
    for (const line of lines(done))
      if (Number.parseFloat(line) < 200) expect(line).not.toContain(' deliver ');
    expect(done.outcome).toBe('recovered');
    expect(decisionsOf(done, 'drop').every(({ cause }) => cause === 'loss')).toBe(true);
  });
});

describe('presets', () => {
  test('differ by seed, are the same twice, and name nodes of the system', () => {
    const instance = instantiate(twoPhaseCommit);
    for (const name of Object.keys(presets)) {
      const schedules = Array.from({ length: 20 }, (_, seed) =>
        JSON.stringify(presetSchedule(instance, name, seed)),
      );
      expect(JSON.stringify(presetSchedule(instance, name, 3))).toBe(schedules[3]);
      if (/crash|partition|chaos/.test(name)) expect(new Set(schedules).size).toBeGreaterThan(5);
    }
    expect(() => presetSchedule(instance, 'chaso', 1)).toThrow('did you mean "chaos"?');
  });
});

const wrong: readonly (readonly [object, RegExp])[] = [
  [{ fault: 'crash', node: 'p9', atMs: 1 }, /no node "p9"; did you mean "p1"\?/],
  [{ fault: 'crash', node: 'p1' }, /fault 1 \(crash of p1\): give either atMs or point/],
  [{ fault: 'crash', node: 'p1', atMs: -1 }, /atMs is -1; it must be .* zero or more/],
  [{ fault: 'loss', probability: 1.5 }, /the probability is 1\.5; it must be between 0 and 1/],
  [{ fault: 'partition', groups: [['p1'], ['p1']], atMs: 1 }, /node p1 is in two groups/],
  [{ fault: 'crahs', node: 'p1' }, /there is no fault "crahs"; did you mean "crash"\?/],
  [
    { fault: 'crash', node: 'p1', point: { moment: 'after', nth: 0, message: 'VOTE' } },
    /nth is 0; it counts from 1/,
  ],
  [{ fault: 'pause', node: 'p1', formS: 5 }, /fault 1 \(pause of p1\): there is no field "formS"/],
  [{ fault: 'pause' }, /fault 1 \(pause\): node is missing/],
  [{ fault: 'pause', node: 5 }, /node is 5; it must be the name of a node/],
  [
    { fault: 'crash', node: 'p1', point: { moment: 'after', nth: 1 } },
    /give the point either a message or any \(send, receive, write, decision\)/,
  ],
  [
    { fault: 'crash', node: 'p1', point: { moment: 'after', nth: 1, any: 'sned' } },
    /any is "sned"; did you mean "send"\?/,
  ],
  [{ fault: 'crash', node: 'p1', atMs: 1, tail: 'half' }, /tail is "half"; it must be one of/],
  [{ fault: 'slow', node: 'p1' }, /give factor or handlingMs/],
  [{ fault: 'slow', node: 'p1', factor: -2 }, /factor is -2; it must be a number above zero/],
  [{ fault: 'clock-drift', node: 'p1' }, /\(clock-drift of p1\): rate is missing/],
  [{ fault: 'clock-jump', node: 'p1', byMs: '5' }, /byMs is "5"; it must be a number/],
  [
    { fault: 'clock-strobe', node: 'p1', byMs: 5, periodMs: 0, forMs: 5 },
    /periodMs is 0; it must be above 0/,
  ],
  [{ fault: 'partition' }, /give one of groups, links and shape/],
  [{ fault: 'hold', shape: 'halves', links: [] }, /give one of groups, links and shape/],
  [{ fault: 'hold', links: [['p1']] }, /links is \[\["p1"\]\]; it must be a list of pairs/],
  [{ fault: 'hold', links: [['p1', 'p9']] }, /no node "p9"/],
  [{ fault: 'hold', shape: 'halves', direction: 'in' }, /direction goes with groups/],
  [{ fault: 'hold', groups: [['p1']], nodes: ['p1'] }, /nodes goes with a shape/],
  [{ fault: 'hold', shape: 'halves', nodes: ['p1', 'p1'] }, /nodes names p1 twice/],
  [{ fault: 'hold', shape: 'primaries', nodes: ['p1'] }, /primaries are found in the run/],
  [{ fault: 'delay', by: { kind: 'pareto', minMs: 1, shape: 0 } }, /the shape is 0/],
  [
    { fault: 'pause', node: 'p1', repeat: { everyMs: 5, times: 2 } },
    /a fault that repeats must end; give forMs/,
  ],
  [
    { fault: 'pause', node: 'p1', forMs: 5, repeat: { everyMs: 5, times: 2 } },
    /it lasts 5 ms and repeats every 5 ms; it must end before/,
  ],
  [
    { fault: 'pause', node: 'p1', forMs: 1, repeat: { everyMs: 5, times: 1.5 } },
    /times is 1\.5; it must be a whole number/,
  ],
];

test('a wrong fault is told in one sentence', () => {
  for (const [fault, sentence] of wrong) expect(() => struck([fault as never])).toThrow(sentence);
});
