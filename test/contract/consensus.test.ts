/**
 * What every protocol of consensus must show (src/protocols/consensus): agreement, validity and integrity under
 * all that it promises to survive, and a decision of all who must decide once failures have healed. A protocol
 * joins by a row here; its observer keeps what {@link consensusObserver} keeps.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, type Observer, type Run, run, swarm, variant } from '../../src/index.ts';
import {
  consensusAgreement,
  consensusIntegrity,
  consensusObserver,
  consensusValidity,
  type ObservedConsensus,
  paxos,
} from '../../src/protocols/index.ts';

interface Implementation {
  readonly name: string;
  readonly system: AnySystem;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** The processes that decide in every run in which all failures end. */
  readonly deciders: readonly string[];
}

const implementations: readonly Implementation[] = [
  {
    name: 'paxos, one proposer',
    system: paxos as AnySystem,
    parameters: { proposers: 1, acceptors: 3, learners: 2 },
    deciders: ['p1/learner', 'l1', 'l2'],
  },
  {
    name: 'paxos, three proposers and five acceptors',
    system: paxos as AnySystem,
    parameters: { proposers: 3, acceptors: 5, learners: 1 },
    deciders: ['p1/learner', 'p2/learner', 'p3/learner', 'l1'],
  },
  {
    name: 'paxos, roles on shared nodes, thrifty',
    system: paxos as AnySystem,
    parameters: { proposers: 2, learners: 3, placement: 'together', thrifty: true },
    deciders: ['s1/learner', 's2/learner', 's3/learner'],
  },
  {
    name: 'paxos, flexible quorums',
    system: paxos as AnySystem,
    parameters: { proposers: 2, acceptors: 4, phase1Quorum: 3, phase2Quorum: 2 },
    deciders: ['p1/learner', 'p2/learner', 'l1'],
  },
];

const contract = [consensusAgreement, consensusValidity, consensusIntegrity];
const names = contract.map(({ name }) => name);
const nodeOf = (process: string): string => process.split('/')[0] ?? process;
const observedIn = ({ end }: Run): ObservedConsensus => end.observed as ObservedConsensus;

describe.each(implementations)('$name', ({ system, parameters, deciders }) => {
  test('promises agreement, validity and integrity as the contract says them', () => {
    for (const property of contract) expect(system.properties).toContain(property);
  });

  test('says how its processes recover, when they may wait, and what breaks it', () => {
    expect(system.settled).toBeDefined();
    expect(system.blocked).toBeDefined();
    const breaks = Object.keys(system.scenarios ?? {}).filter(
      (scenario) => run(system, { seed: 1, scenario }).verdict === 'violated',
    );
    expect(breaks).toEqual(['storage-loss']);
  });

  test('without faults all decide one value, and each once', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const done = run(system, { seed, parameters, scenario: 'two-proposers', trace: true });
      const { decided, proposed } = observedIn(done);
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      expect(Object.keys(decided).sort()).toEqual([...deciders].sort());
      expect(new Set(Object.values(decided)).size).toBe(1);
      expect(proposed).toContain(Object.values(decided)[0]);
      const marks = done.trace.flatMap(({ effects }) =>
        effects.filter((effect) => effect.type === 'mark' && effect.name === 'decided'),
      );
      expect(marks).toHaveLength(deciders.length);
    }
  });

  test('under whatever it promises to survive: safe, and no run is stuck', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
      for (const name of names)
        expect(done.properties.find((one) => one.name === name)?.verdict).toBe('holds');
    }
  });

  test('once failures have healed, everybody decides', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { faults, ...weather } = swarm(system, seed, { parameters });
      // A profile may heal a part for good; here everything heals.
      const transient = faults.filter(({ fault }) => fault !== 'heal');
      const healed = [...transient, { fault: 'heal', atMs: 2000 } as const];
      const done = run(system, { seed, parameters, ...weather, faults: healed, horizonMs: 20_000 });
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      // A run ends when all who are up have decided; who is still down then may learn later.
      const { decided } = observedIn(done);
      expect(new Set(Object.values(decided)).size).toBe(1);
      for (const one of deciders)
        if (done.end.isUp(nodeOf(one))) expect(Object.keys(decided), `seed ${seed}`).toContain(one);
    }
  });

  test('the same seed is the same run', () => {
    const options = { seed: 3, parameters, ...swarm(system, 3, { parameters }) };
    expect(run(system, options).digest).toBe(run(system, options).digest);
  });
});

describe('the contract finds who breaks it', () => {
  const mark = (name: string, process: string, value: unknown) => ({
    name,
    process,
    data: { value },
  });
  const seen = (...marks: readonly ReturnType<typeof mark>[]): ObservedConsensus =>
    marks.reduce(
      (observed, one) => (consensusObserver as Observer<ObservedConsensus>).on(observed, one),
      consensusObserver.initial,
    );
  const broken = (observed: ObservedConsensus): readonly string[] =>
    contract.filter((one) => !one.holds({ observed } as never)).map(({ name }) => name);
  const proposed = mark('proposed', 'a', 1);

  test.each([
    [
      'two values',
      [proposed, mark('proposed', 'b', 2), mark('decided', 'a', 1), mark('decided', 'b', 2)],
      ['agreement'],
    ],
    ['a value of nobody', [proposed, mark('decided', 'a', 3)], ['validity']],
    [
      'a changed decision',
      [proposed, mark('decided', 'a', 1), mark('decided', 'a', 2), mark('decided', 'a', 1)],
      ['integrity'],
    ],
    ['the same again', [proposed, mark('decided', 'a', 1), mark('decided', 'a', 1)], []],
    [
      'a text that looks like what is kept of a change',
      [mark('proposed', 'a', 'changed'), mark('decided', 'a', 'changed')],
      [],
    ],
    [
      'equal data in another order',
      [mark('proposed', 'a', { x: 1, y: 2 }), mark('decided', 'a', { y: 2, x: 1 })],
      [],
    ],
  ] as const)('%s', (_, marks, expected) => {
    expect(broken(seen(...marks))).toEqual(expected);
  });

  test('a protocol whose learners decide what is not chosen', () => {
    const liar = variant(paxos, 'liar', {
      provide: {
        learner: {
          guards: {
            hasPhase2Quorum: (step: {
              readonly context: { readonly counts: readonly unknown[] };
            }) => step.context.counts.length > 0,
          },
        },
      },
    });
    const verdicts = Array.from(
      { length: 20 },
      (_, seed) => run(liar as AnySystem, { seed }).verdict,
    );
    expect(verdicts).toContain('violated');
  });
});
