/** Patterns of service orchestration: `counterpoint/patterns`. */

export * from './composition/index.ts';
export * from './incidents/index.ts';
export { builtInSystem, builtInSystems } from './registry.ts';
export * from './resilience/index.ts';
export * from './services/index.ts';
