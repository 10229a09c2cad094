/** Two-phase commit: the protocol, its variants, its machines and properties. */
export { abstractTwoPhaseCommit } from './abstract.ts';
export { type CoordinatorInput, coordinator } from './coordinator.ts';
export { chainSite, linearCommit } from './linear/index.ts';
export { lockedCommit, rowParticipant, transactionCoordinator } from './locks/index.ts';
export type { CoordinatorRecord, Message, ParticipantRecord } from './messages.ts';
export { type ParticipantInput, participant } from './participant.ts';
export { presumedAbort, presumedCommit } from './presumptions.ts';
export { nonBlockingQuestion, twoPhaseCommit } from './system.ts';
export { treeCommit, treeSite } from './tree/index.ts';
