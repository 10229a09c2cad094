/** Replicated logs: what all their protocols promise, over what their processes mark. */
export {
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
  type ObservedLog,
  observeLog,
  type ReplicatedLogView,
  replicatedLogObserver,
} from './properties.ts';
