/**
 * Counterpoint: many machines over a network that fails. The core: define, run, check, replay. It loads
 * nothing but xstate and seedrandom; files, fuzzing and reports are sub-paths.
 */
export * from './checker/index.ts';
export * from './model/index.ts';
export * from './simulator/index.ts';
