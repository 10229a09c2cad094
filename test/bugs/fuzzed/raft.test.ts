/**
 * Planted bugs of Raft, found by the fuzzer. Some take a rare order of events, of which the weather of a scenario
 * makes a frequent one: candidates that stand at once, votes that come late, a leader whose disk is slow.
 */
import { type AnySystem, constant, type Scenario, uniform, variant } from 'counterpoint';
import { raft, raftOverSet } from 'counterpoint/protocols';
import { describeFoundByFuzzer, type FuzzedProtocol } from '../found-by-fuzzer.ts';
import { bugs } from '../raft-bugs.ts';

const checked = raftOverSet as AnySystem;
/** Without the bounds of the checker's questions. */
const unbounded = { terms: 1_000_000, standing: '', logs: '' };

/** The bugs of those names, in Raft with that scenario alone. */
function under(
  name: string,
  mistakes: readonly string[],
  runs: number,
  { parameters = {}, ...scenario }: Omit<Scenario, 'description'>,
  breaks: 'safety' | 'liveness' = 'safety',
): FuzzedProtocol {
  const given = { ...unbounded, ...parameters };
  const system: AnySystem = variant(raft, name, {
    scenarios: { only: { description: name, ...scenario } },
  });
  const { settled, ...unsettled } = system;
  return {
    // Weather in which elections hardly end is no time to ask whether a run has come to its end.
    system: breaks === 'liveness' ? system : unsettled,
    checked,
    bugs: bugs.filter((bug) => mistakes.includes(bug.name)),
    slow: mistakes.filter((name) => name === 'longer-log-wins'),
    options: { runs, parameters: given },
    longer: 9,
    real: given,
  };
}

/** Everybody who hears no leader stands within a few milliseconds: two candidates of one term are common. */
const closeElections = { electionMinMs: 150, electionMaxMs: 155, clients: 0, commands: 0 };
/** A voter dies as soon as its vote has left, and is back before the next request comes. */
const voterCrashes = ['s1', 's2', 's3'].map(
  (node) =>
    ({
      fault: 'crash',
      node,
      point: { moment: 'after', nth: 1, message: 'Vote' },
      forMs: 1,
    }) as const,
);

const special: readonly FuzzedProtocol[] = [
  under('close-elections', ['votes-twice'], 20, { parameters: closeElections, horizonMs: 1500 }),
  under('voter-crashes', ['term-volatile', 'vote-volatile', 'vote-before-force'], 20, {
    parameters: closeElections,
    faults: voterCrashes,
    horizonMs: 1000,
  }),
  // A message takes up to a round of elections: votes come when their candidate stands again.
  under('late-votes', ['count-stale-votes'], 20, {
    parameters: { heartbeatMs: 40, clients: 0, commands: 0 },
    latency: uniform(1, 250),
    horizonMs: 3000,
  }),
  under('doubled-votes', ['duplicate-votes-counted'], 20, {
    parameters: { ...closeElections, electionMaxMs: 200, servers: 4 },
    faults: [{ fault: 'duplication', probability: 0.9, atMs: 0, forMs: 400 }],
    horizonMs: 800,
  }),
  under('long-stale-log', ['longer-log-wins'], 20, {
    parameters: { servers: 3, clients: 4, commands: 2 },
    think: constant(350),
    faults: [
      { fault: 'partition', groups: [['s1', 'c1', 'c2', 'c3']], atMs: 360, forMs: 1500 },
      { fault: 'crash', node: 's1', atMs: 1200, forMs: 20 },
    ],
  }),
  under('slow-disks', ['leader-counts-before-saved'], 20, {
    parameters: { clients: 1, commands: 2 },
    latency: constant(1),
    forceLatency: uniform(0, 60),
    horizonMs: 4000,
  }),
  // Where clients ask, the next command commits what waits.
  under(
    'no-clients',
    ['no-no-op'],
    5,
    {
      parameters: { servers: 3, clients: 0, commands: 0 },
      horizonMs: 10_000,
    },
    'liveness',
  ),
];
/**
 * Left to others. With never-backs-up, refusals and repetitions chase each other once in every round trip until the
 * horizon: a run that is long enough for the sound protocol to settle has tens of thousands of decisions, and
 * shrinking one takes minutes. The checker finds it by `progress` (raft-bugs.ts), and a single run of the contract of
 * replicated logs ends stuck (test/contract/replicated-log.test.ts, catching up).
 */
const byOthers = ['never-backs-up'];
const elsewhere = [...byOthers, ...special.flatMap((one) => one.bugs.map(({ name }) => name))];

describeFoundByFuzzer('raft', [
  {
    system: raft as AnySystem,
    checked,
    bugs: bugs.filter(({ name }) => !elsewhere.includes(name)),
    slow: ['commits-what-it-has', 'no-up-to-date-check'],
    options: { runs: 50, parameters: { terms: 1_000_000, standing: '' } },
    longer: 7,
    real: {},
  },
  ...special,
]);
