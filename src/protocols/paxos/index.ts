/** Paxos: the protocol, its machines and properties. */
export { acceptor } from './acceptor.ts';
export { learner } from './learner.ts';
export { proposer } from './proposer.ts';
export { paxos, paxosOverSet, progressQuestion } from './system.ts';
