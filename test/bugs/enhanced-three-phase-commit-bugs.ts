/**
 * Mistakes in E3PC, each a small change of one rule: its own, and those of quorum three-phase commit that a
 * single participant shows. Those that need a cascade of failures are asked from the middle of one, in
 * test/protocols/quorum-three-phase-commit/cascade.test.ts.
 */
import type { PlantedBug } from './planted-bug.ts';
import { withQuorums, bugs as withSkeensQuorums } from './quorum-three-phase-commit-bugs.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'half-is-enough',
    mutation: 'Half of the participants serve as a majority.',
    source: 'bug-zoo quorum-three-phase-weights, where one quorum serves for both',
    variation: {
      patch: Object.fromEntries(
        ['coordinator', 'participant'].map((machine) => [
          machine,
          (config) => withQuorums(config, { commitQuorum: 1, abortQuorum: 1 }),
        ]),
      ),
    },
    breaks: ['AC1 agreement'],
    parameters: { participants: 2, votes: 'yes', elections: 1 },
    scope: { crashes: 0 },
    scenario: 'partition-minimal',
  },
  {
    name: 'waiting-is-committable',
    mutation: 'A latest attempt that is none, all waiting, is gone on with to commit.',
    source: 'own: the commit rule without one that is pre-committed',
    variation: { provide: { participant: { guards: { commitRuleHolds: () => true } } } },
    breaks: ['AC1 agreement'],
    parameters: { participants: 1, votes: 'yes', elections: 1 },
    scope: { crashes: 1 },
  },
  ...withSkeensQuorums.filter(({ parameters }) => parameters.participants === 1),
];
