/** Multi-Paxos: the protocol, its machines and properties. */
export { client as multiPaxosClient } from './client.ts';
export { server as multiPaxosServer } from './server.ts';
export { storeClient as multiPaxosStoreClient } from './store-client.ts';
export { storeServerOf as multiPaxosServerOf } from './store-server.ts';
export { kvMultiPaxos } from './store-system.ts';
export { multiPaxos, multiPaxosOverSet } from './system.ts';
