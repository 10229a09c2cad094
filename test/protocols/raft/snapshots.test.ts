/** Log compaction: what goes and what stays, step by step; then snapshots in swarms of faults. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, type Process, run, swarm, variant } from '../../../src/index.ts';
import { instantiate } from '../../../src/model/instance.ts';
import { createStepper, type LocalStep } from '../../../src/model/local-step.ts';
import { kvRaft, raft } from '../../../src/protocols/index.ts';
import { recordsOf, recovered } from '../../../src/protocols/raft/durable.ts';
import {
  afterConflict,
  entriesFrom,
  entryAt,
  type Log,
  laidOver,
  lastPosition,
  matches,
  termAt,
  upTo,
} from '../../../src/protocols/raft/log.ts';
import type { Entry, Snapshot } from '../../../src/protocols/raft/messages.ts';
import { base } from '../../../src/protocols/raft/server-state.ts';
import { sized } from '../../sizes.ts';
import { expectExplained } from './explained.ts';

const entry = (term: number): Entry => ({ term, type: 'no-op' });
const entriesOf = (...terms: number[]): readonly Entry[] => terms.map(entry);
const snapshot = (index: number, term: number): Snapshot => ({
  type: 'snapshot',
  index,
  term,
  state: `after ${index}`,
});
const logOf = (first: Snapshot, ...terms: number[]): Log => [first, ...entriesOf(...terms)];

/** A follower of term 3 that begins with a log of these terms, and compacts as told. */
function follower(terms: string, snapshotEvery = 0) {
  const parameters = { servers: 3, clients: 0, commands: 1, snapshotEvery, logs: `${terms} 3 3` };
  const { nodes } = instantiate(raft as never, parameters);
  const process = nodes[0]?.processes[0]?.process as Process;
  const stepper = createStepper(process, 's1');
  let { state } = stepper.start(process.input);
  return {
    gets(event: object): LocalStep {
      const step = stepper.step(state, { from: 's2', term: 3, round: 0, ...event } as never);
      state = step.state;
      return step;
    },
    get knows() {
      const {
        log,
        commit,
        applied,
        state: machine,
      } = state.snapshot.context as never as {
        readonly log: Log;
        readonly commit: number;
        readonly applied: number;
        readonly state: unknown;
      };
      return { log, commit, applied, state: machine };
    },
  };
}

const install = (index: number, term: number) => ({
  type: 'InstallSnapshot',
  snapshot: snapshot(index, term),
});
const append = (index: number, term: number, terms: readonly number[], commit = 0) => ({
  type: 'AppendEntries',
  previous: { index, term },
  entries: entriesOf(...terms),
  commit,
});
const effectsOf = ({ effects }: LocalStep): readonly unknown[] =>
  effects.map((effect) => {
    if (effect.type === 'send') return effect.message;
    return effect.type === 'mark' ? [effect.name, effect.data] : effect.type;
  });
const acknowledged = (match: number) => ({ type: 'Appended', term: 3, match, round: 0 });

