/** Shapes of partitions, and links that hold their messages back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import {
  constant,
  type Decision,
  defineProcess,
  defineSystem,
  type Fault,
  instantiate,
  type LinkChoice,
  type LinkList,
  type Run,
  replay,
  replicate,
  run,
  runFileOf,
  type Schedule,
  variant,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { chosenLinks } from '../../src/simulator/partitions.ts';

const idle = setup({}).createMachine({ id: 'idle', initial: 'here', states: { here: {} } });
const system = defineSystem({
  name: 'idle',
  parameters: { nodes: 5 },
  nodes: ({ nodes }) => replicate('n', nodes, () => defineProcess({ machine: idle })),
  primaries: () => ['n2'],
});

/** The links cut, and who hears from whom, itself included. */
function shape(nodes: number, choice: LinkChoice, draws: readonly number[] = [0]) {
  const instance = instantiate(system, { nodes });
  let drawn = 0;
  const links = chosenLinks(instance, choice, {
    draw: () => draws[drawn++ % draws.length] ?? 0,
    view: () => run(system, { seed: 1, parameters: { nodes } }).end,
  });
  const cut = new Set(links.map((link) => link.join('>')));
  const ids = instance.nodes.map(({ id }) => id);
  const heardBy = (to: string) => ids.filter((from) => !cut.has(`${from}>${to}`));
  return { ids, cut, heardBy, drawn };
}

const count = fc.integer({ min: 1, max: 9 });
const draws = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1 });

describe('the shape', () => {
  test('majorities-ring lets each node hear from a majority, and no two from the same one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9 }), draws, (nodes, drawn) => {
        const { ids, heardBy } = shape(nodes, { shape: 'majorities-ring' }, drawn);
        const heard = ids.map(heardBy);
        for (const [index, id] of ids.entries()) {
          expect(heard[index]).toContain(id);
          expect(heard[index]).toHaveLength(Math.floor(nodes / 2) + 1);
        }
        expect(new Set(heard.map((list) => list.join())).size).toBe(nodes);
      }),
      { seed: 71, numRuns: 200 },
    );
  });

  test('majorities-ring of five is symmetric: each hears from its two neighbours', () => {
    const nodes = ['n3', 'n1', 'n5', 'n2', 'n4'];
    const { heardBy } = shape(5, { shape: 'majorities-ring', nodes });
    for (const [index, id] of nodes.entries())
      expect(new Set(heardBy(id))).toEqual(
        new Set([nodes[(index + 4) % 5], id, nodes[(index + 1) % 5]]),
      );
  });

  test('isolate-one cuts one node off from all, and no other link', () => {
    fc.assert(
      fc.property(count, draws, (nodes, drawn) => {
        const { ids, heardBy, cut } = shape(nodes, { shape: 'isolate-one' }, drawn);
        if (nodes > 1)
          expect(ids.filter((id) => heardBy(id).length === 1 || nodes === 2)).not.toEqual([]);
        expect(cut.size).toBe(2 * (nodes - 1));
      }),
      { seed: 72, numRuns: 100 },
    );
  });

  test('halves divides into two sides whose sizes differ by at most one', () => {
    fc.assert(
      fc.property(count, draws, (nodes, drawn) => {
        const { ids, heardBy } = shape(nodes, { shape: 'halves' }, drawn);
        const sides = new Set(ids.map((id) => heardBy(id).join()));
        expect([...sides].map((side) => side.split(',').length).sort()).toEqual(
          nodes === 1 ? [1] : [Math.floor(nodes / 2), Math.ceil(nodes / 2)].sort(),
        );
      }),
      { seed: 73, numRuns: 100 },
    );
  });

  test('bridge leaves one node that everyone hears, between two halves that do not', () => {
    const { heardBy } = shape(5, { shape: 'bridge', nodes: ['n1', 'n2', 'n3', 'n4', 'n5'] });
    expect(heardBy('n1')).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    for (const id of ['n2', 'n3']) expect(heardBy(id)).toEqual(['n1', 'n2', 'n3']);
    for (const id of ['n4', 'n5']) expect(heardBy(id)).toEqual(['n1', 'n4', 'n5']);
  });

  test('primaries cuts off the nodes that the system names', () => {
    const { heardBy } = shape(4, { shape: 'primaries' });
    expect(heardBy('n2')).toEqual(['n2']);
    expect(heardBy('n3')).toEqual(['n1', 'n3', 'n4']);
  });

  test('over some nodes leaves the links of the others alone, and draws no order', () => {
    const { cut, drawn } = shape(5, { shape: 'isolate-one', nodes: ['n4', 'n1'] });
    expect([...cut].sort()).toEqual(['n1>n4', 'n4>n1']);
    expect(drawn).toBe(0);
  });

  test('is the same on both sides of a seed, and another under another', () => {
    const cutUnder = (seed: number): string => {
      const faults: Schedule = [{ fault: 'partition', shape: 'halves', atMs: 1 }];
      const { trace } = run(system, { seed, faults, trace: true });
      return JSON.stringify(trace.map(({ decision }) => decision));
    };
    expect(cutUnder(4)).toBe(cutUnder(4));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => cutUnder(seed))).size).toBeGreaterThan(
      3,
    );
  });
});

