/**
 * Messages, forced writes and delays of presumed-nothing two-phase commit against the formulas of the
 * papers (test/calibration/commit-costs.json).
 */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run, variant } from '../../../src/index.ts';
import { twoPhaseCommit } from '../../../src/protocols/index.ts';
import { spansIn } from '../../../src/simulator/span-recorder.ts';
import costs from '../../calibration/commit-costs.json' with { type: 'json' };
import { evaluate } from '../../calibration/formula.ts';
import { named, records } from './records.ts';

const inDoubt = { from: 'uncertain', to: 'certain' };

interface Weather {
  readonly d: number;
  readonly w: number;
}

function faultless(
  parameters: Readonly<Record<string, unknown>>,
  { d, w }: Weather = { d: 10, w: 5 },
  seed = 1,
  system = twoPhaseCommit,
): Run {
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  return run(system, { seed, parameters, ...weather, trace: true });
}

const decisionsOf = ({ end }: Run): string[] => {
  const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
  return Object.values(decided);
};

describe('a commit without faults', () => {
  const { commit } = costs;
  for (let n = 1; n <= 10; n++)
    test(`costs ${commit.messagesCommit} messages and ${commit.totalForcedWrites} forced writes: N = ${n}`, () => {
      const done = faultless({ participants: n, votes: 'yes' });
      const { messages, messagesByType, writes, nodes } = done.metrics;
      const at = { N: n };
      expect(new Set(decisionsOf(done))).toEqual(new Set(['commit']));
      expect(messages.sent).toBe(evaluate(commit.messagesCommit, at));
      expect(messages.sent - (messagesByType.ACK?.sent ?? 0)).toBe(
        evaluate(commit.messagesCommitWithoutAcks, at),
      );
      expect(messages.delivered).toBe(messages.sent);
      for (const type of ['PREPARE', 'VOTE', 'COMMIT', 'ACK'])
        expect(messagesByType[type]?.sent, type).toBe(n);
      expect(writes.forced).toBe(evaluate(commit.totalForcedWrites, at));
      expect(nodes.coordinator?.writes.forced).toBe(evaluate(commit.coordinatorForcedWrites, at));
      for (let i = 1; i <= n; i++)
        expect(nodes[`p${i}`]?.writes).toEqual({
          forced: evaluate(commit.participantForcedWrites, at),
          unforced: commit.participantUnforcedRecords.length,
        });
    });

  test('equals the published rows, where there are some', () => {
    for (const { n, messages, forcedWrites } of commit.rows) {
      const { metrics } = faultless({ participants: n, votes: 'yes' });
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWrites]);
    }
  });

  test('writes the records that the papers name, forced and unforced', () => {
    const done = faultless({ participants: 1, votes: 'yes' });
    expect(records(done, /^coordinator$/)).toEqual(
      named(commit.coordinatorForcedRecords, commit.coordinatorUnforcedRecords),
    );
    expect(records(done, /^p/)).toEqual(
      named(commit.participantForcedRecords, commit.participantUnforcedRecords),
    );
  });
});

