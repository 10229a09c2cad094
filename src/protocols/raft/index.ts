/** Raft: the protocol and its machines. */
export { client as raftClient } from './client.ts';
export { kvRaftLeases } from './lease-system.ts';
export { raftMembers, raftMembersOverSet } from './membership-system.ts';
export { server as raftServer, serverOf as raftServerOf } from './server.ts';
export { kvRaft } from './store-system.ts';
export { raft, raftOverSet } from './system.ts';
