/** Pre-vote and check quorum: leaders stay where servers that do not hear them would force them out. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, constant, run, swarm, variant } from '../../../src/index.ts';
import { raft } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/raft-costs.json' with { type: 'json' };

const seeds = [1, 2, 3];

/** How many leaders there are in ten seconds of partial links. */
function leaders(rules: object, seed: number, system: AnySystem = raft as AnySystem): number {
  const { verdict, end } = run(system, {
    seed,
    scenario: 'partial-links',
    parameters: { ...rules },
  });
  expect(verdict).toBe('holds');
  return Object.keys((end.observed as { readonly leaders: object }).leaders).length;
}

describe('5 servers, 3 of whom reach each other, one more by each of two', () => {
  test('with neither rule no leader stays: raft-no-check-quorum', () => {
    for (const seed of seeds) expect(leaders({}, seed)).toBeGreaterThan(10);
  });

  test.each([{ preVote: true }, { checkQuorum: true }, { preVote: true, checkQuorum: true }])(
    'the first leader stays: %o',
    (rules) => {
      for (const seed of seeds) expect(leaders(rules, seed)).toBe(1);
    },
  );
});

test('who hears a leader says no to others: s4 does not hear s1, and all others hear both', () => {
  const rounds = (system: AnySystem): number => {
    const { end } = run(system, {
      seed: 1,
      parameters: { servers: 5, preVote: true, standing: 's1 s4 s1 s4' },
      faults: [
        {
          fault: 'partition',
          links: [
            ['s1', 's4'],
            ['s4', 's1'],
          ],
          atMs: 500,
        },
      ],
    });
    return Object.keys((end.observed as { readonly leaders: object }).leaders).length;
  };
  expect(rounds(raft as AnySystem)).toBe(1);
  const deaf = { provide: { server: { guards: { hasLeader: () => false } } } };
  // Once: from then on s1, which is cut off from s4, lacks what s4 has committed and wins no more.
  expect(rounds(variant(raft as AnySystem, 'deaf', deaf) as AnySystem)).toBe(2);
});

describe('a server that was cut off', () => {
  const termAtEnd = (preVote: boolean): number => {
    const { end } = run(raft, {
      seed: 1,
      parameters: { preVote, servers: 3 },
      faults: [{ fault: 'partition', groups: [['s3']], atMs: 0, forMs: 3000 }],
      horizonMs: 5000,
    });
    return Math.max(...end.all.map((one) => (one.up ? (one.context.term ?? 0) : 0)));
  };
  test('comes back with the term that it left with, or with a high one without pre-vote', () => {
    expect(termAtEnd(true)).toBe(1);
    expect(termAtEnd(false)).toBeGreaterThan(5);
  });
});

test('a leader that nobody answers steps down, and goes on leading without check quorum', () => {
  const rolesOf = (checkQuorum: boolean): boolean => {
    const { end } = run(raft, {
      seed: 1,
      parameters: { checkQuorum, standing: 's1' },
      faults: [{ fault: 'partition', groups: [['s1']], atMs: 600 }],
      horizonMs: 2000,
    });
    return end.all.some((one) => one.in('leader'));
  };
  expect([rolesOf(true), rolesOf(false)]).toEqual([false, true]);
});

test('pre-vote costs 2(n - 1) messages, one round trip and no write (raft-costs.json)', () => {
  const preVoteCosts = costs.items.find(({ id }) => id === 'preVote');
  for (const n of [1, 2, 3, 5]) {
    const election = (preVote: boolean) => {
      const { metrics, trace } = run(raft, {
        seed: 1,
        parameters: {
          preVote,
          servers: n,
          commands: 0,
          standing: 's1',
          electionMinMs: 150,
          electionMaxMs: 150,
        },
        latency: constant(10),
        forceLatency: constant(5),
        horizonMs: 220,
        trace: true,
      });
      const elected = trace.find(({ effects }) =>
        effects.some((effect) => effect.type === 'mark' && effect.name === 'elected'),
      );
      return { metrics, atMs: (elected?.atUs ?? 0) / 1000 };
    };
    const [without, done] = [election(false), election(true)];
    expect(done.metrics.messages.sent - without.metrics.messages.sent).toBe(
      evaluate(preVoteCosts?.messages ?? '', { n }),
    );
    expect(done.metrics.writes.forced).toBe(without.metrics.writes.forced);
    expect(done.atMs - without.atMs).toBe(n === 1 ? 0 : 20 * (preVoteCosts?.roundTrips ?? 0));
  }
});

test('safe, and every outcome explained, under 30 profiles', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const parameters = {
      servers: seed % 2 === 0 ? 3 : 5,
      preVote: true,
      checkQuorum: seed % 3 > 0,
    };
    const profile = { ...swarm(raft, seed, { parameters }), horizonMs: 4000 };
    const done = run(raft, { seed, parameters, ...profile });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
  }
});
