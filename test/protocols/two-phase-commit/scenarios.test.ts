/** What each scenario of two-phase commit shows, and why: the sentences that the reports rely on. */
import { describe, expect, test } from 'vitest';
import { type Outcome, type Run, run } from '../../../src/index.ts';
import { nonTriviality } from '../../../src/protocols/atomic-commitment/properties.ts';
import { twoPhaseCommit } from '../../../src/protocols/index.ts';
import { spansIn } from '../../../src/simulator/span-recorder.ts';

const inDoubt = { from: 'uncertain', to: 'certain' };

const inScenario = (scenario: string, parameters: object = {}): Run =>
  run(twoPhaseCommit, { seed: 1, scenario, parameters: { ...parameters }, trace: true });

const decided = ({ end }: Run): Readonly<Record<string, string>> =>
  (end.observed as { readonly decided: Readonly<Record<string, string>> }).decided;

interface Claim {
  readonly outcome: Outcome;
  readonly reason?: string;
  /** What each process has decided in the end, in the order coordinator, p1, p2, p3. */
  readonly decisions: readonly (string | undefined)[];
}

const all = (decision: string) => [decision, decision, decision, decision];

const claims: Readonly<Record<string, Claim>> = {
  'fault-free': { outcome: 'recovered', decisions: all('commit') },
  'no-vote': { outcome: 'recovered', decisions: all('abort') },
  'coordinator-crash': {
    outcome: 'blocked',
    reason: 'p1, p2, p3 are in doubt and the coordinator is down',
    decisions: ['commit', undefined, undefined, undefined],
  },
  'coordinator-crash-and-return': { outcome: 'recovered', decisions: all('commit') },
  // The coordinator itself has decided nothing: it presumes abort for a transaction it does not know.
  'coordinator-crash-undecided': {
    outcome: 'recovered',
    decisions: [undefined, 'abort', 'abort', 'abort'],
  },
  'one-informed': {
    outcome: 'blocked',
    reason: 'p2, p3 are in doubt and the coordinator is down',
    decisions: ['commit', 'commit', undefined, undefined],
  },
  'one-informed-cooperative': { outcome: 'recovered', decisions: all('commit') },
  'participant-crash-before-vote': {
    outcome: 'recovered',
    decisions: ['abort', undefined, 'abort', 'abort'],
  },
  'participant-crash-prepared': { outcome: 'recovered', decisions: all('commit') },
  'informed-crash': {
    outcome: 'blocked',
    reason: 'p2, p3 are in doubt and the coordinator is down',
    decisions: ['commit', 'commit', undefined, undefined],
  },
  partition: { outcome: 'recovered', decisions: all('commit') },
  'partition-unhealed': {
    outcome: 'blocked',
    reason: 'p1, p2, p3 are in doubt and the coordinator is cut off',
    decisions: ['commit', undefined, undefined, undefined],
  },
  'false-suspicion': { outcome: 'recovered', decisions: all('commit') },
};

describe('the scenario', () => {
  for (const [name, { outcome, reason, decisions }] of Object.entries(claims))
    test(`${name} ends ${outcome}${reason === undefined ? '' : `: ${reason}`}`, () => {
      const done = inScenario(name);
      expect(done.verdict).toBe('holds');
      expect([done.outcome, done.reason]).toEqual([outcome, reason]);
      const now = decided(done);
      expect(['coordinator', 'p1', 'p2', 'p3'].map((address) => now[address])).toEqual(decisions);
      expect(done.unreached).toEqual([]);
    });

  test('lost-messages loses some and recovers all the same', () => {
    const done = inScenario('lost-messages');
    expect(done.metrics.drops.loss).toBeGreaterThan(0);
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
  });

  test('duplicated-messages delivers copies and recovers all the same', () => {
    const done = inScenario('duplicated-messages');
    expect(done.metrics.messages.duplicated).toBeGreaterThan(0);
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
  });

  test('storage-loss is beyond the assumptions: who forgot his yes aborts, and the others commit', () => {
    const done = inScenario('storage-loss');
    expect(done.verdict).toBe('violated');
    expect(decided(done)).toMatchObject({ coordinator: 'commit', p1: 'abort', p2: 'commit' });
  });

  test('has a claim here, whichever it is', () => {
    const others = ['lost-messages', 'duplicated-messages', 'storage-loss'];
    const known = [...Object.keys(claims), ...others];
    expect(Object.keys(twoPhaseCommit.scenarios ?? {}).sort()).toEqual(known.sort());
  });
});

describe('the coordinator that dies', () => {
  test('strictly before its first decision message leaves every yes-voter blocked until it is back', () => {
    const blocked = inScenario('coordinator-crash');
    expect(blocked.metrics.spans.inDoubt).toMatchObject({ count: 3, open: 3 });
    const back = inScenario('coordinator-crash-and-return');
    const spans = spansIn(back.trace, inDoubt);
    expect(spans).toHaveLength(3);
    // It died at 30 ms, with the commit record durable, and tells the decision when it is back.
    for (const { fromMs, toMs } of spans) expect([fromMs, toMs]).toEqual([15, 540]);
  });

  test('undecided comes back without a record, and an empty log means abort', () => {
    const done = inScenario('coordinator-crash-undecided');
    expect(done.end.records('coordinator').durable).toEqual([]);
    expect(done.metrics.marks.decided).toBeGreaterThan(0);
  });

  test('leaves nobody in doubt who can ask an informed peer', () => {
    const done = inScenario('one-informed-cooperative');
    expect(done.metrics.messagesByType.INQUIRE?.sent).toBe(6);
    expect(done.metrics.spans.inDoubt?.open).toBe(0);
  });
});

describe('AC4, non-triviality', () => {
  test('holds in runs without faults: all yes commits, any no aborts', () => {
    const seen = { commit: 0, abort: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const participants = 1 + (seed % 5);
      const done = run(twoPhaseCommit, { seed, parameters: { participants, votes: 'any' } });
      expect(nonTriviality.holds(done.end as never), `seed ${seed}`).toBe(true);
      const { votes } = done.end.observed as { readonly votes: Readonly<Record<string, boolean>> };
      expect(Object.keys(votes)).toHaveLength(participants);
      const expected = Object.values(votes).every((yes) => yes) ? 'commit' : 'abort';
      expect(new Set(Object.values(decided(done))), `seed ${seed}`).toEqual(new Set([expected]));
      seen[expected]++;
    }
    expect(Math.min(seen.commit, seen.abort)).toBeGreaterThan(20);
  });

  test('is not what is judged when a node is down: then abort may follow all yes', () => {
    const done = inScenario('participant-crash-before-vote');
    expect(done.properties.map(({ name }) => name)).not.toContain(nonTriviality.name);
  });
});
