/** Linear two-phase commit as a system: a chain from the coordinator to the last participant. */
import { constant } from '../../../model/distribution.ts';
import { integer } from '../../../model/parameters.ts';
import { defineProcess, replicate } from '../../../model/process.ts';
import { alwaysPossible } from '../../../model/property.ts';
import { defineSystem } from '../../../model/system.ts';
import {
  agreement,
  type CommitView,
  commitValidity,
  durabilityOf,
  finality,
  hasDecided,
  nonTriviality,
  observer,
} from '../../atomic-commitment/properties.ts';
import { participantNames, voteChoices, votingParameters } from '../../atomic-commitment/votes.ts';
import { allDecided, blockedInDoubt } from '../doubt.ts';
import type { SiteRecord } from './messages.ts';
import { scenarios } from './scenarios.ts';
import { type SiteInput, site } from './site.ts';

/** AC5: once failures are repaired and stay away, everybody decides. */
const termination = alwaysPossible<CommitView>(
  'AC5 termination',
  ({ all }) => all.every(hasDecided),
  {
    description:
      'Whatever has happened, when failures are repaired every process can still decide.',
  },
);

/** Linear two-phase commit with recovery and inquiry of the neighbours, or of all. */
export const linearCommit = defineSystem({
  name: 'two-phase-commit/linear',
  description: 'Linear two-phase commit: votes pass down a chain, the decision passes back.',
  parameters: {
    participants: integer(3, {
      min: 1,
      max: 50,
      description: 'participants, named p1, p2, ... down the chain; the last one decides',
    }),
    votes: votingParameters.votes,
    cooperative: {
      kind: 'parameter',
      default: false,
      description: 'sites in doubt ask all others, not only their neighbours',
    },
  },
  nodes: ({ participants, votes, cooperative }) => {
    const chain = ['coordinator', ...participantNames(participants)];
    const inputOf = (place: number): SiteInput => {
      const previous = chain.slice(Math.max(0, place - 1), place);
      const next = chain.slice(place + 1, place + 2);
      const others = chain.filter((_, index) => index !== place);
      return { previous, next, asks: cooperative ? others : [...next, ...previous] };
    };
    const siteAt = (place: number) => {
      const input = inputOf(place);
      return defineProcess({
        machine: site,
        input,
        // The further from either end, the longer a vote takes to come, and a decision.
        delays: {
          patience: constant(200 + 50 * place),
          doubt: constant(150 + 60 * (participants - place)),
        },
        suspects: { patience: input.previous },
        choices: voteChoices({ participants, votes }, place),
        ...(place === 0 ? { operations: [{ type: 'BEGIN' as const }] } : {}),
        recover: (records: readonly SiteRecord[]) => {
          const last: SiteInput['recovered'] = records.at(-1)?.record ?? 'none';
          return { ...input, recovered: last };
        },
      });
    };
    return {
      coordinator: siteAt(0),
      ...replicate('p', participants, (_, index) => siteAt(index)),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1 },
  observe: observer,
  properties: [
    agreement,
    finality,
    commitValidity,
    nonTriviality,
    durabilityOf('nothing'),
    termination,
  ],
  settled: allDecided,
  blocked: blockedInDoubt,
  primaries: ({ parameters }) => [`p${parameters.participants}`],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});
