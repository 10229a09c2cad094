/** Consensus: what all its protocols promise, over what their processes mark. */
export {
  agreement as consensusAgreement,
  type ConsensusView,
  consensusObserver,
  integrity as consensusIntegrity,
  type ObservedConsensus,
  validity as consensusValidity,
} from './properties.ts';
