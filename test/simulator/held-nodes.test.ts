/** A node that waits for its disk: what comes meanwhile waits too, in order, unless it is cancelled. */
import { expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import {
  constant,
  defineNode,
  defineProcess,
  defineSystem,
  mark,
  run,
  send,
  write,
} from '../../src/index.ts';
import { answering } from '../model/one-step.ts';

const alarm = createMachine({
  id: 'alarm',
  initial: 'set',
  states: {
    set: { on: { STOP: 'off' }, after: { 2: { target: 'rung', actions: emit(mark('rung')) } } },
    off: {},
    rung: {},
  },
});
const go = { type: 'GO' } as const;

/** At 1 ms the sleeper forces a record, which takes until 6 ms; at 2 ms the alarm is due. */
function night(actions: readonly unknown[]) {
  const system = defineSystem({
    name: 'night',
    nodes: () => ({
      n: defineNode({
        processes: {
          alarm: defineProcess({ machine: alarm }),
          sleeper: defineProcess({
            machine: answering('sleeper', { GO: actions }),
            operations: [go] as never,
          }),
        },
      }),
    }),
  });
  const done = run(system, {
    seed: 1,
    think: constant(1),
    forceLatency: constant(5),
    trace: true,
  });
  return { done, alarm: done.end.all[0] };
}

test('a timer that is due while its node is held fires when the node is free', () => {
  const { alarm, done } = night([emit(write('f', 'forced'))]);
  expect(alarm?.in('rung')).toBe(true);
  const fired = done.trace.find(({ decision }) => decision.type === 'fire');
  expect(fired?.atUs).toBe(6000);
});

test('a timer that is cancelled while it waits does not fire', () => {
  const { alarm, done } = night([
    emit(write('f', 'forced')),
    emit(send('alarm', { type: 'STOP' })),
  ]);
  expect(alarm?.in('off')).toBe(true);
  expect(done.metrics.marks.rung).toBeUndefined();
  expect(done.metrics.timersFired).toBe(0);
});

test('a crash point after a forced record waits for that record, not for one before it', () => {
  const defined = defineSystem({
    name: 'two-writes',
    nodes: () => ({
      a: defineProcess({
        machine: answering('a', {
          GO: [
            emit(write('f', 'forced', 'SAVED')),
            emit(write('g', 'forced')),
            emit(send('b', { type: 'X' })),
          ],
        }),
        operations: [go] as never,
      }),
      b: defineProcess({ machine: answering('b', {}) }),
    }),
  });
  const point = { moment: 'after', nth: 1, message: 'g' } as const;
  const done = run(defined, { seed: 1, faults: [{ fault: 'crash', node: 'a', point }] });
  expect(done.unreached).toEqual([]);
  expect(done.end.isUp('a')).toBe(false);
  expect(done.end.records('a')).toEqual({ durable: ['f', 'g'], tail: [] });
  expect(done.metrics.messages.sent).toBe(0);
});
