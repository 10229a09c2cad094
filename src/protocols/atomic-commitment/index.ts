/** Atomic commitment: what all its protocols promise, over what their processes mark. */
export {
  type Claim,
  type CommitProtocol,
  type FaultCell,
  type FaultOutcome,
  type MatrixFault,
  matrixFaults,
} from './contract.ts';
export {
  agreement,
  type CommitView,
  commitValidity,
  type Decision,
  durabilityOf,
  finality,
  nonBlocking,
  nonTriviality,
  type Observed,
  observer,
  type Vote,
} from './properties.ts';
