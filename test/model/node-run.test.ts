/** What a node does in one go: effects in order, forced writes, crashes between them. */
import { describe, expect, test } from 'vitest';
import { emit } from 'xstate';
import { type Decision, mark, replaceRecords, send, write } from '../../src/model/index.ts';
import { go, inFlight, runOf, system } from './one-step.ts';

const choose: Decision = { type: 'choose', process: 'a', event: go };
const durable: Decision = { type: 'durable', node: 'a' };

describe('effects of one step', () => {
  test('are carried out in the order in which the machine emits them', () => {
    const { lines, state } = runOf(
      system([
        emit(mark('first')),
        emit(send('b', { type: 'X' })),
        emit(write('u', 'unforced')),
        emit(send(['b', 'b'], { type: 'Y' })),
        emit(mark('last')),
      ]),
      choose,
    );
    expect(lines).toEqual([
      'a gets GO',
      'mark first',
      'send b X',
      'unforced u',
      'send b Y',
      'send b Y',
      'mark last',
    ]);
    expect(inFlight(state)).toEqual(['X', 'Y', 'Y']);
  });

  test('are kept up to each point in turn when the node crashes there', () => {
    const actions = [
      emit(send('b', { type: 'X' })),
      emit(write('u', 'unforced')),
      emit(mark('between')),
      emit(send(['b', 'b'], { type: 'Y' })),
    ];
    const all = ['send b X', 'unforced u', 'send b Y', 'send b Y'];
    for (let crashAfter = 0; crashAfter < all.length; crashAfter++) {
      const { lines, state, view } = runOf(system(actions), { ...choose, crashAfter } as Decision);
      const points = lines.filter((line) => /send|forced/.test(line));
      expect(points).toEqual(all.slice(0, crashAfter));
      expect(lines.includes('mark between')).toBe(crashAfter >= 2);
      expect(view.isUp('a')).toBe(false);
      expect(inFlight(state)).toHaveLength(points.filter((line) => line.startsWith('send')).length);
      expect(view.faults.crashes).toBe(1);
    }
  });

  test('that are no effects are refused by name', () => {
    expect(() => runOf(system([emit({ type: 'shout' } as never)]), choose)).toThrow(
      'a emitted "shout", which is no effect; effects are send, write, replace, mark, start and stop',
    );
    expect(() => runOf(system([emit(send('bb', { type: 'X' }))]), choose)).toThrow(
      'a sends to "bb", which is no process of "one-step"; did you mean "b"?',
    );
    expect(() => runOf(system([emit(send(undefined as never, { type: 'X' }))]), choose)).toThrow(
      'is no address',
    );
  });
});

describe('a forced write', () => {
  const actions = [
    emit(write('f', 'forced')),
    emit(send('b', { type: 'X' })),
    emit(write('g', 'forced')),
    emit(send('b', { type: 'Y' })),
  ];

  test('holds the later effects until it is durable', () => {
    const defined = system(actions);
    expect(inFlight(runOf(defined, choose).state)).toEqual([]);
    expect(inFlight(runOf(defined, choose, durable).state)).toEqual(['X']);
    expect(inFlight(runOf(defined, choose, durable, durable).state)).toEqual(['X', 'Y']);
  });

  test('holds the events of its node too', () => {
    const defined = system(actions);
    expect(() => runOf(defined, choose, choose)).toThrow('a waits for a forced write');
    expect(() => runOf(defined, choose, durable, durable, choose)).not.toThrow();
  });

  test('that names a completion event holds nothing, and the event arrives when it is durable', () => {
    const defined = system([emit(write('f', 'forced', 'SAVED')), emit(send('b', { type: 'X' }))]);
    const { state, view } = runOf(defined, choose);
    expect(inFlight(state)).toEqual(['X']);
    expect(view.records('a')).toEqual({ durable: [], tail: ['f'] });
    expect(() => runOf(defined, choose, choose)).not.toThrow();
    const after = runOf(defined, choose, durable);
    expect(after.lines).toEqual(['durable', 'a gets SAVED', 'mark saved']);
    expect(after.view.records('a')).toEqual({ durable: ['f'], tail: [] });
  });

  test('behind one with a completion lets the completion wait for it', () => {
    const defined = system([
      emit(write('f', 'forced', 'SAVED')),
      emit(write('g', 'forced')),
      emit(send('b', { type: 'X' })),
    ]);
    expect(runOf(defined, choose, durable).lines).toEqual(['durable']);
    expect(runOf(defined, choose, durable, durable).lines).toEqual([
      'durable',
      'send b X',
      'a gets SAVED',
      'mark saved',
    ]);
  });

  test('of a crashed node may or may not have reached the disk', () => {
    const crash: Decision = { type: 'crash', node: 'a' };
    for (const tail of [0, 1]) {
      const restart: Decision = { type: 'restart', node: 'a', tail };
      const { view, state } = runOf(system(actions), choose, crash, restart);
      expect(view.records('a').durable).toEqual(['f'].slice(0, tail));
      expect(inFlight(state), 'what waited for it is gone').toEqual([]);
    }
  });

  test('is durable before the effects that waited for it, wherever the crash strikes them', () => {
    const interrupted = { ...durable, crashAfter: 0 } as Decision;
    const { view, state } = runOf(system(actions), choose, interrupted);
    expect(view.records('a').durable).toEqual(['f']);
    expect(inFlight(state)).toEqual([]);
  });

  test('a compaction replaces the records of its process alone', () => {
    const defined = system([
      emit(write('f', 'unforced')),
      emit(replaceRecords(['c'], 'SAVED')),
      emit(write('later', 'unforced')),
    ]);
    const before = runOf(defined, choose).view.records('a');
    expect(before).toEqual({ durable: [], tail: ['c', 'later'] });
    expect(runOf(defined, choose, durable).view.records('a')).toEqual({
      durable: ['c'],
      tail: ['later'],
    });
  });
});
