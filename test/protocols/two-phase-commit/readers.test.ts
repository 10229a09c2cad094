/**
 * Read-only votes (Mohan, Lindsay and Obermarck 1986): who has only read votes READ, releases at once, writes
 * nothing and is left out of phase 2. Costs by the formulas (test/calibration/family-costs.json), proofs in a
 * small scope, and what a reader may and may not say.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, type Run, run, UserMistake, variant } from '../../../src/index.ts';
import { presumedAbort, presumedCommit, twoPhaseCommit } from '../../../src/protocols/index.ts';
import costs from '../../calibration/family-costs.json' with { type: 'json' };
import { evaluate } from '../../calibration/formula.ts';
import { named, records } from './records.ts';

const variants = [
  { id: 'presumedNothing', system: twoPhaseCommit as AnySystem },
  { id: 'presumedAbort', system: presumedAbort as AnySystem },
  { id: 'presumedCommit', system: presumedCommit as AnySystem },
] as const;

const { rules, rows } = costs.readOnlyOptimisation;

/** The rule of the paper for a variant, where there is one. */
const ruleFor = (id: string, updating: number) =>
  rules.find(
    (one) => one.variants.includes(id) && (one.condition === 'u = 0') === (updating === 0),
  );

const faultless = (system: AnySystem, participants: number, readers: number): Run =>
  run(system, {
    seed: 1,
    scenario: 'fault-free',
    parameters: { participants, readers, votes: 'yes' },
    trace: participants === 3 && readers === 3 ? 'full' : 'off',
  });

const observedIn = ({ end }: Run) =>
  end.observed as {
    readonly decided: Readonly<Record<string, string>>;
    readonly votes: Readonly<Record<string, unknown>>;
  };

describe.each(variants)('$id', ({ id, system }) => {
  test('costs what the formulas say, for every number of readers', () => {
    for (let n = 1; n <= 10; n++)
      for (let r = 0; r <= n; r++) {
        const u = n - r;
        const done = faultless(system, n, r);
        const { messages, messagesByType, writes, nodes } = done.metrics;
        expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
        const rule = ruleFor(id, u);
        // Where the papers give no formula: the variant's own costs, to which each reader adds a request and
        // a vote. Presumed nothing does not look whether anybody updates.
        const derived =
          id === 'presumedCommit'
            ? { messages: '3 * u + 2 * r', forcedWrites: 'u + 2' }
            : { messages: '4 * u + 2 * r', forcedWrites: '2 * u + 1' };
        const { messages: sent, forcedWrites } = rule ?? derived;
        const at = { N: n, u, r };
        expect([n, r, messages.sent]).toEqual([n, r, evaluate(sent, at)]);
        expect([n, r, writes.forced]).toEqual([n, r, evaluate(forcedWrites, at)]);
        expect(messagesByType.READ?.sent ?? 0).toBe(r);
        expect(messagesByType.VOTE?.sent ?? 0).toBe(u);
        expect(messagesByType.COMMIT?.sent ?? 0).toBe(u);
        for (let i = u + 1; i <= n; i++)
          expect(nodes[`p${i}`]?.writes ?? { forced: 0, unforced: 0 }).toEqual({
            forced: 0,
            unforced: 0,
          });
      }
  });

  test('equals the published rows', () => {
    for (const { n, r, messages, forcedWrites, variant: of } of rows) {
      if (of !== id) continue;
      const { metrics } = faultless(system, n, r);
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWrites]);
    }
  });

  test('a transaction that only reads commits, and leaves the records that the papers say', () => {
    const done = faultless(system, 3, 3);
    expect(observedIn(done).decided).toEqual({ coordinator: 'commit' });
    const left = {
      presumedNothing: named(['commit'], ['end']),
      presumedAbort: [],
      presumedCommit: named(['initiation'], ['end']),
    };
    expect(records(done, /./)).toEqual(left[id]);
  });

  test.each([
    { participants: 1, readers: 1, crashes: 2, loss: true, duplication: true },
    { participants: 2, readers: 2, crashes: 1, loss: true, duplication: true },
    { participants: 2, readers: 1, crashes: 1, loss: false, duplication: false },
    { participants: 2, readers: 1, crashes: 1, loss: true, duplication: false, cooperative: true },
  ])(
    'all properties hold: $readers of $participants, loss $loss, copies $duplication',
    ({ participants, readers, cooperative = false, ...scope }) => {
      // Losses and an inquiry of everybody make many states, so that there all agree.
      const votes = cooperative ? 'yes' : 'any';
      const parameters = { participants, readers, cooperative, votes };
      const { verdict, complete, properties } = check(system, { parameters, scope });
      expect([verdict, complete]).toEqual(['holds', true]);
      for (const { name, exercised } of properties) expect([name, exercised]).toEqual([name, true]);
    },
  );
});

