// Tables and pictures of the commit protocols' pages are what the program says today.
import {
  type AnySystem,
  type CheckOptions,
  check,
  describeScope,
  run,
  variant,
} from 'counterpoint';
import {
  chainSite,
  commitAcceptor,
  commitLeader,
  coordinator,
  electingParticipant,
  fasterPaxosCommit,
  firstCoordinator,
  linearCommit,
  lockedCommit,
  nonBlocking,
  nonBlockingQuestion,
  participant,
  paxosCommit,
  proposingParticipant,
  rowParticipant,
  threePhaseCommit,
  transactionCoordinator,
  treeCommit,
  treeSite,
  twoPhaseCommit,
} from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { checksTable, costsTable, scenariosTable } from './commit-page.ts';
import { expectGenerated, markdownTable } from './generated.ts';
import { placementsTable, stepsTable } from './paxos-commit-page.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

describe('the page of two-phase commit', () => {
  const page = 'src/protocols/two-phase-commit/README.md';

  test('draws the machines that run', () => {
    expectGenerated(page, 'coordinator', stateDiagram(coordinator));
    expectGenerated(page, 'participant', stateDiagram(participant));
    expectGenerated(page, 'coordinator transitions', transitionTable(coordinator));
    expectGenerated(page, 'participant transitions', transitionTable(participant));
  });

  test('counts what a fault-free commit costs: 4N messages and 2N + 1 forces (BHG 7.4)', () => {
    expectGenerated(
      page,
      'costs',
      costsTable(twoPhaseCommit, (n) => [4 * n, 2 * n + 1]),
    );
  });

  test('says how each scenario ends: only a lost disk is beyond what it claims', () => {
    expectGenerated(page, 'scenarios', scenariosTable(twoPhaseCommit, ['storage-loss']));
  });

  test('says what the checker answers', () => {
    const two = { participants: 2 };
    const table = checksTable([
      [
        twoPhaseCommit,
        { parameters: two, timing: 'synchronous', scope: { crashes: 0, loss: false } },
      ],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 1 } }],
      [twoPhaseCommit, { parameters: { participants: 1 }, scope: { crashes: 2 } }],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 0, partitions: 1 } }],
      [nonBlockingQuestion, { parameters: two }],
      [nonBlockingQuestion, { parameters: { ...two, cooperative: true } }],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 1, diskLosses: 1 } }],
    ]);
    expectGenerated(page, 'checks', table);
  });
});

describe('the pages of linear and tree two-phase commit', () => {
  const crashes = (count: number) => ({ crashes: count, loss: false, duplication: false });

  test('linear: 2(S - 1) messages and 2S - 1 forces', () => {
    const page = 'src/protocols/two-phase-commit/linear/README.md';
    expectGenerated(page, 'site', stateDiagram(chainSite));
    expectGenerated(page, 'site transitions', transitionTable(chainSite));
    expectGenerated(page, 'scenarios', scenariosTable(linearCommit, ['storage-loss']));
    expectGenerated(
      page,
      'costs',
      costsTable(linearCommit, (n) => [2 * n, 2 * n + 1]),
    );
    const system: AnySystem = linearCommit;
    const asked = variant(system, 'non-blocking', { properties: [nonBlocking] });
    const two = { participants: 2 };
    const table = checksTable([
      [system, { parameters: { participants: 3 }, timing: 'synchronous', scope: crashes(0) }],
      [system, { parameters: two }],
      [system, { parameters: { participants: 1 }, scope: { crashes: 2 } }],
      [system, { parameters: two, scope: { crashes: 0, partitions: 1 } }],
      [asked, { parameters: two, scope: crashes(1) }],
      [asked, { parameters: { ...two, cooperative: true }, scope: crashes(1) }],
      [asked, { parameters: { participants: 1 }, scope: crashes(2) }],
      [system, { parameters: two, scope: { ...crashes(1), diskLosses: 1 } }],
    ]);
    expectGenerated(page, 'checks', table);
  });

  test('tree: 4(S - 1) messages and 2S - 1 forces', () => {
    const page = 'src/protocols/two-phase-commit/tree/README.md';
    expectGenerated(page, 'site', stateDiagram(treeSite));
    expectGenerated(page, 'site transitions', transitionTable(treeSite));
    expectGenerated(page, 'scenarios', scenariosTable(treeCommit, ['storage-loss']));
    expectGenerated(
      page,
      'costs',
      costsTable(treeCommit, (n) => [4 * n, 2 * n + 1]),
    );
    const system: AnySystem = treeCommit;
    const asked = variant(system, 'non-blocking', { properties: [nonBlocking] });
    const two = { participants: 2, fanOut: 1 };
    const table = checksTable([
      [system, { parameters: { participants: 3 }, timing: 'synchronous', scope: crashes(0) }],
      [system, { parameters: two, scope: crashes(1) }],
      [system, { parameters: { participants: 1 }, scope: { crashes: 2 } }],
      [system, { parameters: { ...two, votes: 'yes' }, scope: { ...crashes(0), partitions: 1 } }],
      [asked, { parameters: two, scope: crashes(1) }],
      [system, { parameters: { participants: 1 }, scope: { ...crashes(1), diskLosses: 1 } }],
    ]);
    expectGenerated(page, 'checks', table);
  });
});

