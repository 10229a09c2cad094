/** The built-in protocols: `counterpoint/protocols`. */
export { builtInSystem, builtInSystems } from './registry.ts';
export * from './two-phase-commit/index.ts';
