// The conditions of the dominance reduction (docs/semantics.md, section 14), each with a case in which the
// answer would be wrong without it.
import {
  check,
  constant,
  type Decision,
  defineProcess,
  defineSystem,
  type Effect,
  type Received,
  send,
  type Timing,
} from 'counterpoint';
import { expect, test } from 'vitest';
import { assign, emit, setup } from 'xstate';

type Message = { type: 'PING' };

/** Sends PING again and again. */
const caller = setup({
  types: { emitted: {} as Effect<Message> },
  delays: { resend: 10 },
}).createMachine({
  id: 'caller',
  initial: 'sending',
  states: {
    sending: {
      entry: emit(send('callee', { type: 'PING' })),
      after: { resend: { target: 'sending', reenter: true } },
    },
  },
});

const callee = setup({
  types: { context: {} as { heard: number }, events: {} as Received<Message> },
}).createMachine({
  id: 'callee',
  context: { heard: 0 },
  on: { PING: { actions: assign({ heard: ({ context }) => Math.min(2, context.heard + 1) }) } },
});

const ping = (without: (decision: Decision) => boolean, timing: Timing = 'asynchronous') =>
  defineSystem({
    name: 'ping',
    nodes: () => ({
      caller: defineProcess({ machine: caller, delays: { resend: constant(10) } }),
      callee: defineProcess({ machine: callee }),
    }),
    network: { loss: true, duplication: true },
    timing,
    properties: ({ alwaysPossible }) => [
      alwaysPossible('heard twice', ({ processes }) => heard(processes.callee) === 2, { without }),
    ],
  });

const heard = (process: { readonly up: boolean; readonly context?: { readonly heard: number } }) =>
  process.context?.heard;

const keepsCopy = (decision: Decision) =>
  decision.type === 'deliver' && decision.duplicate === true;

test('is used where messages may be lost and nothing looks at them', () => {
  const { reduced, verdict } = check(ping(() => false));
  expect({ reduced, verdict }).toEqual({ reduced: true, verdict: 'holds' });
});

test('is not used when a way out may do with a copy what it may not do without, or the reverse', () => {
  // Reduced, every delivery keeps a copy, so nothing would be left to hear PING by.
  const { reduced, verdict } = check(ping(keepsCopy));
  expect({ reduced, verdict }).toEqual({ reduced: false, verdict: 'holds' });
});

test('is not used under synchronous timing, in which fewer messages enable more timers', () => {
  expect(check(ping(() => false, 'synchronous')).reduced).toBe(false);
});
