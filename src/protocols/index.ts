/** The built-in protocols: `counterpoint/protocols`. */
export * from './atomic-commitment/index.ts';
export { commitProtocols } from './commit-protocols.ts';
export * from './consensus/index.ts';
export * from './key-value-store/index.ts';
export * from './multi-paxos/index.ts';
export * from './paxos/index.ts';
export * from './paxos-commit/index.ts';
export * from './primary-backup/index.ts';
export * from './quorum-three-phase-commit/index.ts';
export * from './raft/index.ts';
export { builtInSystem, builtInSystems } from './registry.ts';
export * from './replicated-log/index.ts';
export * from './three-phase-commit/index.ts';
export * from './two-phase-commit/index.ts';
