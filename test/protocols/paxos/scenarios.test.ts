/** How the scenarios of Paxos end, the duel of the oracle step by step, and what is refused. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, type Run, run } from '../../../src/index.ts';
import { paxos } from '../../../src/protocols/index.ts';
import oracle from '../../calibration/paxos-costs.json' with { type: 'json' };

const decidedIn = ({ end }: Run): readonly string[] => {
  const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
  return [...new Set(Object.values(decided))];
};

describe('with which value each scenario ends, and how', () => {
  const waits = (reason: RegExp, ...values: string[]) => ({ outcome: 'blocked', reason, values });
  const learns = (...values: string[]) => ({ outcome: 'recovered', reason: undefined, values });
  const expected: Readonly<Record<string, ReturnType<typeof waits | typeof learns>>> = {
    'fault-free': learns('"v1"'),
    'acceptor-crash': learns('"v1"'),
    'acceptor-restart': learns('"v1"'),
    'acceptor-restart-voted': learns('"v1"'),
    'majority-crash': waits(/^p1 reaches 1 of 3 acceptors, and phase 2 needs 2; l1 reaches nobody/),
    'majority-crash-and-return': learns('"v1"'),
    'proposer-crash-partial-2a': learns('"v1"'),
    'proposer-crash-and-return': learns('"v1"'),
    'proposer-crash-chosen': learns('"v1"'),
    'proposers-crash': waits(/^l1 reaches nobody who knows a value$/),
    'learner-crash': learns('"v1"'),
    'false-suspicion': learns('"v2"'),
    partition: learns('"v2"'),
    'partition-unhealed': waits(/^p1 reaches 1 of 3 acceptors, and phase \d needs 2$/, '"v2"'),
    'flexible-quorums': learns('"v1"'),
  };
  test.each(Object.entries(expected))('%s', (scenario, { outcome, reason, values }) => {
    for (let seed = 1; seed <= 5; seed++) {
      const done = run(paxos as AnySystem, { seed, scenario });
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', outcome]);
      if (reason === undefined) expect(done.reason).toBeUndefined();
      else expect(done.reason).toMatch(reason);
      expect(decidedIn(done)).toEqual(values);
      expect(done.unreached).toEqual([]);
    }
  });

  test.each(['two-proposers', 'duel-random', 'lost-messages', 'duplicated-messages'])(
    '%s: one of the values, learnt by all',
    (scenario) => {
      for (let seed = 1; seed <= 20; seed++) {
        const done = run(paxos as AnySystem, { seed, scenario });
        expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
        expect(decidedIn(done)).toHaveLength(1);
      }
    },
  );

  test('storage-loss breaks agreement, seen in the votes before any learner is misled', () => {
    const done = run(paxos, { seed: 1, scenario: 'storage-loss' });
    const violated = done.properties.filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ name }) => name)).toEqual(['one value chosen']);
  });
});

describe('the duel of the oracle', () => {
  /** `p1 sends 1a(1)`, `a1 promises 1`, `a2 refuses 2a(1)`: what happens, in order. */
  function told({ trace }: Run): readonly string[] {
    return trace.flatMap(({ decision, effects }) =>
      effects.flatMap((effect) => {
        if (effect.type !== 'send') return [];
        const { from, to, message } = effect.envelope;
        const { type, ballot } = message as { readonly type: string; readonly ballot: number };
        const by = from.split('/')[0];
        if (type === '1a' || type === '2a')
          return to === 'a1' ? [`${by} sends ${type}(${ballot})`] : [];
        if (type === '1b') return [`${by} promises ${ballot}`];
        if (type !== 'NACK') return [];
        const refused = decision.type === 'deliver' ? decision.message.type : '';
        return [`${by} refuses ${refused}(${ballot})`];
      }),
    );
  }

  const everyone = (did: string): readonly string[] => ['a1', 'a2', 'a3'].map((a) => `${a} ${did}`);

  test('goes as its script says: six steps, and so on', () => {
    expect(oracle.duellingProposers.script).toHaveLength(6);
    const done = run(paxos, { seed: 1, scenario: 'duel', trace: true });
    const script = [
      'p1 sends 1a(1)',
      ...everyone('promises 1'),
      'p2 sends 1a(2)',
      'p1 sends 2a(1)',
      ...everyone('promises 2'),
      ...everyone('refuses 2a(1)'),
      'p1 sends 1a(3)',
      'p2 sends 2a(2)',
      ...everyone('promises 3'),
      ...everyone('refuses 2a(2)'),
      'p2 sends 1a(4)',
    ];
    const happened = told(done);
    const inOrder = (lines: readonly string[]): number[] =>
      lines.map((one) => happened.indexOf(one));
    // Every step of the script, each proposer's and each acceptor's own in the order in which it stands there.
    for (const actor of ['p1', 'p2', 'a1', 'a2', 'a3']) {
      const own = inOrder(script.filter((line) => line.startsWith(actor)));
      expect(own.includes(-1), actor).toBe(false);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    const [second, phase2] = inOrder(['p2 sends 1a(2)', 'p1 sends 2a(1)']);
    const promised = inOrder(everyone('promises 2'));
    const refused = inOrder(everyone('refuses 2a(1)'));
    expect(second).toBeGreaterThan(Math.max(...inOrder(everyone('promises 1').slice(0, 1))));
    expect(Math.max(...promised)).toBeLessThan(Math.min(...refused));
    expect(phase2).toBeLessThan(Math.min(...refused));
  });

  test.each(oracle.duellingProposers.rows)(
    'n = $n, k = $k: $prepareMessages prepare messages, and no value chosen',
    ({ n, k, prepareMessages, chosenValues }) => {
      const parameters = { acceptors: n, ballots: 2 * k, backOff: 'fixed', learners: 0 } as const;
      const done = run(paxos, { seed: 1, scenario: 'duel', parameters, trace: true });
      expect(done.metrics.messagesByType['1a']?.sent).toBe(prepareMessages);
      // k rounds end when the last 1a is answered: what comes then is a ballot without a rival.
      const lines = done.trace.flatMap(({ effects }) => effects);
      const isLast1b = (effect: (typeof lines)[number]): boolean =>
        effect.type === 'send' &&
        effect.envelope.message.type === '1b' &&
        (effect.envelope.message as unknown as { readonly ballot: number }).ballot === 2 * k;
      const rounds = lines.slice(0, lines.findLastIndex(isLast1b) + 1);
      const votes = rounds.filter((effect) => effect.type === 'mark' && effect.name === 'voted');
      expect(votes).toHaveLength(chosenValues);
    },
  );

  test('random back-off ends it: in each of 100 seeds, most often within four ballots', () => {
    const ballots: number[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const done = run(paxos, { seed, scenario: 'duel-random' });
      expect([done.verdict, done.outcome], `seed ${seed}`).toEqual(['holds', 'recovered']);
      ballots.push((done.metrics.messagesByType['1a']?.sent ?? 0) / 3);
    }
    expect(Math.max(...ballots)).toBeLessThan(20);
    expect(ballots.toSorted((a, b) => a - b)[50]).toBeLessThanOrEqual(6);
  });
});

describe('what is refused, in one sentence', () => {
  const start = (parameters: Readonly<Record<string, unknown>>) => () =>
    run(paxos as AnySystem, { seed: 1, parameters });
  test.each([
    [
      { acceptors: 4, phase1Quorum: 2, phase2Quorum: 2 },
      'can miss each other; they must add up to 5',
    ],
    [{ phase1Quorum: 4 }, 'phase1Quorum is 4, more than there are acceptors'],
    [{ phase2Quorum: 9 }, 'it must be a whole number from 1 to 3, or 0'],
    [{ placement: 'together', proposers: 4 }, 'proposers is 4; placed together'],
    [{ placement: 'together', learners: 5 }, 'learners is 5; placed together'],
  ])('%o', (parameters, sentence) => {
    expect(start(parameters)).toThrow(sentence);
  });

  test('quorums that meet, and those that may miss each other because somebody asks for it', () => {
    expect(start({ acceptors: 4, phase1Quorum: 3, phase2Quorum: 2 })).not.toThrow();
    expect(start({ acceptors: 4, phase1Quorum: 2, phase2Quorum: 2, mayMiss: true })).not.toThrow();
  });
});
