// Tables, pictures and the story of the page of Multi-Paxos are what the program says today; the table of its
// store is made by stores-page.test.ts.
import {
  type AnySystem,
  type CheckOptions,
  check,
  constant,
  describeScope,
  run,
} from 'counterpoint';
import {
  multiPaxos,
  multiPaxosClient,
  multiPaxosOverSet,
  multiPaxosServer,
} from 'counterpoint/protocols';
import { story } from 'counterpoint/reports';
import { expect, test } from 'vitest';
import { bugs, halfQuorums } from '../bugs/multi-paxos-bugs.ts';
import { expectGenerated, markdownTable } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = 'src/protocols/multi-paxos/README.md';
const system = multiPaxos as AnySystem;

test('draws the machines that run', () => {
  expectGenerated(page, 'server', stateDiagram(multiPaxosServer));
  expectGenerated(page, 'client', stateDiagram(multiPaxosClient));
  expectGenerated(page, 'server transitions', transitionTable(multiPaxosServer));
  expectGenerated(page, 'client transitions', transitionTable(multiPaxosClient));
});

test('counts what a slot and a leader change cost, as the papers do (paxos-costs.json)', () => {
  const rows = [1, 3, 5, 7, 9].map((servers) => {
    const [one, two] = [1, 2].map(
      (commands) =>
        run(multiPaxos, {
          seed: 1,
          scenario: 'fault-free',
          parameters: { servers, commands, firstLeader: true },
          latency: constant(10),
          forceLatency: constant(5),
        }).metrics,
    );
    const sent = (metrics: typeof one, types: readonly string[]): number =>
      types.reduce((sum, type) => sum + (metrics?.messagesByType[type]?.sent ?? 0), 0);
    const slot = sent(two, ['2a', '2b']) - sent(one, ['2a', '2b']);
    const slotForces = (two?.writes.forced ?? 0) - (one?.writes.forced ?? 0);
    const change = sent(one, ['1a', '1b']);
    const changeForces = (one?.writes.forced ?? 0) - slotForces;
    expect([slot, slotForces]).toEqual([2 * (servers - 1), servers]);
    expect([change, changeForces]).toEqual([2 * (servers - 1), servers]);
    const answer = `${one?.operations.latency.maxMs} ms`;
    return [servers, slot, slotForces, answer, change, changeForces];
  });
  const head = [
    ...['servers', 'messages of a slot', 'forced writes', 'answer to the client'],
    ...['messages of a leader change', 'forced writes'],
  ];
  expectGenerated(page, 'costs', markdownTable(head, rows));
});

test('says how each scenario ends: only a lost disk is beyond what it claims', () => {
  const rows = Object.entries(system.scenarios ?? {}).map(([scenario, { description }]) => {
    const { verdict, outcome, reason, end, properties } = run(system, { seed: 1, scenario });
    const isBeyond = scenario === 'storage-loss';
    expect([scenario, verdict]).toEqual([scenario, isBeyond ? 'violated' : 'holds']);
    const { applied } = end.observed as { readonly applied: Readonly<Record<string, string[]>> };
    const logs = Object.values(applied).toSorted((a, b) => b.length - a.length);
    const log = (logs[0] ?? []).map((command) => JSON.parse(command) ?? 'no-op');
    const broken = properties.filter((one) => one.verdict === 'violated');
    const ending =
      broken.length === 0
        ? (reason ?? outcome)
        : `${broken.map(({ name }) => name).join(', ')} violated`;
    return [`\`${scenario}\``, description, log.join(', ') || 'none', ending];
  });
  const head = ['scenario', 'what happens', 'the longest log', 'how it ends'];
  expectGenerated(page, 'scenarios', markdownTable(head, rows));
});

test('says what the checker answers', () => {
  const questions: readonly CheckOptions[] = [
    { parameters: { servers: 2, ballots: 1 }, scope: { crashes: 0 } },
    { parameters: { servers: 2, ballots: 1 }, scope: { crashes: 1 } },
    { parameters: { servers: 2, ballots: 1, commands: 2 }, scope: { crashes: 0 } },
    { parameters: { servers: 2 }, scope: { crashes: 0 } },
    { parameters: { servers: 2, phase1Quorum: 2, phase2Quorum: 1 }, scope: { crashes: 0 } },
  ];
  const rows = questions.map((options) => {
    const asked = check(multiPaxosOverSet as AnySystem, { ...options, maxStates: 50_000 });
    expect([asked.verdict, asked.complete]).toEqual(['holds', true]);
    const { servers, ballots, commands, phase1Quorum, phase2Quorum } = asked.parameters;
    return [
      `${servers}, ${ballots}, ${commands}`,
      phase1Quorum === 0 ? 'majorities' : `${phase1Quorum} and ${phase2Quorum}`,
      asked.scope === undefined ? '' : describeScope(asked.scope),
      asked.timing ?? '',
      asked.distinct,
      asked.verdict,
    ];
  });
  const head = ['servers, ballots, commands', 'quorums', 'scope', 'timing', 'states', 'verdict'];
  expectGenerated(page, 'checks', markdownTable(head, rows));
});

test('names the planted bugs, which test/bugs/multi-paxos.test.ts has the checker find', () => {
  const rows = [...bugs, halfQuorums].map(({ name, mutation, parameters, scope, breaks }) => {
    const given = Object.entries({ ...parameters, ...scope });
    return [
      `\`${name}\``,
      mutation,
      breaks.join(' or '),
      given.map(([key, value]) => `${key}=${value}`).join(', '),
    ];
  });
  const head = ['bug', 'the mistake', 'violates', 'found with'];
  expectGenerated(page, 'bugs', markdownTable(head, rows));
});

test('tells how a new leader adopts a vote that one server has', () => {
  const told = story(run(system, { seed: 1, scenario: 'leader-crash-partial-2a', trace: true }));
  const [first, last] = ['     400 ms', ' 930.093 ms'].map((when) => told.indexOf(`\n${when}`));
  expect([first === -1, last === -1]).toEqual([false, false]);
  const part = told.slice((first ?? 0) + 1, last);
  // The vote of the dead leader's ballot is reported, proposed again and chosen.
  expect(part).toContain('sends 1b (ballot 3, votes');
  expect(part).toContain('applied: index 1, command c1.1');
  expectGenerated(page, 'story', `\`\`\`text\n${part}\n\`\`\``);
});
