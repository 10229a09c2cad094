/** The built-in protocols: `counterpoint/protocols`. */
export * from './atomic-commitment/index.ts';
export * from './raft/index.ts';
export { builtInSystem, builtInSystems } from './registry.ts';
export * from './three-phase-commit/index.ts';
export * from './two-phase-commit/index.ts';
