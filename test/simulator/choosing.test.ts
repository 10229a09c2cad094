/** Choices in time: alternatives are drawn once, what opens later races, what closes falls away. */
import { expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import { constant, defineProcess, defineSystem, mark, run, send } from '../../src/index.ts';

/** A process that may give up slowly, and answer at once when it is asked. */
function patient(askedAfterMs: number, giveUpMs: number) {
  const server = createMachine({
    id: 'server',
    initial: 'waiting',
    states: {
      waiting: { on: { GIVE_UP: 'gone', ASK: 'asked' } },
      asked: {
        on: { GIVE_UP: 'gone', ANSWER: { target: 'answered', actions: emit(mark('answered')) } },
      },
      answered: {},
      gone: { entry: emit(mark('gone')) },
    },
  });
  const asker = createMachine({
    id: 'asker',
    initial: 'quiet',
    states: {
      quiet: { after: { [askedAfterMs]: 'asking' } },
      asking: { entry: emit(send('server', { type: 'ASK' })) },
    },
  } as never);
  return defineSystem({
    name: 'patient',
    nodes: () => ({
      server: defineProcess({
        machine: server,
        choices: [
          { event: { type: 'GIVE_UP' }, after: constant(giveUpMs) },
          { event: { type: 'ANSWER' }, after: constant(5) },
        ],
      }),
      asker: defineProcess({ machine: asker }),
    }),
  });
}

const asked = { seed: 1, latency: constant(10) };

test('a choice that opens while another is awaited races with it', () => {
  const { metrics, virtualMs } = run(patient(20, 1000), asked);
  expect(metrics.marks).toEqual({ answered: 1 });
  expect(virtualMs).toBe(35);
});

test('the choice that was awaited first keeps its own time', () => {
  const { metrics } = run(patient(20, 33), asked);
  expect(metrics.marks).toEqual({ gone: 1 });
});

test('the choice that the race has closed falls away', () => {
  expect(run(patient(20, 1000), asked).metrics.events).toBe(3);
});

test('alternatives of a choice that has closed are drawn again', () => {
  // SLOW and QUICK open together; whichever is drawn, the reset closes one and leaves the other.
  const machine = createMachine({
    id: 'machine',
    initial: 'both',
    states: {
      both: { on: { SLOW: 'slow', QUICK: 'quick' }, after: { 50: 'one' } },
      one: { on: { QUICK: 'quick' } },
      slow: {},
      quick: { entry: emit(mark('quick')) },
    },
  });
  const system = defineSystem({
    name: 'reset',
    nodes: () => ({
      node: defineProcess({
        machine,
        choices: [
          { event: { type: 'SLOW' }, after: constant(100) },
          { event: { type: 'QUICK' }, after: constant(100), weight: 1e-9 },
        ],
      }),
    }),
  });
  const { metrics, virtualMs } = run(system, { seed: 1 });
  expect(metrics.marks).toEqual({ quick: 1 });
  // Drawn again when SLOW closed at 50 ms, and not when SLOW was first drawn.
  expect(virtualMs).toBe(150);
});