describe('a log that begins with a snapshot', () => {
  const log = logOf(snapshot(3, 2), 2, 4);

  test('ends where it would without', () => {
    expect(lastPosition(log)).toEqual({ index: 5, term: 4 });
    expect(lastPosition([snapshot(3, 2)])).toEqual({ index: 3, term: 2 });
  });
  test('knows the term of the last entry that it covers, and of none before', () => {
    expect([0, 2, 3, 4, 5, 6].map((index) => termAt(log, index))).toEqual([
      undefined,
      undefined,
      2,
      2,
      4,
      undefined,
    ]);
    expect([3, 4].map((index) => entryAt(log, index))).toEqual([undefined, entry(2)]);
  });
  test('matches whatever lies inside the snapshot', () => {
    const positions = [
      [0, 0],
      [2, 1],
      [3, 2],
      [3, 1],
      [5, 4],
      [6, 4],
    ] as const;
    expect(positions.map(([index, term]) => matches(log, { index, term }))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
  test('takes of new entries only those behind the snapshot', () => {
    expect(laidOver(log, 1, entriesOf(2, 2))).toEqual(log);
    expect(laidOver(log, 1, entriesOf(2, 2, 2, 4, 4))).toEqual(logOf(snapshot(3, 2), 2, 4, 4));
    expect(laidOver(log, 5, entriesOf(5))).toEqual(logOf(snapshot(3, 2), 2, 4, 5));
    expect([upTo(log, 4), upTo(log, 3)]).toEqual([logOf(snapshot(3, 2), 2), [snapshot(3, 2)]]);
  });
  test('gives no entry that it has no more', () => {
    expect(entriesFrom(log, 1)).toEqual(entriesOf(2, 4));
    expect(entriesFrom(log, 5, 1)).toEqual(entriesOf(4));
    expect(afterConflict(log, { index: 2, term: 1 })).toBe(2);
  });
  test('is on the disk what it is in memory, whatever is appended to it', () => {
    const empty = { term: 0, votedFor: null, log: [] };
    const state = { term: 4, votedFor: null, log };
    expect(recovered(recordsOf(state), empty)).toEqual(state);
    const records = [
      ...recordsOf(state),
      { record: 'entries', after: 4, entries: entriesOf(5, 5) } as const,
    ];
    expect(recovered(records, empty).log).toEqual(logOf(snapshot(3, 2), 2, 5, 5));
  });
});

describe('InstallSnapshot', () => {
  test('takes the place of a log that lacks its last entry, or has another', () => {
    for (const terms of ['1', '1.1.1', '1.1.1.1.1']) {
      const server = follower(terms);
      const step = server.gets(install(3, 2));
      expect(server.knows).toEqual({
        log: [snapshot(3, 2)],
        commit: 3,
        applied: 3,
        state: 'after 3',
      });
      expect(effectsOf(step)).toEqual([['installed', { index: 3 }], 'replace', acknowledged(3)]);
    }
  });
  test('leaves what follows its last entry', () => {
    const server = follower('1.1.2.2.3');
    expect(effectsOf(server.gets(install(3, 2)))).toContainEqual(acknowledged(3));
    expect(server.knows.log).toEqual(logOf(snapshot(3, 2), 2, 3));
  });
  test('that is stale changes nothing, and is acknowledged without a write', () => {
    const server = follower('1.1.2.2');
    server.gets(append(4, 2, [3], 4));
    const before = server.knows;
    for (const index of [2, 4])
      expect(effectsOf(server.gets(install(index, index === 2 ? 1 : 2)))).toEqual([
        acknowledged(index),
      ]);
    expect(server.knows).toEqual(before);
  });
  test('of a term that is over is refused with the higher one', () => {
    const server = follower('1.1');
    const step = server.gets({ ...install(3, 2), term: 2 });
    expect(effectsOf(step)).toMatchObject([{ type: 'Refused', term: 3, previous: 3 }]);
    expect(server.knows.log).toEqual(entriesOf(1, 1));
  });
});

describe('a server', () => {
  test('compacts what it has applied, once it is enough', () => {
    const server = follower('1.1.2.2', 3);
    expect(effectsOf(server.gets(append(4, 2, [], 2)))).not.toContain('replace');
    expect(effectsOf(server.gets(append(4, 2, [], 3)))).toContain('replace');
    expect(server.knows.log).toEqual([
      { type: 'snapshot', index: 3, term: 2, state: null },
      entry(2),
    ]);
  });
  test('takes entries that begin inside its snapshot, and drops none', () => {
    const server = follower('1.1.2.2', 3);
    server.gets(append(4, 2, [], 3));
    const step = server.gets(append(1, 1, [1, 2]));
    expect(effectsOf(step)).toEqual([acknowledged(3)]);
    server.gets(append(1, 1, [1, 2, 2, 3]));
    expect(server.knows.log.map(({ term }) => term)).toEqual([2, 2, 3]);
  });
});

test('a follower that was down catches up by a snapshot', () => {
  const { metrics, outcome, verdict } = run(raft, { seed: 1, scenario: 'snapshot-installed' });
  expect([verdict, outcome, metrics.marks.installed]).toEqual(['holds', 'recovered', 1]);
});

const profiles = sized(200, 80);

test('safe, and every outcome explained, under swarm profiles with snapshots', () => {
  const seen = expectExplained(3, profiles, { snapshotEvery: 1 });
  for (const what of ['recovered', 'several leaders', 'snapshot installed'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(profiles / 10);
});

describe('a store that compacts its log', () => {
  const stormy = (system: AnySystem, seed: number) => {
    const parameters = { clients: 3, operations: 6, snapshotEvery: 2 };
    return run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
  };

  test('stays linearizable under 20 profiles: the sessions are a part of the snapshot', () => {
    let installed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { verdict, outcome, metrics } = stormy(kvRaft as AnySystem, seed);
      expect([verdict, outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
      installed += metrics.marks.installed ?? 0;
    }
    expect(installed).toBeGreaterThan(5);
  });

  test('is found out within 20 profiles when a snapshot brings its index and not its state', () => {
    const hollow = variant(kvRaft as AnySystem, 'hollow-snapshot', {
      provide: {
        server: {
          actions: {
            loadState: base.assign(({ event }) => {
              const index = event.type === 'InstallSnapshot' ? event.snapshot.index : 0;
              return { applied: index, commit: index };
            }) as never,
          },
        },
      },
    }) as AnySystem;
    const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(seeds.find((seed) => stormy(hollow, seed).verdict === 'violated')).toBeDefined();
  });
});
