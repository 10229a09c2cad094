/** Paxos Commit: the protocol, its machines and properties. */
export { acceptor as commitAcceptor } from './acceptor.ts';
export { leader as commitLeader } from './leader.ts';
export { participant as proposingParticipant } from './participant.ts';
export { fasterPaxosCommit, paxosCommit } from './system.ts';
