/** Multi-Paxos: the protocol, its machines and properties. */
export { client as multiPaxosClient } from './client.ts';
export { server as multiPaxosServer } from './server.ts';
export { multiPaxos, multiPaxosOverSet } from './system.ts';