describe('groups with a direction', () => {
  test('cut only what leads out of the first group, or into it', () => {
    const groups = [['n1', 'n2'], ['n3']];
    const out = shape(4, { groups, direction: 'out' }).cut;
    const inward = shape(4, { groups, direction: 'in' }).cut;
    expect([...out].sort()).toEqual(['n1>n3', 'n1>n4', 'n2>n3', 'n2>n4']);
    expect([...inward].sort()).toEqual(['n3>n1', 'n3>n2', 'n4>n1', 'n4>n2']);
    // The third side, n4, is cut off from n3 in neither direction.
    expect([...out, ...inward].some((link) => /n3>n4|n4>n3/.test(link))).toBe(false);
  });
});

/** 10 ms a message, 5 ms a forced write: PREPARE arrives at 10, the votes at 25, COMMIT at 40. */
const struck = (faults: Schedule, which = twoPhaseCommit as typeof twoPhaseCommit): Run => {
  const done = run(which, {
    seed: 1,
    latency: constant(10),
    forceLatency: constant(5),
    faults,
    parameters: { votes: 'yes', participants: 2 },
    trace: true,
  });
  expect(replay(which, runFileOf(done)).same).toBe(true);
  return done;
};
const times = ({ trace }: Run, wanted: (decision: Decision) => boolean): number[] =>
  trace.filter(({ decision }) => wanted(decision)).map(({ atUs = 0 }) => atUs / 1000);
const delivered = (type: string, to: string) => (decision: Decision) =>
  decision.type === 'deliver' && decision.message.type === type && decision.to === to;

describe('held links', () => {
  const held = (fields: Partial<Fault>): Fault =>
    ({ fault: 'hold', links: [['coordinator', 'p1']] as LinkList, ...fields }) as Fault;

  test('keep what arrives, and deliver it when the fault ends', () => {
    const done = struck([held({ atMs: 0, forMs: 33 })]);
    expect(times(done, delivered('PREPARE', 'p1'))).toEqual([33]);
    expect(times(done, delivered('PREPARE', 'p2'))).toEqual([10]);
    expect(done.metrics.messages.dropped).toBe(0);
    expect(times(done, ({ type }) => type === 'cut' || type === 'mend')).toEqual([]);
  });

  test('that another fault holds too stay held', () => {
    const done = struck([held({ atMs: 0, forMs: 33 }), held({ atMs: 20, forMs: 30 })]);
    expect(times(done, delivered('PREPARE', 'p1'))).toEqual([50]);
  });

  test('deliver in the order of arrival on a network of queues', () => {
    const fifo = variant(twoPhaseCommit, 'fifo', { network: { order: 'fifo' } });
    const done = struck([held({ atMs: 5, forMs: 300 })], fifo);
    const types = done.trace.flatMap(({ decision }) =>
      decision.type === 'deliver' && decision.to === 'p1' ? [decision.message.type] : [],
    );
    expect(types[0]).toBe('PREPARE');
    expect(types.length).toBeGreaterThan(1);
    const byTime = times(done, (one) => one.type === 'deliver' && one.to === 'p1');
    expect(byTime[0]).toBe(305);
  });

  test('for ever leave the message in flight', () => {
    const done = struck([held({ atMs: 0 })]);
    expect(done.end.inFlight.some(({ to }) => to === 'p1')).toBe(true);
  });
});

describe('a fault that repeats', () => {
  test('comes as often as it says, each as long, at equal distances', () => {
    const repeat = { everyMs: 40, times: 4 };
    const done = struck([{ fault: 'partition', groups: [['p1']], atMs: 3, forMs: 7, repeat }]);
    const cuts = times(done, ({ type }) => type === 'cut');
    const mends = times(done, ({ type }) => type === 'mend');
    expect(cuts.slice(0, 4)).toEqual([3, 43, 83, 123].slice(0, cuts.length));
    expect(mends).toEqual(cuts.slice(0, mends.length).map((at) => at + 7));
    expect(cuts.length).toBeGreaterThan(2);
  });
});

describe('loss over some links', () => {
  test('strikes them alone', () => {
    const done = struck([{ fault: 'loss', probability: 1, links: [['p1', 'coordinator']] }]);
    for (const { decision } of done.trace)
      if (decision.type === 'drop')
        expect([decision.from, decision.to]).toEqual(['p1', 'coordinator']);
    expect(done.metrics.drops.loss).toBeGreaterThan(0);
  });
});

describe('a delay', () => {
  test('lengthens what is sent meanwhile, and moves no other draw', () => {
    const by = { kind: 'constant', ms: 4 } as const;
    const done = struck([{ fault: 'delay', by, links: [['coordinator', 'p1']], forMs: 5 }]);
    expect(times(done, delivered('PREPARE', 'p1'))).toEqual([14]);
    expect(times(done, delivered('PREPARE', 'p2'))).toEqual([10]);
    expect(times(done, delivered('COMMIT', 'p1'))).toEqual(times(done, delivered('COMMIT', 'p2')));
  });
});
