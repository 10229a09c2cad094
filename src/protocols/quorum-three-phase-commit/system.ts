/** Quorum three-phase commit as a system: safe under any timing, and with a quorum of those who are connected. */
import { integer } from '../../model/parameters.ts';
import { defineSystem, variant } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  everybodyDecides,
  finality,
  nobodyWaits,
  nonTriviality,
  observer,
} from '../atomic-commitment/properties.ts';
import { participantNames } from '../atomic-commitment/votes.ts';
import { nodesOf, parameters } from './nodes.ts';
import { participant } from './participant.ts';
import { blockedUnder, connectedQuorumDecides, decisionSpreads } from './properties.ts';
import { quorumsOf } from './quorums.ts';
import { quorumRules } from './rules.ts';
import { scenarios } from './scenarios.ts';

/** Skeen's quorum-based three-phase commit, with elections that never end. */
export const quorumThreePhaseCommit = defineSystem({
  name: 'three-phase-commit/quorum',
  description:
    'Three-phase commit with commit and abort quorums: safe under partitions and false suspicion.',
  parameters: {
    ...parameters,
    commitQuorum: integer(0, {
      max: 5000,
      description: 'weight that commits; 0: what is left by abortQuorum, or a majority',
    }),
    abortQuorum: integer(0, {
      max: 5000,
      description: 'weight that aborts; 0: what is left by commitQuorum',
    }),
  },
  nodes: ({ participants, commitQuorum, abortQuorum, weights, ...rest }) =>
    nodesOf(
      { participants, ...rest },
      quorumsOf(participantNames(participants), { weights, commitQuorum, abortQuorum }),
      participant,
    ),
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
    decisionSpreads,
    everybodyDecides,
  ],
  settled: nobodyWaits,
  blocked: blockedUnder(quorumRules),
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});

/** The question whose answer is no: can participants that are connected and weigh a quorum always decide? */
export const connectedQuorumQuestion = variant(quorumThreePhaseCommit, 'connected', {
  description: 'Asks whether participants that are connected and weigh a quorum always decide.',
  properties: [agreement, finality, commitValidity, connectedQuorumDecides],
});
