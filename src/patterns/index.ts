/** Patterns of service orchestration: `counterpoint/patterns`. */

export { builtInSystem, builtInSystems } from './registry.ts';
export * from './resilience/index.ts';
export * from './services/index.ts';
