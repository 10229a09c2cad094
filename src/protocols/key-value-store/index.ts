/** The key-value store, apart from what replicates it. */
export { keyValueStore } from './key-value.ts';
export { acknowledgedWrites, writesIn } from './properties.ts';
export { withSessions } from './sessions.ts';
export { logOnly, type StateMachine } from './state-machine.ts';
