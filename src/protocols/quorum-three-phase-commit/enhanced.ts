/**
 * E3PC, the enhanced three-phase commit of Keidar and Dolev (PODS 1995, JCSS 1998): a majority that is connected
 * always decides, whatever failures came before, at no extra message or delay. It differs from the quorum variant
 * in four guards: which rule an elected coordinator applies, and that a participant may change from pre-commit to
 * pre-abort and back at the word of a later one. What is compared, the epoch of each participant's last move, is
 * on its disk (last attempt), and so is the highest epoch that it obeys (last elected).
 */
import { defineSystem } from '../../model/system.ts';
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
import { majoritiesOf } from './quorums.ts';
import { enhancedRules } from './rules.ts';
import { scenarios } from './scenarios.ts';

export const enhancedParticipant = participant.provide({
  guards: {
    /** A majority has answered, and of its latest attempt some are pre-committed. */
    commitRuleHolds: ({ context }) => enhancedRules.commits(context.reports, context),
    /** A majority has answered, and of its latest attempt none is pre-committed. */
    abortRuleHolds: ({ context }) => enhancedRules.aborts(context.reports, context),
    /** A later attempt saw a majority, so that no earlier one decides any more. */
    mayPreCommit: () => true,
    mayPreAbort: () => true,
  },
});

export const enhancedThreePhaseCommit = defineSystem({
  name: 'three-phase-commit/enhanced',
  description: 'E3PC: a connected majority always decides; the latest attempt is gone on with.',
  parameters,
  nodes: ({ participants, weights, ...rest }) =>
    nodesOf(
      { participants, ...rest },
      majoritiesOf(participantNames(participants), weights),
      enhancedParticipant,
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
    connectedQuorumDecides,
    decisionSpreads,
    everybodyDecides,
  ],
  settled: nobodyWaits,
  blocked: blockedUnder(enhancedRules),
  primaries: () => ['coordinator'],
  spans: { inDoubt: { from: 'uncertain', to: 'certain' } },
  scenarios,
});
