/** Tree two-phase commit as a system: the coordinator is the root, the participants fill the levels below. */
import { constant } from '../../../model/distribution.ts';
import { integer } from '../../../model/parameters.ts';
import { defineProcess, replicate } from '../../../model/process.ts';
import { defineSystem } from '../../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  finality,
  nonTriviality,
  observer,
} from '../../atomic-commitment/properties.ts';
import { participantNames, voteChoices, votingParameters } from '../../atomic-commitment/votes.ts';
import type { SiteRecord } from './messages.ts';
import { blocked, settled, termination } from './properties.ts';
import { scenarios } from './scenarios.ts';
import { type SiteInput, site } from './site.ts';

/** The tree in which each site has so many children, filled level by level; 0 is the root. */
function treeOf(sites: number, fanOut: number) {
  const parentOf = (place: number): number => Math.floor((place - 1) / fanOut);
  const childrenOf = (place: number): readonly number[] =>
    Array.from({ length: fanOut }, (_, index) => fanOut * place + index + 1).filter(
      (child) => child < sites,
    );
  const depthOf = (place: number): number => (place === 0 ? 0 : 1 + depthOf(parentOf(place)));
  const heightOf = (place: number): number =>
    Math.max(0, ...childrenOf(place).map((child) => 1 + heightOf(child)));
  return { parentOf, childrenOf, depthOf, heightOf };
}

/** What the log says. A decision whose `end` is there has been acknowledged by all children. */
function found(records: readonly SiteRecord[]): NonNullable<SiteInput['recovered']> {
  const isOver = records.some(({ record }) => record === 'end');
  for (const one of records)
    if (one.record === 'commit' || one.record === 'abort')
      return { found: one.record, notify: isOver ? [] : one.notify };
  const isPrepared = records.some(({ record }) => record === 'prepared');
  return { found: isPrepared ? 'prepared' : 'none', notify: [] };
}

/** Tree two-phase commit, presumed nothing, with recovery, resends and inquiry of the parent, or of all. */
export const treeCommit = defineSystem({
  name: 'two-phase-commit/tree',
  description: 'Tree two-phase commit: each site asks its children before it votes for them all.',
  parameters: {
    participants: integer(3, {
      min: 1,
      max: 50,
      description: 'participants, named p1, p2, ... level by level; the coordinator is the root',
    }),
    fanOut: integer(2, {
      min: 1,
      max: 50,
      description: 'children of a site, as long as there are participants; 1 is a chain',
    }),
    votes: votingParameters.votes,
    cooperative: {
      kind: 'parameter',
      default: false,
      description: 'sites in doubt ask all others, not only their parent',
    },
  },
  nodes: ({ participants, fanOut, votes, cooperative }) => {
    const names = participantNames(participants);
    const sites = ['coordinator', ...names];
    const { parentOf, childrenOf, depthOf, heightOf } = treeOf(sites.length, fanOut);
    const height = heightOf(0);
    const at = (places: readonly number[]) => places.map((place) => sites[place] as string);
    const siteAt = (place: number) => {
      const parent = place === 0 ? [] : at([parentOf(place)]);
      const others = sites.filter((_, index) => index !== place);
      const input: SiteInput = {
        parent,
        children: at(childrenOf(place)),
        asks: cooperative ? others : parent,
      };
      return defineProcess({
        machine: site,
        input,
        // Requests come later down the tree, votes and decisions later the higher it is.
        delays: {
          patience: constant(150 + 50 * depthOf(place)),
          voteTimeout: constant(100 * Math.max(1, heightOf(place))),
          doubt: constant(90 + 60 * height),
          resend: constant(100),
        },
        suspects: {
          patience: parent,
          voteTimeout: ({ context }) =>
            context.children.filter((one) => ![...context.yes, ...context.no].includes(one)),
        },
        choices: voteChoices({ participants, votes }, place),
        ...(place === 0 ? { operations: [{ type: 'BEGIN' as const }] } : {}),
        recover: (records: readonly SiteRecord[]) => ({ ...input, recovered: found(records) }),
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
  settled,
  blocked,
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});
