/**
 * 7. Time: a lease is safe when the holder gives it up earlier than the clocks may drift apart.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/7-lease.ts
 *     npm run -s counterpoint -- check docs/examples/7-lease.ts --set heldMs=50
 */
import { fileURLToPath } from 'node:url';
import type { Effect, Received } from 'counterpoint';
import { check, constant, defineProcess, defineSystem, exponential, send } from 'counterpoint';
import { emit, setup } from 'xstate';

type Message = { readonly type: 'ASK' | 'GRANT' };
const types = {
  events: {} as Received<Message> | { type: 'WANT' },
  emitted: {} as Effect<Message>,
};

/** The holder's time runs from its asking, which is before the server's begins. */
const client = setup({ types, delays: { held: 0 } }).createMachine({
  id: 'client',
  initial: 'idle',
  states: {
    idle: { on: { WANT: 'claiming' } },
    claiming: {
      entry: emit(send('server', { type: 'ASK' })),
      initial: 'asking',
      states: { asking: { on: { GRANT: 'holding' } }, holding: {} },
      after: { held: 'idle' },
    },
  },
});

/** Grants to nobody else until the term is over, by its own clock. */
const server = setup({
  types,
  delays: { term: 50 },
  actions: {
    grant: emit(({ event }) => send('from' in event ? event.from : [], { type: 'GRANT' })),
  },
}).createMachine({
  id: 'server',
  initial: 'free',
  states: {
    free: { on: { ASK: { target: 'leased', actions: 'grant' } } },
    leased: { after: { term: 'free' } },
  },
});

export const system = defineSystem({
  name: 'lease',
  parameters: { heldMs: 40 },
  nodes: ({ heldMs }) => {
    const choices = [{ event: { type: 'WANT' as const }, after: exponential(100) }];
    const delays = { held: constant(heldMs) };
    const holder = defineProcess({ machine: client, delays, choices });
    return { server: defineProcess({ machine: server }), a: holder, b: holder };
  },
  timing: 'timed',
  scope: { tickMs: 10, latency: '1', drift: '1/5' },
  properties: ({ invariant }) => [
    invariant(
      'one holder',
      ({ all }) => all.filter((one) => one.in('claiming.holding')).length < 2,
    ),
  ],
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [heldMs, drift] of [
    [50, '0'],
    [50, '1/5'],
    [40, '1/5'],
  ] as const) {
    const { verdict } = check(system, { parameters: { heldMs }, scope: { drift } });
    console.log(`held for ${heldMs} of 50 ms, drift ${drift}: ${verdict}`);
  }
