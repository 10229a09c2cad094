/** Three-phase commit with quorums: the protocol, its machines and properties. */
export { coordinator as quorumCoordinator } from './coordinator.ts';
export { participant as quorumParticipant } from './participant.ts';
export { connectedQuorumDecides } from './properties.ts';
export { connectedQuorumQuestion, quorumThreePhaseCommit } from './system.ts';
