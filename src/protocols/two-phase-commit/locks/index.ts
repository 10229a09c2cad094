/** Transactions over rows under locks, committed in two phases. */
export { coordinator as transactionCoordinator } from './coordinator.ts';
export { participant as rowParticipant } from './participant.ts';
export { lockedCommit } from './system.ts';