describe('the page of transactions under locks', () => {
  const page = 'src/protocols/two-phase-commit/locks/README.md';

  test('draws the machines that run', () => {
    expectGenerated(page, 'coordinator', stateDiagram(transactionCoordinator));
    expectGenerated(page, 'coordinator transitions', transitionTable(transactionCoordinator));
    expectGenerated(page, 'participant transitions', transitionTable(rowParticipant));
  });

  test('says what blocking costs strangers', () => {
    const system: AnySystem = lockedCommit;
    const rows = Object.entries(system.scenarios ?? {}).map(([scenario, { description }]) => {
      const { metrics, end, verdict, outcome, reason } = run(system, { seed: 1, scenario });
      expect([scenario, verdict]).toEqual([
        scenario,
        scenario === 'storage-loss' ? 'violated' : 'holds',
      ]);
      const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
      const ended = (how: string, whose: RegExp): number =>
        Object.entries(decided).filter(([name, one]) => one === how && whose.test(name)).length;
      const { lockWait, inDoubt } = metrics.spans;
      const ms = (value: number | null | undefined): string =>
        value === null || value === undefined ? 'none' : `${Math.round(value)} ms`;
      return [
        `\`${scenario}\``,
        description,
        `${ended('commit', /^c1/)}, ${ended('commit', /^c[2-9]/)}`,
        `${ended('abort', /^c1/)}, ${ended('abort', /^c[2-9]/)}`,
        `${ms(lockWait?.meanMs)}, ${ms(lockWait?.maxMs)}`,
        ms(inDoubt?.maxMs),
        verdict === 'violated' ? 'money violated' : (reason ?? outcome),
      ];
    });
    const head = [
      'scenario',
      'what happens',
      'committed by c1, by others',
      'aborted',
      'wait for a step: mean, longest',
      'longest doubt',
      'how it ends',
    ];
    expectGenerated(page, 'scenarios', markdownTable(head, rows));
  });

  test('says what the checker answers', () => {
    const system: AnySystem = lockedCommit;
    const crashes = (count: number) => ({ crashes: count, loss: false });
    const questions: readonly CheckOptions[] = [
      { parameters: { clients: 2 }, timing: 'synchronous', scope: crashes(1) },
      {
        parameters: { clients: 2, order: 'opposite' },
        timing: 'synchronous',
        scope: crashes(0),
      },
      { parameters: { clients: 1 }, timing: 'asynchronous', scope: { crashes: 1, loss: true } },
      { parameters: { clients: 1 }, scope: { ...crashes(1), diskLosses: 1 } },
    ];
    const rows = questions.map((question) => {
      const { parameters, scope, timing, verdict, distinct, properties } = check(system, {
        ...question,
        stopAtViolation: false,
      });
      const violated = properties.filter((one) => one.verdict === 'violated');
      return [
        `${parameters.clients}, ${parameters.order}`,
        scope === undefined ? '' : describeScope(scope),
        timing ?? '',
        distinct,
        verdict,
        violated.map(({ name }) => name).join(', '),
      ];
    });
    const head = ['clients, order', 'scope', 'timing', 'states', 'verdict', 'violated'];
    expectGenerated(page, 'checks', markdownTable(head, rows));
  });
});

