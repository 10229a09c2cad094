/** Services: nodes that work on calls, and their registry. */
export { clientMachine, defineClient, type Request } from './client.ts';
export { type DeskContext, deskMachine } from './desk.ts';
export type { Held } from './held.ts';
export type {
  Call,
  Cancel,
  EffectRecord,
  Failed,
  Failure,
  Probe,
  Reply,
  ServiceMessage,
} from './messages.ts';
export type { Scripted, ServiceEffects, ServiceOptions } from './options.ts';
export { defineService, defineServices, type Services } from './services.ts';
export { serviceSystem } from './system.ts';
