/**
 * Every published state count (state-counts.json; each row names its source) is reproduced: distinct,
 * generated, depth and states per level, as far as they are pinned, and the row's invariants.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  type AnyTransitionSystem,
  type CheckOptions,
  type CheckResult,
  check,
  type RunFile,
  replay,
  variant,
} from '../../src/index.ts';
import * as calibration from '../../src/protocols/calibration/index.ts';
import { builtInSystem } from '../../src/protocols/index.ts';
import { further, published, rowOf } from './counts.ts';
import { rows } from './rows.ts';

function violatedBy({ properties }: CheckResult): readonly string[] {
  return properties.filter(({ verdict }) => verdict !== 'holds').map(({ name }) => name);
}

describe('published counts', () => {
  for (const { id, system, parameters, violated = [] } of rows) {
    const row = rowOf(published, id);
    const also = further.find(({ sameAs, differences }) => sameAs === id && differences === 'none');
    test(`${id}: ${row.distinct} states of ${system.name}, ${row.configuration}`, () => {
      const result = check(system, { parameters, stopAtViolation: false });
      const { distinct, generated, depth, levels } = result;
      expect({ distinct, generated, depth, levels }).toEqual({
        distinct: row.distinct,
        generated: row.generated ?? also?.generated ?? generated,
        depth: row.depth ?? also?.depth ?? depth,
        levels: row.statesPerLevel ?? levels,
      });
      expect([result.complete, result.reduced]).toEqual([true, false]);
      expect(violatedBy(result)).toEqual(violated);
      expect(result.properties.every(({ exercised }) => exercised)).toBe(true);
    });
  }

  test('every row has a system that the command knows', () => {
    expect([...new Set(rows.map(({ id }) => id))]).toEqual(published.map(({ id }) => id));
    for (const { system } of rows) expect(builtInSystem(system.name)).toBe(system);
  });
});

const { abd, paxosActors, paxosMessages, raftElection, singleCopy, tcommit, twoPhase } =
  calibration;

const withoutIdleSteps = variant(twoPhase, 'no-idle', {
  network: { order: 'set', idle: 'disabled' },
});
const { observe: _, ...withoutHistory } = singleCopy;

/** The systems of more-counts.json. */
const others: Readonly<
  Record<string, readonly [AnySystem | AnyTransitionSystem, CheckOptions['parameters']]>
> = {
  'tcommit-rm5': [tcommit, { participants: 5 }],
  'two-phase-rm3-no-idle': [withoutIdleSteps, { participants: 3 }],
  'two-phase-rm5-no-idle': [withoutIdleSteps, { participants: 5 }],
  'paxos-tiny-no-idle': [paxosMessages, { witnesses: false }],
  'single-copy-no-history': [{ ...withoutHistory, properties: [] }, {}],
  'abd-fifo': [variant(abd, 'fifo', { network: { order: 'fifo' } }), {}],
  'paxos-actors-3s1c': [paxosActors, { clients: 1 }],
};

describe('counts of the same models under other rules', () => {
  for (const { id, sameAs, differences, ...row } of further) {
    if (differences === 'none') continue;
    test(`${id}: ${row.distinct} states; as ${sameAs}, but ${differences}`, () => {
      const [system, parameters = {}] = others[id] ?? [];
      if (system === undefined) throw new Error(`there is no system for ${id}`);
      const { distinct, generated, depth, verdict } = check(system, { parameters });
      expect({ distinct, generated, depth, verdict }).toEqual({
        distinct: row.distinct,
        generated: row.generated,
        depth: row.depth ?? depth,
        verdict: 'holds',
      });
    });
  }
});

describe('a model with a broken rule is caught', () => {
  function counterexample(result: CheckResult, property: string): RunFile {
    expect(violatedBy(result)).toContain(property);
    const path = result.properties.find(({ name }) => name === property)?.counterexample;
    if (path === undefined || !('header' in path)) throw new Error('there is no run file');
    return path;
  }

  test('a server that votes twice in a term gives it two leaders', () => {
    const forgetful = variant(raftElection, 'votes-twice', {
      provide: {
        'election-server': {
          guards: {
            mayVote: ({ context }: { context: { term: number } }, { term }: { term: number }) =>
              context.term === term,
          },
        },
      },
    });
    const file = counterexample(check(forgetful), 'election safety');
    // Two time-outs, two requests answered for each candidate's majority, two becoming leaders.
    expect(file.decisions).toHaveLength(8);
    expect(replay(forgetful, file)).toMatchObject({ same: true, violated: ['election safety'] });
  });

  test('a register with a copy on each of two servers is not linearizable', () => {
    const file = counterexample(check(singleCopy, { parameters: { servers: 2 } }), 'linearizable');
    expect(replay(singleCopy, file)).toMatchObject({ same: true, violated: ['linearizable'] });
  });

  test('a transaction manager that commits at any time does not refine TCommit', () => {
    const hasty = variant(twoPhase, 'hasty', {
      provide: { 'transaction-manager': { guards: { allPrepared: () => true } } },
    });
    const file = counterexample(check(hasty), 'refines TCommit');
    expect(file.decisions.map(({ decision }) => decision.type)).toEqual(['choose', 'deliver']);
  });

  test('a participant that commits when asked to prepare loses consistency on lossy queues', () => {
    const selfish = variant(calibration.twoPhaseMessages, 'selfish', {
      patch: {
        'voting-participant': (config) => ({
          ...config,
          states: {
            ...config.states,
            beforeVote: { on: { PREPARE: 'listening.committed' } },
          },
        }),
      },
    });
    const file = counterexample(check(selfish, { parameters: { participants: 2 } }), 'consistency');
    expect(replay(selfish, file).same).toBe(true);
  });
});
