/** Single-decree Paxos as a system: proposers, acceptors and learners, on nodes of their own or sharing them. */
import { constant, uniform } from '../../model/distribution.ts';
import type { Address } from '../../model/effects.ts';
import { UserMistake } from '../../model/errors.ts';
import { integer, oneOf } from '../../model/parameters.ts';
import { defineNode, defineProcess, type Node, type Process } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { agreement, integrity, validity } from '../consensus/properties.ts';
import { type AcceptorInput, acceptor, recoveredAcceptor } from './acceptor.ts';
import { type LearnerInput, learner } from './learner.ts';
import { observer, quorumsOf } from './observer.ts';
import {
  ballotOrder,
  decidedIsChosen,
  nonBlocking,
  oneChosen,
  oneValuePerBallot,
  progress,
  promisesKept,
  proposers,
  safeAt,
  termination,
  truthful1b,
} from './properties.ts';
import { type ProposerInput, proposer, recoveredProposer } from './proposer.ts';
import { refuseQuorums } from './quorums.ts';
import { scenarios } from './scenarios.ts';
import { blocked, settled } from './waiting.ts';

const parameters = {
  proposers: integer(2, { min: 1, max: 20, description: 'proposers; the i-th proposes vi' }),
  acceptors: integer(3, { min: 1, max: 50, description: 'acceptors' }),
  learners: integer(1, {
    min: 0,
    max: 50,
    description: 'learners beside those that every proposer has on its node',
  }),
  placement: oneOf(
    ['apart', 'together'],
    'apart: nodes p1.., a1.., l1..; together: nodes s1.. with an acceptor each, the first also with proposers and learners',
  ),
  phase1Quorum: integer(0, { min: 0, max: 50, description: 'promises needed; 0 is a majority' }),
  phase2Quorum: integer(0, { min: 0, max: 50, description: 'votes needed; 0 is a majority' }),
  mayMiss: {
    kind: 'parameter',
    default: false,
    description: 'quorums of the two phases may miss each other, to show what breaks',
  },
  thrifty: {
    kind: 'parameter',
    default: false,
    description: 'ask no more acceptors than a quorum, until one does not answer',
  },
  backOff: oneOf(
    ['random', 'fixed', 'none'],
    'how long a refused proposer waits: random, twice as long each time; or 5 ms; or not at all',
  ),
  ballots: integer(1000, {
    min: 1,
    max: 1_000_000,
    description: 'the highest ballot; a proposer that needs a higher one stops',
  }),
} as const;

/** The sizes of a system. */
interface Sizes {
  readonly proposers: number;
  readonly acceptors: number;
  readonly learners: number;
  readonly placement: string;
  readonly phase1Quorum: number;
  readonly phase2Quorum: number;
  readonly mayMiss: boolean;
}

/** A wrong size, told in one sentence. */
function refuseImpossible(sizes: Sizes): void {
  const { acceptors, placement, mayMiss } = sizes;
  refuseQuorums(acceptors, quorumsOf({ ...sizes }), mayMiss);
  for (const name of ['proposers', 'learners'] as const)
    if (placement === 'together' && sizes[name] > acceptors)
      throw new UserMistake(
        `${name} is ${sizes[name]}; placed together each shares a node with one of the ${acceptors} acceptors, so it must be ${acceptors} or less`,
      );
}

/** The addresses of all roles, by the places of their processes. */
interface Places {
  readonly proposers: readonly Address[];
  readonly acceptors: readonly Address[];
  readonly learners: readonly Address[];
  readonly ownLearners: readonly Address[];
}

const numbered = (count: number, name: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(index + 1));

function placesOf(sizes: Sizes): Places {
  const together = sizes.placement === 'together';
  const proposerNode = (index: number): string => (together ? `s${index}` : `p${index}`);
  return {
    proposers: numbered(sizes.proposers, (index) => `${proposerNode(index)}/proposer`),
    ownLearners: numbered(sizes.proposers, (index) => `${proposerNode(index)}/learner`),
    acceptors: numbered(sizes.acceptors, (index) =>
      together ? `s${index}/acceptor` : `a${index}`,
    ),
    learners: numbered(sizes.learners, (index) => (together ? `s${index}/learner` : `l${index}`)),
  };
}

/** A refused proposer waits up to 50 ms, the next time up to 100, and so on up to 1600. */
const randomBackOff = ({ context: { round } }: { readonly context: { readonly round: number } }) =>
  uniform(0, 25 * 2 ** Math.min(round, 6));

