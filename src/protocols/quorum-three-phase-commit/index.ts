/** Three-phase commit with quorums, and E3PC: the protocols, their machines and properties. */
export { coordinator as quorumCoordinator } from './coordinator.ts';
export { enhancedParticipant, enhancedThreePhaseCommit } from './enhanced.ts';
export { participant as quorumParticipant } from './participant.ts';
export { connectedQuorumDecides } from './properties.ts';
export { connectedQuorumQuestion, quorumThreePhaseCommit } from './system.ts';
