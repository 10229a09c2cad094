/**
 * Counterpoint: many machines over a network that fails. The core: define, run, check, replay. It loads
 * nothing but xstate and seedrandom; files, fuzzing and reports are sub-paths.
 */
export * from './checker/index.ts';
export { kv } from './histories/key-value.ts';
export { type LinearizableOptions, linearizable } from './histories/linearizable.ts';
export type { Model } from './histories/model.ts';
export { register, registerModel } from './histories/register.ts';
export * from './model/index.ts';
export * from './simulator/index.ts';