describe('the page of three-phase commit', () => {
  const page = 'src/protocols/three-phase-commit/README.md';

  test('draws the machines that run', () => {
    expectGenerated(page, 'coordinator', stateDiagram(firstCoordinator));
    expectGenerated(page, 'participant', stateDiagram(electingParticipant));
    expectGenerated(page, 'coordinator transitions', transitionTable(firstCoordinator));
    expectGenerated(page, 'participant transitions', transitionTable(electingParticipant));
  });

  test('counts what a fault-free commit costs: 5N messages and 2N + 1 forces (Skeen 1981)', () => {
    expectGenerated(
      page,
      'costs',
      costsTable(threePhaseCommit, (n) => [5 * n, 2 * n + 1]),
    );
  });

  test('says how each scenario ends', () => {
    const beyond = ['partition', 'partition-minimal', 'false-suspicion', 'cascade', 'storage-loss'];
    expectGenerated(page, 'scenarios', scenariosTable(threePhaseCommit, beyond));
  });

  test('says what the checker answers', () => {
    const system: AnySystem = threePhaseCommit;
    const yes = { participants: 2, votes: 'yes' };
    const crashes = (count: number) => ({ crashes: count, duplication: false });
    const maxStates = 100_000;
    const table = checksTable([
      [system, { parameters: { participants: 3 }, scope: crashes(1) }],
      [system, { parameters: { participants: 2 }, scope: crashes(2) }],
      [system, { parameters: { participants: 1, votes: 'yes' }, scope: crashes(4) }],
      [system, { parameters: yes, scope: { ...crashes(1), loss: true } }],
      [system, { parameters: yes, scope: { crashes: 1, duplication: true } }],
      [system, { parameters: yes, scope: crashes(0), timing: 'asynchronous', maxStates }],
      [system, { parameters: yes, scope: { ...crashes(0), partitions: 1 }, maxStates }],
      [system, { parameters: yes, scope: { ...crashes(2), loss: true }, maxStates }],
      [system, { parameters: yes, scope: { ...crashes(1), diskLosses: 1 }, maxStates }],
    ]);
    expectGenerated(page, 'checks', table);
  });
});

describe('the page of Paxos Commit', () => {
  const page = 'src/protocols/paxos-commit/README.md';
  const system: AnySystem = paxosCommit;
  const faster: AnySystem = fasterPaxosCommit;

  test('draws the machines that run', () => {
    expectGenerated(page, 'participant', stateDiagram(proposingParticipant));
    expectGenerated(page, 'acceptor', stateDiagram(commitAcceptor));
    expectGenerated(page, 'leader', stateDiagram(commitLeader));
    expectGenerated(page, 'participant transitions', transitionTable(proposingParticipant));
    expectGenerated(page, 'acceptor transitions', transitionTable(commitAcceptor));
    expectGenerated(page, 'leader transitions', transitionTable(commitLeader));
  });

  test('counts what a fault-free commit costs, as Gray and Lamport do', () => {
    expectGenerated(page, 'costs', placementsTable());
    expectGenerated(page, 'steps', stepsTable());
  });

  test('says how each scenario ends', () => {
    const beyond = ['storage-loss', 'acceptor-storage-loss'];
    expectGenerated(page, 'scenarios', scenariosTable(system, beyond));
    expectGenerated(page, 'faster scenarios', scenariosTable(faster, beyond));
  });

  test('says what the checker answers', () => {
    const sized = (participants: number, acceptorFailures: number, leaders: number) => ({
      participants,
      acceptorFailures,
      leaders,
      ballots: leaders,
      votes: 'yes',
    });
    const together = { ...sized(1, 1, 1), placement: 'co-located' };
    const table = checksTable([
      [system, { parameters: sized(1, 0, 2), scope: { crashes: 0 } }],
      [faster, { parameters: sized(1, 0, 2), scope: { crashes: 0 } }],
      [system, { parameters: together, scope: { crashes: 1 } }],
      [system, { parameters: sized(1, 0, 1), scope: { crashes: 1 } }],
      [system, { parameters: together, scope: { crashes: 0, partitions: 1 } }],
      [system, { parameters: sized(1, 0, 1), scope: { crashes: 1, diskLosses: 1 } }],
    ]);
    expectGenerated(page, 'checks', table);
  });
});
