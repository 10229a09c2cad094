// Tables and pictures of the commit protocols' pages are what the program says today.
import { type AnySystem, variant } from 'counterpoint';
import {
  chainSite,
  commitAcceptor,
  commitLeader,
  coordinator,
  electingParticipant,
  fasterPaxosCommit,
  firstCoordinator,
  linearCommit,
  nonBlocking,
  nonBlockingQuestion,
  participant,
  paxosCommit,
  proposingParticipant,
  threePhaseCommit,
  treeCommit,
  treeSite,
  twoPhaseCommit,
} from 'counterpoint/protocols';
import { describe, test } from 'vitest';
import { checksTable, costsTable, scenariosTable } from './commit-page.ts';
import { expectGenerated } from './generated.ts';
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
