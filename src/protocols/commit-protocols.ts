/** All commit protocols with their claims: what the contract suite and the matrix page run over. */
import type { CommitProtocol } from './atomic-commitment/contract.ts';
import { paxosCommitProtocols } from './paxos-commit/claims.ts';
import { quorumThreePhaseCommitProtocols } from './quorum-three-phase-commit/claims.ts';
import { threePhaseCommitProtocols } from './three-phase-commit/claims.ts';
import { twoPhaseCommitProtocols } from './two-phase-commit/claims.ts';
import { linearCommitProtocols } from './two-phase-commit/linear/claims.ts';
import { treeCommitProtocols } from './two-phase-commit/tree/claims.ts';

export const commitProtocols: readonly CommitProtocol[] = [
  ...twoPhaseCommitProtocols,
  ...linearCommitProtocols,
  ...treeCommitProtocols,
  ...threePhaseCommitProtocols,
  ...paxosCommitProtocols,
  ...quorumThreePhaseCommitProtocols,
];
