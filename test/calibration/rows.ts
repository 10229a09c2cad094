/** Which system, with which parameters, is which row of state-counts.json. */
import type { AnySystem, AnyTransitionSystem, CheckOptions } from '../../src/index.ts';
import {
  abd,
  alternatingBit,
  exactPingPong,
  increment,
  losslessPingPong,
  paxosActors,
  paxosMessages,
  pingPong,
  raftElection,
  singleCopy,
  tcommit,
  twoPhase,
  twoPhaseBackup,
  twoPhaseMessages,
  twoPhaseOrbits,
} from '../../src/protocols/calibration/index.ts';
import { abstractTwoPhaseCommit } from '../../src/protocols/two-phase-commit/abstract.ts';

export interface Row {
  /** The id in state-counts.json. */
  readonly id: string;
  readonly system: AnySystem | AnyTransitionSystem;
  readonly parameters: NonNullable<CheckOptions['parameters']>;
  /** Properties that the row says are false. */
  readonly violated?: readonly string[];
}

export const rows: readonly Row[] = [
  { id: 'tcommit-rm3', system: tcommit, parameters: { participants: 3 } },
  { id: 'two-phase-rm2', system: twoPhase, parameters: { participants: 2 } },
  { id: 'two-phase-rm3', system: twoPhase, parameters: { participants: 3 } },
  { id: 'two-phase-rm5', system: twoPhase, parameters: { participants: 5 } },
  { id: 'two-phase-rm7', system: abstractTwoPhaseCommit, parameters: { participants: 7 } },
  { id: 'two-phase-orbits-rm3', system: twoPhaseOrbits, parameters: { participants: 3 } },
  { id: 'two-phase-orbits-rm4', system: twoPhaseOrbits, parameters: { participants: 4 } },
  { id: 'two-phase-orbits-rm5', system: twoPhaseOrbits, parameters: { participants: 5 } },
  { id: 'two-phase-backup-rm3', system: twoPhaseBackup, parameters: { participants: 3 } },
  {
    id: 'paxos-tiny',
    system: paxosMessages,
    parameters: { acceptors: 3, values: 2, ballots: 2 },
  },
  {
    id: 'paxos-one-acceptor',
    system: paxosMessages,
    parameters: { acceptors: 1, values: 1, ballots: 2 },
  },
  {
    id: 'paxos-message-bits-b3',
    system: paxosMessages,
    parameters: { acceptors: 3, values: 2, ballots: 3, witnesses: false },
  },
  {
    id: 'raft-election-n3-t2-crash',
    system: raftElection,
    parameters: { servers: 3, terms: 2, crashes: true },
  },
  {
    id: 'raft-election-n3-t2',
    system: raftElection,
    parameters: { servers: 3, terms: 2, crashes: false },
  },
  { id: 'two-phase-messages-n3', system: twoPhaseMessages, parameters: { participants: 3 } },
  { id: 'single-copy-1s2c', system: singleCopy, parameters: { servers: 1, clients: 2 } },
  { id: 'abd-2s2c', system: abd, parameters: { servers: 2, clients: 2 } },
  { id: 'paxos-actors-3s2c', system: paxosActors, parameters: { servers: 3, clients: 2 } },
  { id: 'ping-pong-lossy-1', system: pingPong, parameters: { maxNat: 1 } },
  { id: 'ping-pong-lossy-5', system: pingPong, parameters: { maxNat: 5 } },
  // The figures hold for either kind of network.
  { id: 'ping-pong-lossless-5', system: losslessPingPong, parameters: { maxNat: 5 } },
  { id: 'ping-pong-lossless-5', system: exactPingPong, parameters: { maxNat: 5 } },
  { id: 'alternating-bit', system: alternatingBit, parameters: { values: 2, capacity: 2 } },
  {
    id: 'increment-2',
    system: increment,
    parameters: { threads: 2 },
    violated: ['no increment is lost'],
  },
  {
    id: 'increment-2-symmetric',
    system: increment,
    parameters: { threads: 2, symmetric: true },
    violated: ['no increment is lost'],
  },
];
