/** Raft: the protocol, its machines, and what a state machine on top of its log needs. */
export { logOnly, type StateMachine } from './applying.ts';
export { client as raftClient } from './client.ts';
export { keyValueStore } from './key-value.ts';
export { server as raftServer, serverOf as raftServerOf } from './server.ts';
export { withSessions } from './sessions.ts';
export { kvRaft } from './store-system.ts';
export { raft, raftOverSet } from './system.ts';
