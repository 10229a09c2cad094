/** Paxos Commit: the protocol, its machines and properties. */
export { acceptor } from './acceptor.ts';
export { leader } from './leader.ts';
export { participant as proposingParticipant } from './participant.ts';
export { fasterPaxosCommit, paxosCommit } from './system.ts';
