/** Forces that are lost and writes that fail: what of a step still happens, and what a restart finds. */
import { describe, expect, test } from 'vitest';
import { emit } from 'xstate';
import {
  type AnySystem,
  type Decision,
  defineProcess,
  defineSystem,
  mark,
  replaceRecords,
  send,
  stateKey,
  write,
} from '../../src/model/index.ts';
import { type Actions, answering, choices, go, inFlight, runOf } from './one-step.ts';

/** A process that does the actions on GO, notes how its writes end, and can write once more. */
function disk(actions: Actions): AnySystem {
  const on = {
    GO: actions,
    AGAIN: [emit(write('again', 'forced'))],
    SAVED: [emit(mark('saved'))],
    FAILED: [emit(mark('failed')), emit(send('b', { type: 'SORRY' }))],
  };
  const again = { event: { type: 'AGAIN' } };
  return defineSystem({
    name: 'disk',
    nodes: () => ({
      a: defineProcess({ machine: answering('a', on), choices: [...choices, again] }),
      b: defineProcess({ machine: answering('b', {}) }),
    }),
  });
}

const choose: Decision = { type: 'choose', process: 'a', event: go };
const again: Decision = { type: 'choose', process: 'a', event: { type: 'AGAIN' } };
const durable: Decision = { type: 'durable', node: 'a' };
const lost: Decision = { type: 'loseForce', node: 'a' };
const failed: Decision = { type: 'failWrite', node: 'a' };
const crash: Decision = { type: 'crash', node: 'a' };
const restart = (tail: number): Decision => ({ type: 'restart', node: 'a', tail });

describe('a lost force', () => {
  const forcing = disk([emit(write('f', 'forced')), emit(send('b', { type: 'X' }))]);

  test('looks to the machine like one that is done', () => {
    const { lines, state, view } = runOf(forcing, choose, lost);
    expect(lines).toEqual(['durable', 'send b X']);
    expect(inFlight(state)).toEqual(['X']);
    // Whoever asks which records survive a crash is told the truth.
    expect(view.records('a')).toEqual({ durable: [], tail: ['f'] });
    expect(view.faults).toMatchObject({ lostForces: 1, crashes: 0 });
  });

  test('is forgotten by a crash, or not', () => {
    for (const tail of [0, 1]) {
      const { view } = runOf(forcing, choose, lost, crash, restart(tail));
      expect(view.records('a').durable).toEqual(['f'].slice(0, tail));
    }
    expect(() => runOf(forcing, choose, durable, crash, restart(1))).toThrow('has 0 entries');
  });

  test('arrives by its completion event', () => {
    const told = disk([emit(write('f', 'forced', 'SAVED'))]);
    expect(runOf(told, choose, lost).lines).toEqual(['durable', 'a gets SAVED', 'mark saved']);
  });

  test('that a later force has made good is as if it had never been', () => {
    const honest = runOf(forcing, choose, durable, again, durable);
    const belied = runOf(forcing, choose, lost, again, durable);
    const { faults } = honest.state;
    expect(belied.view.records('a')).toEqual({ durable: ['f', 'again'], tail: [] });
    expect(stateKey(belied.instance, { ...belied.state, faults })).toBe(
      stateKey(honest.instance, honest.state),
    );
  });

  test('of a compaction lets a crash find the old records', () => {
    const compacting = disk([
      emit(write('old', 'forced')),
      emit(replaceRecords(['new'])),
      emit(send('b', { type: 'X' })),
    ]);
    const both = [choose, durable, lost, crash] as const;
    expect(runOf(compacting, ...both, restart(0)).view.records('a').durable).toEqual(['old']);
    expect(runOf(compacting, ...both, restart(1)).view.records('a').durable).toEqual(['new']);
  });
});

