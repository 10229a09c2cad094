/** The built-in systems by name. Adding a protocol touches its own folder and one line here. */
import { suggestion, UserMistake } from '../model/errors.ts';
import type { AnySystem } from '../model/system.ts';
import type { AnyTransitionSystem } from '../model/transition-system.ts';
import * as calibration from './calibration/index.ts';
import { kvMultiPaxos } from './multi-paxos/store-system.ts';
import { multiPaxos, multiPaxosOverSet } from './multi-paxos/system.ts';
import { paxos, paxosOverSet, progressQuestion } from './paxos/system.ts';
import { fasterPaxosCommit, paxosCommit } from './paxos-commit/system.ts';
import { primaryBackup, primaryBackupOverSet } from './primary-backup/system.ts';
import { enhancedThreePhaseCommit } from './quorum-three-phase-commit/enhanced.ts';
import {
  connectedQuorumQuestion,
  quorumThreePhaseCommit,
} from './quorum-three-phase-commit/system.ts';
import { kvRaftLeases } from './raft/lease-system.ts';
import { raftMembers, raftMembersOverSet } from './raft/membership-system.ts';
import { kvRaft } from './raft/store-system.ts';
import { raft, raftOverSet } from './raft/system.ts';
import { threePhaseCommit } from './three-phase-commit/system.ts';
import { abstractTwoPhaseCommit } from './two-phase-commit/abstract.ts';
import { linearCommit } from './two-phase-commit/linear/system.ts';
import { lockedCommit } from './two-phase-commit/locks/system.ts';
import { presumedAbort, presumedCommit } from './two-phase-commit/presumptions.ts';
import { nonBlockingQuestion, twoPhaseCommit } from './two-phase-commit/system.ts';
import { treeCommit } from './two-phase-commit/tree/system.ts';

const builtIns: readonly (AnySystem | AnyTransitionSystem)[] = [
  twoPhaseCommit,
  nonBlockingQuestion,
  presumedAbort,
  presumedCommit,
  linearCommit,
  treeCommit,
  lockedCommit,
  abstractTwoPhaseCommit,
  threePhaseCommit,
  paxosCommit,
  fasterPaxosCommit,
  quorumThreePhaseCommit,
  connectedQuorumQuestion,
  enhancedThreePhaseCommit,
  paxos,
  paxosOverSet,
  progressQuestion,
  multiPaxos,
  multiPaxosOverSet,
  kvMultiPaxos,
  primaryBackup,
  primaryBackupOverSet,
  raft,
  raftOverSet,
  kvRaft,
  kvRaftLeases,
  raftMembers,
  raftMembersOverSet,
  ...Object.values(calibration),
];

/** All built-in systems, variants after the system they vary. */
export function builtInSystems(): readonly (AnySystem | AnyTransitionSystem)[] {
  return builtIns;
}

/** The built-in system of that name. Throws a {@link UserMistake} with the nearest name. */
export function builtInSystem(name: string): AnySystem | AnyTransitionSystem {
  const system = builtIns.find((candidate) => candidate.name === name);
  if (system !== undefined) return system;
  const known = builtIns.map((candidate) => candidate.name);
  throw new UserMistake(`unknown system "${name}"${suggestion(name, known)}`);
}
