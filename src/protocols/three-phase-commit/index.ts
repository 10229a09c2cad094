/** Three-phase commit: the protocol, its machines and properties. */
export { coordinator as firstCoordinator } from './coordinator.ts';
export { participant as electingParticipant } from './participant.ts';
export { threePhaseCommit } from './system.ts';
