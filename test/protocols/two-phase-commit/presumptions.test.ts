/**
 * Presumed abort and presumed commit: costs by the formulas of the papers, proofs in a small scope, and the
 * mistakes that each presumption invites, which must be found.
 */
import { describe, expect, test } from 'vitest';
import { assign, emit } from 'xstate';
import {
  type AnySystem,
  check,
  run,
  send,
  type Variation,
  variant,
  write,
} from '../../../src/index.ts';
import { presumedAbort, presumedCommit } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/presumption-costs.json' with { type: 'json' };
import { expectExplained } from './explained.ts';
import { named, records } from './records.ts';

const variants = [
  { system: presumedAbort, id: 'presumedAbort' },
  { system: presumedCommit, id: 'presumedCommit' },
] as const;

const faultless = (
  system: AnySystem,
  participants: number,
  votes: 'yes' | 'one-no',
  trace = false,
) =>
  run(system, {
    seed: 1,
    scenario: 'fault-free',
    parameters: { participants, votes },
    trace: trace ? 'full' : 'off',
  });

describe.each(variants)('$id', ({ system, id }) => {
  const commit = costs.commit[id];
  const abort = costs.abort[id];

  test('a commit costs what the formulas say', () => {
    for (let n = 1; n <= 10; n++) {
      const { messages, writes, nodes } = faultless(system, n, 'yes').metrics;
      expect(messages.sent).toBe(evaluate(commit.messagesCommit, { N: n }));
      expect(writes.forced).toBe(evaluate(commit.totalForcedWrites, { N: n }));
      expect(nodes.coordinator?.writes.forced).toBe(
        evaluate(commit.coordinatorForcedWrites, { N: n }),
      );
      expect(nodes.p1?.writes.forced).toBe(evaluate(commit.participantForcedWrites, { N: n }));
    }
    for (const { n, messages, forcedWrites } of commit.rows) {
      const { metrics } = faultless(system, n, 'yes');
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWrites]);
    }
  });

  test('writes the records that the papers name', () => {
    const done = faultless(system, 1, 'yes', true);
    expect(records(done, /^coordinator$/)).toEqual(
      named(commit.coordinatorForcedRecords, commit.coordinatorUnforcedRecords),
    );
    expect(records(done, /^p/)).toEqual(
      named(commit.participantForcedRecords, commit.participantUnforcedRecords),
    );
  });

  test('an abort costs what the formulas say', () => {
    for (let n = 1; n <= 10; n++) {
      const k = n - 1;
      const { messages, nodes } = faultless(system, n, 'one-no').metrics;
      expect(messages.sent).toBe(evaluate(abort.messagesTotal, { N: n, k }));
      const { min, max } = abort.coordinatorForcedWrites;
      expect(nodes.coordinator?.writes.forced).toBeGreaterThanOrEqual(min);
      expect(nodes.coordinator?.writes.forced).toBeLessThanOrEqual(max);
      if (k > 0) expect(nodes.p1?.writes.forced).toBe(abort.yesVoterForcedWrites.min);
    }
    for (const { n, k, messages } of abort.rows)
      if (k === n - 1) expect(faultless(system, n, 'one-no').metrics.messages.sent).toBe(messages);
  });

  test.each([
    { participants: 1, scope: { crashes: 2, loss: true, duplication: true } },
    { participants: 2, scope: { crashes: 1, loss: false, duplication: false } },
  ])('all properties hold: $participants participants, $scope', ({ participants, scope }) => {
    const { verdict, complete, properties } = check(system, {
      parameters: { participants },
      scope,
    });
    expect([verdict, complete]).toEqual(['holds', true]);
    expect(properties.map(({ name }) => name)).toContain('AC5 termination');
  });

  test('all properties hold under synchronous timing too', () => {
    const scope = { crashes: 1, loss: true, duplication: false };
    const parameters = { participants: 2 };
    expect(check(system, { parameters, scope, timing: 'synchronous' }).verdict).toBe('holds');
  });

  test('200 swarm profiles: safe, and never stuck', () => {
    expect(expectExplained(system, 200).get('recovered') ?? 0).toBeGreaterThan(150);
  });
});

const nothing = assign({});
const tellCommit = emit(({ event }) =>
  send((event as unknown as { readonly from: string }).from, { type: 'COMMIT' }),
);

const mistakes: readonly (readonly [string, AnySystem, Variation, readonly string[]])[] = [
  [
    'presumed commit without the initiation record',
    presumedCommit,
    { provide: { coordinator: { actions: { forceInitiation: nothing } } } },
    ['AC1 agreement', 'AC3 commit validity'],
  ],
  [
    'presumed commit that forgets an abort before it is acknowledged',
    presumedCommit,
    { provide: { coordinator: { guards: { allAcknowledged: () => true } } } },
    ['AC1 agreement', 'AC2 finality', 'AC3 commit validity'],
  ],
  [
    'presumed commit whose participants acknowledge an abort that is not on their disk',
    presumedCommit,
    {
      provide: {
        participant: { actions: { forceAbort: emit(write({ record: 'abort' }, 'unforced')) } },
      },
    },
    ['durability', 'AC1 agreement', 'AC2 finality'],
  ],
  [
    'presumed commit whose commit record is not forced',
    presumedCommit,
    {
      provide: {
        coordinator: {
          actions: { forceCommit: emit(write({ record: 'commit', notify: [] }, 'unforced')) },
        },
      },
    },
    ['durability', 'AC1 agreement', 'AC2 finality'],
  ],
  [
    'presumed abort that answers commit',
    presumedAbort,
    { provide: { coordinator: { actions: { tellPresumed: tellCommit } } } },
    ['AC1 agreement', 'AC3 commit validity'],
  ],
  [
    'presumed abort that forgets a commit before it is acknowledged',
    presumedAbort,
    { provide: { coordinator: { guards: { allAcknowledged: () => true } } } },
    ['AC1 agreement'],
  ],
  [
    'presumed abort whose participants acknowledge a commit that is not on their disk',
    presumedAbort,
    {
      provide: {
        participant: { actions: { forceCommit: emit(write({ record: 'commit' }, 'unforced')) } },
      },
    },
    ['durability', 'AC1 agreement', 'AC2 finality'],
  ],
];

test.each(mistakes)('%s is found', (name, system, variation, breaks) => {
  const { properties } = check(variant(system, name, variation), {
    parameters: { participants: 2 },
    scope: { crashes: 1, loss: false, duplication: false },
  });
  const violated = properties.filter(({ verdict }) => verdict === 'violated');
  expect(breaks).toContain(violated[0]?.name);
  expect(violated[0]?.counterexample).toBeDefined();
});