const backOffs = { random: randomBackOff, fixed: constant(5), none: constant(0) } as const;

/** Single-decree Paxos with durable promises, refusals, back-off and quorums of two sizes. */
export const paxos = defineSystem({
  name: 'paxos',
  description:
    'Single-decree Paxos: durable promises, duelling proposers with back-off, flexible quorums.',
  parameters,
  nodes: (given): Readonly<Record<string, Process | Node>> => {
    refuseImpossible(given);
    const places = placesOf(given);
    const { phase1: phase1Quorum, phase2: phase2Quorum } = quorumsOf({ ...given });

    const proposerOf = (index: number): Process => {
      // Whoever shares its node with an acceptor asks that one first.
      const near = given.placement === 'together' ? index - 1 : 0;
      const input: ProposerInput = {
        index,
        proposers: given.proposers,
        ballots: given.ballots,
        acceptors: [...places.acceptors.slice(near), ...places.acceptors.slice(0, near)],
        phase1Quorum,
        phase2Quorum,
        thrifty: given.thrifty,
        value: `v${index}`,
      };
      return defineProcess({
        machine: proposer,
        input,
        delays: {
          resend: constant(100),
          backOff: backOffs[given.backOff as keyof typeof backOffs],
        },
        operations: [{ type: 'PROPOSE' }],
        recover: (records) => ({ ...input, recovered: recoveredProposer(records) }),
      }) as Process;
    };

    const acceptorInput: AcceptorInput = {
      learners: places.learners,
      ownLearners: places.ownLearners,
    };
    const acceptorProcess = defineProcess({
      machine: acceptor,
      input: acceptorInput,
      recover: (records) => ({ ...acceptorInput, recovered: recoveredAcceptor(records) }),
    }) as Process;

    const learnerOf = (address: Address): Process => {
      const everyLearner = [...new Set([...places.ownLearners, ...places.learners])];
      const position = places.ownLearners.indexOf(address);
      const input: LearnerInput = {
        phase2Quorum,
        asks: places.learners.includes(address)
          ? [...places.acceptors, ...everyLearner.filter((other) => other !== address)]
          : [],
        proposer: places.proposers[position] ?? null,
      };
      return defineProcess({
        machine: learner,
        input,
        delays: { inquiry: constant(100) },
        recover: () => input,
      }) as Process;
    };

    const nodes: Record<string, Process | Node> = {};
    if (given.placement === 'apart') {
      for (const [position, own] of places.ownLearners.entries())
        nodes[`p${position + 1}`] = defineNode({
          processes: { proposer: proposerOf(position + 1), learner: learnerOf(own) },
        });
      for (const address of places.acceptors) nodes[address] = acceptorProcess;
      for (const address of places.learners) nodes[address] = learnerOf(address);
      return nodes;
    }
    for (let index = 1; index <= given.acceptors; index++)
      nodes[`s${index}`] = defineNode({
        processes: {
          ...(index <= given.proposers && { proposer: proposerOf(index) }),
          acceptor: acceptorProcess,
          ...(index <= Math.max(given.proposers, given.learners) && {
            learner: learnerOf(`s${index}/learner`),
          }),
        },
      });
    return nodes;
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1 },
  observe: observer,
  properties: [
    agreement,
    validity,
    integrity,
    oneChosen,
    decidedIsChosen,
    oneValuePerBallot,
    ballotOrder,
    promisesKept,
    safeAt,
    truthful1b,
    nonBlocking,
    termination,
  ],
  settled,
  blocked,
  /** The proposers that are at work. */
  primaries: (view) =>
    proposers(view)
      .filter((one) => one.in('preparing') || one.in('accepting'))
      .map(({ node }) => node),
  scenarios,
});

/**
 * The same over a set of messages, which never leave it (as in Lamport's specifications): any may be delivered
 * at any time, again, or never. So a check of it covers loss, copies and reordering with the fewest states.
 */
export const paxosOverSet = variant(paxos, 'set', {
  description: 'Paxos over a set of messages that never leave it, for exhaustive checks.',
  network: { order: 'set', idle: 'disabled' },
  parameters: { ballots: 2, learners: 0, placement: 'together' },
});

/** The question whose answer is yes of one proposer and no of two: is a value chosen in the end? */
export const progressQuestion = variant(paxosOverSet, 'progress', {
  description: 'Asks whether a proposal leads to a chosen value on every fair execution.',
  properties: [agreement, oneChosen, progress],
  parameters: { proposers: 1 },
});
