// Tables and pictures of the page of quorum three-phase commit and E3PC are what the program says today.
import type { AnySystem } from 'counterpoint';
import {
  enhancedThreePhaseCommit,
  quorumCoordinator,
  quorumParticipant,
  quorumThreePhaseCommit,
} from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { checksTable, costsTable, scenariosTable } from './commit-page.ts';
import { expectGenerated } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = 'src/protocols/quorum-three-phase-commit/README.md';
const quorum: AnySystem = quorumThreePhaseCommit;
const enhanced: AnySystem = enhancedThreePhaseCommit;

test('draws the machines that run', () => {
  expectGenerated(page, 'coordinator', stateDiagram(quorumCoordinator));
  expectGenerated(page, 'participant', stateDiagram(quorumParticipant));
  expectGenerated(page, 'coordinator transitions', transitionTable(quorumCoordinator));
  expectGenerated(page, 'participant transitions', transitionTable(quorumParticipant));
});

test('counts what a fault-free commit costs: 5N messages and 3N + 2 forces (Skeen 1982)', () => {
  const [table, same] = [quorum, enhanced].map((system) =>
    costsTable(system, (n) => [5 * n, 3 * n + 2]),
  );
  expect(same).toBe(table);
  expectGenerated(page, 'costs', table as string);
});

test('says how each scenario ends', () => {
  const beyond = ['duel', 'storage-loss'];
  expectGenerated(page, 'scenarios', scenariosTable(quorum, beyond));
  expectGenerated(page, 'enhanced scenarios', scenariosTable(enhanced, beyond));
});

test('says what the checker answers', () => {
  const yes = (participants: number, elections: number) => ({
    participants,
    elections,
    votes: 'yes',
  });
  const reliable = { loss: false, duplication: false };
  const table = checksTable([
    [quorum, { parameters: { ...yes(2, 1), commitQuorum: 1 }, scope: { crashes: 0 } }],
    [quorum, { parameters: yes(1, 2), scope: { crashes: 2 } }],
    [
      quorum,
      {
        parameters: { participants: 2, votes: 'yes' },
        timing: 'synchronous',
        scope: { crashes: 0, partitions: 1, ...reliable },
      },
    ],
    [quorum, { parameters: yes(1, 1), scope: { crashes: 1, diskLosses: 1 } }],
    [enhanced, { parameters: yes(1, 2), scope: { crashes: 2 } }],
    [
      enhanced,
      {
        parameters: { participants: 2, votes: 'yes' },
        timing: 'synchronous',
        scope: { crashes: 1, ...reliable },
      },
    ],
    [enhanced, { parameters: yes(1, 1), scope: { crashes: 1, diskLosses: 1 } }],
  ]);
  expectGenerated(page, 'checks', table);
});
