/**
 * A client of services: passes every operation on as a call whose key is the operation's `call`, and marks
 * how it ends. It has no state, so that any number of calls may be under way.
 */
import { emit, setup } from 'xstate';
import { type Effect, mark, type Received } from '../../model/effects.ts';
import { defineProcess } from '../../model/process.ts';
import type { Failed, Reply, ServiceMessage } from './messages.ts';
import type { Services } from './services.ts';

/** What a client is asked for: a call of a service. */
export interface Request {
  readonly type: 'REQUEST';
  readonly service: string;
  readonly call: string;
  readonly input?: unknown;
}

export function clientMachine(services: Services<string>) {
  return setup({
    types: {
      events: {} as Received<ServiceMessage> | Request,
      emitted: {} as Effect<ServiceMessage>,
    },
    actions: {
      call: emit(({ event }) => {
        const { service, call, input } = event as Request;
        return services.call(service, call, input);
      }),
      noteReply: emit(({ event }) => {
        const { key, degraded } = event as Reply;
        return mark('returned', { call: key, ...(degraded === true && { degraded }) });
      }),
      noteFailure: emit(({ event }) => {
        const { key, error } = event as Failed;
        return mark('failed', { call: key, error });
      }),
    },
  }).createMachine({
    id: 'service-client',
    on: {
      REQUEST: { actions: 'call' },
      reply: { actions: 'noteReply' },
      failed: { actions: 'noteFailure' },
    },
  });
}

/** A client with the operations that it is asked for when nothing else says so. */
export function defineClient(services: Services<string>, operations: readonly Request[] = []) {
  return defineProcess({ machine: clientMachine(services), operations });
}