describe('a failed write of which nobody is to be told', () => {
  const holding = disk([
    emit(write('f', 'forced')),
    emit(mark('after')),
    emit(send('b', { type: 'X' })),
  ]);

  test('stops the node before anything that was to follow', () => {
    const { lines, state, view } = runOf(holding, choose, failed);
    expect(lines).toEqual(['failed, stops']);
    expect(view.isUp('a')).toBe(false);
    expect(inFlight(state)).toEqual([]);
    expect(view.faults).toMatchObject({ failedWrites: 1, crashes: 0 });
  });

  test('may have reached the disk all the same', () => {
    for (const tail of [0, 1])
      expect(runOf(holding, choose, failed, restart(tail)).view.records('a').durable).toEqual(
        ['f'].slice(0, tail),
      );
  });

  test('stops also a node that only waits for a completion event', () => {
    const told = disk([emit(write('f', 'forced', 'SAVED'))]);
    expect(runOf(told, choose, failed).view.isUp('a')).toBe(false);
  });

  test('has no effects between which a crash could strike', () => {
    expect(() => runOf(holding, choose, { ...failed, crashAfter: 0 } as Decision)).toThrow(
      'a performs 0 sends and writes in this step, so it cannot crash after 0 of them',
    );
  });
});

describe('a failed write with a failure event', () => {
  const told = disk([
    emit(write('lingers', 'unforced')),
    emit(write('f', 'forced', 'SAVED', 'FAILED')),
    emit(write('g', 'forced', 'SAVED', 'FAILED')),
  ]);

  test('tells its process, which has no such record, and leaves all others as they were', () => {
    const { lines, view, state } = runOf(told, choose, failed);
    expect(lines).toEqual(['failed', 'a gets FAILED', 'mark failed', 'send b SORRY']);
    expect(inFlight(state)).toEqual(['SORRY']);
    expect(view.records('a')).toEqual({ durable: [], tail: ['lingers', 'g'] });
    expect(runOf(told, choose, failed, durable).view.records('a')).toEqual({
      durable: ['lingers', 'g'],
      tail: [],
    });
    expect(runOf(told, choose, durable, failed).view.records('a')).toEqual({
      durable: ['lingers', 'f'],
      tail: [],
    });
  });

  test('is not found by a restart', () => {
    const { view } = runOf(told, choose, failed, failed, crash, restart(1));
    expect(view.records('a').durable).toEqual(['lingers']);
  });

  test('may be interrupted by a crash like any step', () => {
    const { view, state, lines } = runOf(told, choose, { ...failed, crashAfter: 0 } as Decision);
    expect(lines).toEqual(['failed', 'a gets FAILED', 'mark failed']);
    expect(view.isUp('a')).toBe(false);
    expect(inFlight(state)).toEqual([]);
    expect(view.faults).toMatchObject({ failedWrites: 1, crashes: 1 });
  });

  test('waits like a completion while another forced write holds the node', () => {
    const behind = disk([
      emit(write('f', 'forced', 'SAVED', 'FAILED')),
      emit(write('g', 'forced')),
      emit(send('b', { type: 'X' })),
    ]);
    expect(runOf(behind, choose, failed).lines).toEqual(['failed']);
    expect(runOf(behind, choose, failed, durable).lines).toEqual([
      'durable',
      'send b X',
      'a gets FAILED',
      'mark failed',
      'send b SORRY',
    ]);
    // The one that holds it has nobody to tell.
    expect(runOf(behind, choose, durable, failed).lines).toEqual(['failed, stops']);
  });

  test('leaves what a compaction was to replace', () => {
    const compacting = disk([
      emit(write('old', 'forced')),
      emit(replaceRecords(['new'], 'SAVED', 'FAILED')),
    ]);
    const { view } = runOf(compacting, choose, durable, failed);
    expect(view.records('a')).toEqual({ durable: ['old'], tail: [] });
  });

  test('needs a completion event too, since a node that is held has nobody to tell', () => {
    const half = disk([emit(write('f', 'forced', undefined, 'FAILED'))]);
    expect(() => runOf(half, choose)).toThrow(
      'a names the failure event "FAILED" of a write without a completion event',
    );
  });
});
