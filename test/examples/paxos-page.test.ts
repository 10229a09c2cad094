// Tables and pictures of the page of Paxos are what the program says today.
import { type AnySystem, type CheckOptions, check, describeScope, run } from 'counterpoint';
import {
  acceptor,
  learner,
  paxos,
  paxosOverSet,
  progressQuestion,
  proposer,
} from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = 'src/protocols/paxos/README.md';

test('draws the machines that run', () => {
  for (const [name, machine] of Object.entries({ proposer, acceptor, learner })) {
    expectGenerated(page, name, stateDiagram(machine));
    expectGenerated(page, `${name} transitions`, transitionTable(machine));
  }
});

test('counts what a chosen value costs', () => {
  const rows = [1, 2, 3, 5, 7, 9].flatMap((acceptors) =>
    [
      { placement: 'apart', thrifty: false, learners: 0 },
      { placement: 'apart', thrifty: true, learners: 0 },
      { placement: 'together', thrifty: false, learners: 0 },
      { placement: 'together', thrifty: false, learners: acceptors },
    ].map((given) => {
      const parameters = { proposers: 1, acceptors, ...given };
      const { metrics } = run(paxos as AnySystem, { seed: 1, scenario: 'fault-free', parameters });
      return [
        acceptors,
        given.placement,
        given.thrifty ? 'a quorum' : 'all',
        given.learners === 0 ? 'the proposer' : 'every node',
        metrics.messages.sent,
        metrics.writes.forced,
        `${metrics.operations.latency.maxMs} ms`,
      ];
    }),
  );
  const head = ['n', 'placement', 'asked', 'who learns', 'messages', 'forced writes', 'answer'];
  expectGenerated(page, 'costs', markdownTable(head, rows));
});

test('says how each scenario ends: only a lost disk is beyond what it claims', () => {
  const rows = Object.entries(paxos.scenarios ?? {}).map(([scenario, { description }]) => {
    const done = run(paxos as AnySystem, { seed: 1, scenario });
    const { decided } = done.end.observed as { readonly decided: Readonly<Record<string, string>> };
    const values = [...new Set(Object.values(decided))].map((value) => JSON.parse(value));
    const broken = done.properties.filter(({ verdict }) => verdict === 'violated');
    expect([scenario, done.verdict]).toEqual([
      scenario,
      scenario === 'storage-loss' ? 'violated' : 'holds',
    ]);
    const ending =
      broken.length === 0
        ? (done.reason ?? done.outcome)
        : `${broken.map(({ name }) => name).join(', ')} violated`;
    return [`\`${scenario}\``, description, values.join(' and ') || 'none', ending];
  });
  const head = ['scenario', 'what happens', 'learnt', 'how it ends'];
  expectGenerated(page, 'scenarios', markdownTable(head, rows));
});

test('says what the checker answers', () => {
  const set = paxosOverSet as AnySystem;
  const readOne = { acceptors: 2, phase1Quorum: 1, phase2Quorum: 2 };
  const questions: readonly (readonly [AnySystem, CheckOptions])[] = [
    [set, { parameters: { acceptors: 2 }, scope: { crashes: 0 } }],
    [set, { parameters: { proposers: 1, acceptors: 2 }, scope: { crashes: 1 } }],
    [set, { parameters: { proposers: 1 }, scope: { crashes: 0, partitions: 1 } }],
    [set, { parameters: readOne, scope: { crashes: 1 } }],
    [progressQuestion as AnySystem, { scope: { crashes: 0 } }],
    [set, { parameters: readOne, scope: { crashes: 1, diskLosses: 1 } }],
    [set, { parameters: { ...readOne, ballots: 3 }, scope: { crashes: 1, lostForces: 1 } }],
    [set, { parameters: { ...readOne, phase2Quorum: 1, mayMiss: true }, scope: { crashes: 0 } }],
  ];
  const rows = questions.map(([system, options]) => {
    const asked = check(system, { ...options, stopAtViolation: false, maxStates: 50_000 });
    const { proposers, acceptors, ballots, phase1Quorum, phase2Quorum } = asked.parameters;
    const violated = asked.properties.filter(({ verdict }) => verdict === 'violated');
    return [
      `\`${system.name}\``,
      `${proposers}, ${acceptors}, ${ballots}`,
      phase1Quorum === 0 ? 'majorities' : `${phase1Quorum} and ${phase2Quorum}`,
      asked.scope === undefined ? '' : describeScope(asked.scope),
      asked.distinct,
      asked.verdict,
      violated.map(({ name }) => name).join(', '),
    ];
  });
  const head = [
    'system',
    'proposers, acceptors, ballots',
    'quorums',
    'scope',
    'states',
    'verdict',
    'violated',
  ];
  expectGenerated(page, 'checks', markdownTable(head, rows));
});