describe('a reader', () => {
  test('may vote no, as everybody may, and the others abort', () => {
    const parameters = { participants: 3, readers: 2, votes: 'one-no' } as const;
    const done = run(twoPhaseCommit, { seed: 1, scenario: 'no-vote', parameters });
    const { decided, votes } = observedIn(done);
    expect(votes).toEqual({ p1: true, p2: 'read', p3: false });
    expect(decided).toEqual({ coordinator: 'abort', p1: 'abort', p3: 'abort' });
    // 2N messages, then ABORT and its acknowledgement for the one that voted yes.
    expect(done.metrics.messages.sent).toBe(8);
  });

  test('learns nothing, and so answers nothing: two that updated stay in doubt beside it', () => {
    const parameters = { participants: 3, readers: 1, cooperative: true };
    const done = run(twoPhaseCommit, { seed: 1, scenario: 'coordinator-crash', parameters });
    expect([done.verdict, done.outcome]).toEqual(['holds', 'blocked']);
    expect(done.reason).toBe('p1, p2 are in doubt and the coordinator is down');
    expect(done.metrics.messagesByType.COMMIT?.sent ?? 0).toBe(0);
    expect(done.metrics.messagesByType.ABORT?.sent ?? 0).toBe(0);
  });

  test('is never in doubt, whoever dies', () => {
    const parameters = { participants: 3, readers: 3 };
    const done = run(twoPhaseCommit, { seed: 1, scenario: 'coordinator-crash', parameters });
    expect(done.outcome).toBe('recovered');
    expect(done.metrics.spans.inDoubt?.count ?? 0).toBe(0);
  });

  test('that died after its READ answers a copy of the request with no, and nobody with abort', () => {
    const scope = { crashes: 1, loss: false, duplication: true };
    const parameters = { participants: 1, readers: 1, votes: 'yes' } as const;
    const answersNo = {
      kind: 'reachable',
      name: 'a no of a reader that has voted READ',
      holds: ({ observed, inFlight }: never) => {
        const { votes } = observed as { readonly votes: Readonly<Record<string, unknown>> };
        const sent = inFlight as readonly { readonly message: { readonly type: string } }[];
        return votes.p1 === 'read' && sent.some(({ message }) => message.type === 'VOTE');
      },
    };
    const asked = variant(twoPhaseCommit, 'asked', { properties: [answersNo as never] });
    expect(check(asked, { parameters, scope }).properties[0]?.verdict).toBe('holds');
  });
});

describe('mistakes with readers that other presumptions and timings show', () => {
  test('a coordinator for which READ is no agreement aborts though all agreed', () => {
    const broken = variant(twoPhaseCommit, 'read-is-no-agreement', {
      provide: {
        coordinator: {
          guards: {
            allVotedYes: ({ context }: { context: { yes: unknown[]; participants: unknown[] } }) =>
              context.yes.length === context.participants.length,
          },
        },
      },
    });
    const question = {
      parameters: { participants: 2, readers: 1 },
      scope: { crashes: 0, loss: false, duplication: false },
      timing: 'synchronous',
    } as const;
    const violated = check(broken, question).properties.filter((p) => p.verdict === 'violated');
    expect(violated.map(({ name }) => name)).toEqual(['AC4 non-triviality']);
    expect(check(twoPhaseCommit, question).verdict).toBe('holds');
  });

  test('presumed abort that leaves out phase 2 although one has updated', () => {
    const broken = variant(presumedAbort, 'one-reader-is-enough', {
      provide: {
        coordinator: {
          guards: {
            allOnlyRead: ({ context }: { context: { read: unknown[] } }) => context.read.length > 0,
          },
        },
      },
    });
    const question = {
      parameters: { participants: 2, readers: 1 },
      scope: { crashes: 0, loss: false, duplication: false },
    } as const;
    const violated = check(broken, question).properties.find((p) => p.verdict === 'violated');
    expect(['AC1 agreement', 'durability']).toContain(violated?.name);
    expect(check(presumedAbort, question).verdict).toBe('holds');
  });
});

test('more readers than participants are refused in one sentence', () => {
  const ask = () => run(twoPhaseCommit, { seed: 1, parameters: { participants: 2, readers: 3 } });
  expect(ask).toThrow(UserMistake);
  expect(ask).toThrow('readers is 3, but there are 2 participants; at most all of them only read');
});