describe('an abort without faults', () => {
  const { abort } = costs;
  /** Everybody votes no: without the transition the choice to vote yes is never open. */
  const allNo = variant(twoPhaseCommit, 'all-no', {
    patch: {
      participant: (config) => {
        const voting = config.states?.voting ?? {};
        const { CAN_COMMIT: _, ...on } = voting.on as Record<string, unknown>;
        return { ...config, states: { ...config.states, voting: { ...voting, on } } } as never;
      },
    },
  });

  const expectCosts = (done: Run, n: number, k: number): void => {
    const { messages, nodes } = done.metrics;
    expect(new Set(decisionsOf(done))).toEqual(new Set(['abort']));
    expect(messages.sent, `N = ${n}, k = ${k}`).toBe(evaluate(abort.messagesTotal, { N: n, k }));
    expect(done.metrics.messagesByType.ABORT?.sent ?? 0).toBe(
      evaluate(abort.decisionMessages, { k }),
    );
    const { min, max } = abort.coordinatorForcedWrites;
    expect(nodes.coordinator?.writes.forced).toBeGreaterThanOrEqual(min);
    expect(nodes.coordinator?.writes.forced).toBeLessThanOrEqual(max);
    const { votes } = done.end.observed as { readonly votes: Readonly<Record<string, boolean>> };
    for (const [voter, yes] of Object.entries(votes)) {
      const legal = yes ? abort.yesVoterForcedWrites : abort.noVoterForcedWrites;
      const forced = nodes[voter]?.writes.forced ?? 0;
      expect(forced, voter).toBeGreaterThanOrEqual(legal.min);
      expect(forced, voter).toBeLessThanOrEqual(legal.max);
    }
  };

  for (let n = 1; n <= 10; n++)
    test(`costs ${abort.messagesTotal} messages: N = ${n}, one no and no yes at all`, () => {
      expectCosts(faultless({ participants: n, votes: 'one-no' }), n, n - 1);
      expectCosts(faultless({ participants: n, votes: 'any' }, undefined, 1, allNo), n, 0);
    });

  test('costs that for every number of yes votes between', () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 400 && seen.size < 4; seed++) {
      const done = faultless({ participants: 4, votes: 'any' }, undefined, seed);
      if (decisionsOf(done).includes('commit')) continue;
      const { votes } = done.end.observed as { readonly votes: Readonly<Record<string, boolean>> };
      const k = Object.values(votes).filter((yes) => yes).length;
      expectCosts(done, 4, k);
      seen.add(k);
    }
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });

  test('equals the published rows', () => {
    for (const { n, k, messages } of abort.rows) {
      const done =
        k === 0
          ? faultless({ participants: n, votes: 'any' }, undefined, 1, allNo)
          : faultless({ participants: n, votes: 'one-no' });
      expect(done.metrics.messages.sent).toBe(messages);
    }
  });
});

const weathers: readonly Weather[] = [
  { d: 10, w: 5 },
  { d: 1, w: 0 },
  { d: 0, w: 3 },
  { d: 7, w: 11 },
  { d: 2.5, w: 0.25 },
];

describe('the timeline of a commit', () => {
  for (const { d, w } of weathers)
    test(`follows the formulas: d = ${d} ms, w = ${w} ms`, () => {
      const done = faultless({ participants: 3, votes: 'yes' }, { d, w });
      const at = (matches: (line: string) => boolean): number[] => {
        const times = done.trace.flatMap(({ atUs = 0, decision, effects }) => {
          const received = decision.type === 'deliver' ? [`gets ${decision.message.type}`] : [];
          const did = effects.flatMap((effect) => {
            if (effect.type === 'send') return [`sends ${effect.envelope.message.type}`];
            if (effect.type === 'mark')
              return [`${effect.process === 'coordinator' ? 'c' : 'p'} ${effect.name}`];
            return [];
          });
          return [...received, ...did].filter(matches).map(() => atUs / 1000);
        });
        return [...new Set(times)];
      };
      const events: Readonly<Record<string, (line: string) => boolean>> = {
        'participants receive prepare': (line) => line === 'gets PREPARE',
        'vote leaves a participant (prepared record forced)': (line) => line === 'sends VOTE',
        'coordinator has decided and forced the decision (decision known at the coordinator)': (
          line,
        ) => line === 'c decided',
        'participant learns the decision': (line) => line === 'gets COMMIT',
        'participant has forced the decision': (line) => line === 'p decided',
      };
      for (const { event, at: formula } of costs.timeline.events) {
        const expected = evaluate(formula, { d, w });
        const matches = events[event];
        if (matches !== undefined) expect(at(matches), event).toEqual([expected]);
        else expect(done.virtualMs, event).toBe(expected);
      }
    });

  for (const { d, w } of weathers)
    test(`leaves a participant in doubt exactly from d + w to 3d + 2w: d = ${d}, w = ${w}`, () => {
      const { from, until, length } = costs.blockingWindow;
      const done = faultless({ participants: 3, votes: 'yes' }, { d, w });
      const spans = spansIn(done.trace, inDoubt);
      expect(spans).toHaveLength(3);
      expect(done.metrics.spans.inDoubt).toMatchObject({ count: 3, open: 0 });
      for (const { fromMs, toMs } of spans) {
        expect(fromMs).toBe(evaluate(from, { d, w }));
        expect(toMs).toBe(evaluate(until, { d, w }));
        expect((toMs ?? 0) - fromMs).toBeCloseTo(evaluate(length, { d, w }), 9);
      }
    });
});
