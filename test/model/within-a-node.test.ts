/** What happens inside a node: sends between its processes, and the instances of its families. */
import { describe, expect, test } from 'vitest';
import { assign, createMachine, emit } from 'xstate';
import {
  type AnySystem,
  type Decision,
  defineFamily,
  defineNode,
  defineProcess,
  defineSystem,
  mark,
  send,
  start,
  stop,
  write,
} from '../../src/model/index.ts';
import { type Actions, answering, choices, type Given, go, inFlight, runOf } from './one-step.ts';

describe('sends within a node', () => {
  const hosted = (a: Actions, b: Actions = [], c: Actions = []): AnySystem =>
    defineSystem({
      name: 'hosted',
      nodes: () => ({
        n: defineNode({
          processes: {
            a: defineProcess({
              machine: answering('a', { GO: a, BACK: [emit(mark('back'))] }),
              choices,
            }),
            b: defineProcess({ machine: answering('b', { X: b, Y: [emit(mark('y'))] }) }),
            c: defineProcess({ machine: answering('c', { X: c, Z: [emit(mark('z'))] }) }),
          },
        }),
        far: defineProcess({ machine: answering('far', {}) }),
      }),
    });
  const choose: Decision = { type: 'choose', process: 'n/a', event: go };

  test('run to completion, first in first out, after the effects of the step', () => {
    const { lines } = runOf(
      hosted(
        [emit(send('b', { type: 'X' })), emit(send('c', { type: 'X' })), emit(mark('sent'))],
        [emit(send('c', { type: 'Z' })), emit(send('n/a', { type: 'BACK' }))],
        [emit(send('b', { type: 'Y' }))],
      ),
      choose,
    );
    expect(lines.filter((line) => !line.startsWith('local'))).toEqual([
      'n/a gets GO',
      'mark sent',
      'n/b gets X',
      'n/c gets X',
      'n/c gets Z',
      'mark z',
      'n/a gets BACK',
      'mark back',
      'n/b gets Y',
      'mark y',
    ]);
  });

  test('are no messages: nothing is in flight, and they are no crash points', () => {
    const defined = hosted([emit(send('b', { type: 'X' })), emit(send('far', { type: 'F' }))]);
    const { state } = runOf(defined, choose);
    expect(inFlight(state)).toEqual(['F']);
    expect(() => runOf(defined, { ...choose, crashAfter: 1 } as Decision)).toThrow(
      'performs 1 sends and writes',
    );
  });

  test('wait when a forced write holds the node, and follow when it is durable', () => {
    const defined = hosted([emit(send('b', { type: 'X' })), emit(write('f', 'forced'))]);
    expect(runOf(defined, choose).lines).toEqual(['n/a gets GO', 'local n/b X', 'forced f']);
    const after = runOf(defined, choose, { type: 'durable', node: 'n' });
    expect(after.lines).toEqual(['durable', 'n/b gets X']);
  });

  test('come before a completion event that arrived while they waited', () => {
    const defined = hosted([
      emit(send('b', { type: 'X' })),
      emit(write('f', 'forced', 'SAVED')),
      emit(write('g', 'forced')),
    ]);
    const durable: Decision = { type: 'durable', node: 'n' };
    expect(runOf(defined, choose, durable).lines).toEqual(['durable']);
    expect(runOf(defined, choose, durable, durable).lines).toEqual([
      'durable',
      'n/b gets X',
      'n/a gets SAVED',
    ]);
  });

  test('that never end are refused with a sentence', () => {
    const endless = hosted([emit(send('b', { type: 'X' }))], [emit(send('b', { type: 'X' }))]);
    expect(() => runOf(endless, choose)).toThrow(
      'the processes of n send each other more than 10000 events in one step (last: X to n/b)',
    );
  });

  test('carry the address of their sender', () => {
    const seen: string[] = [];
    const noting = assign(({ event }: Given) => {
      seen.push((event as Given['event'] & { readonly from: string }).from);
      return {};
    });
    runOf(hosted([emit(send('b', { type: 'X' }))], [noting]), choose);
    expect(seen).toEqual(['n/a']);
  });
});

describe('families', () => {
  const worker = createMachine({
    id: 'worker',
    context: ({ input }: { input: object }) => ({ ...input }),
    initial: 'busy',
    output: ({ context }: { context: object }) => ({ of: context }),
    states: {
      busy: {
        entry: emit(({ context }: Given) =>
          write(`began ${(context as { key: string }).key}`, 'unforced'),
        ),
        on: { END: 'ended' },
        after: { 5: 'ended' },
      },
      ended: { type: 'final' },
    },
  } as never);
  const finished: unknown[] = [];
  const boss = (actions: Actions): AnySystem =>
    defineSystem({
      name: 'families',
      nodes: () => ({
        n: defineNode({
          processes: {
            boss: defineProcess({
              machine: answering('boss', {
                GO: actions,
                FINISHED: [
                  assign(({ event }: Given) => {
                    finished.push(event);
                    return {};
                  }),
                  emit(mark('heard')),
                ],
              }),
              choices,
            }),
          },
          families: {
            worker: defineFamily({
              machine: worker,
              choices: [{ event: { type: 'END' } }],
              recover: (records) => ({ key: `recovered from ${records.length}` }) as never,
            }),
          },
        }),
      }),
    });
  const choose: Decision = { type: 'choose', process: 'n/boss', event: go };
  const starting = (key: string) => emit(start('worker', key, { key }));

  test('an instance starts with its input, lives at its address and is seen by views', () => {
    const { lines, view } = runOf(boss([starting('k2'), starting('k1')]), choose);
    expect(lines).toContain('start n/worker/k1');
    expect(view.all.map(({ address }) => address)).toEqual([
      'n/boss',
      'n/worker/k1',
      'n/worker/k2',
    ]);
    expect(view.processes['n/worker/k1' as never]).toMatchObject({ context: { key: 'k1' } });
    expect(view.records('n/worker/k1').tail).toEqual(['began k1']);
  });

  test('the output of an instance in its final state goes to the process that started it', () => {
    const end: Decision = { type: 'choose', process: 'n/worker/k1', event: { type: 'END' } };
    const { lines, view } = runOf(boss([starting('k1')]), choose, end);
    expect(lines).toEqual(['n/worker/k1 gets END', 'cancel', 'n/boss gets FINISHED', 'mark heard']);
    expect(finished.at(-1)).toEqual({
      type: 'FINISHED',
      family: 'worker',
      key: 'k1',
      output: { of: { key: 'k1' } },
      from: 'n/worker/k1',
    });
    expect(view.all).toHaveLength(1);
  });

  test('a stopped instance is gone with its timers, and tells nobody', () => {
    const { lines, view } = runOf(boss([starting('k1'), emit(stop('worker', 'k1'))]), choose);
    expect(lines).toContain('stop n/worker/k1');
    expect(lines).not.toContain('n/boss gets FINISHED');
    expect(view.all).toHaveLength(1);
  });

  test('stopping what does not run is nothing', () => {
    expect(() => runOf(boss([emit(stop('worker', 'nobody'))]), choose)).not.toThrow();
  });

  test('an instance started again after a crash recovers from its records', () => {
    const { view } = runOf(
      boss([starting('k1')]),
      choose,
      { type: 'crash', node: 'n' },
      { type: 'restart', node: 'n', tail: 1 },
      choose,
    );
    expect(view.processes['n/worker/k1' as never]).toMatchObject({
      context: { key: 'recovered from 1' },
    });
  });

  test('mistakes in starting are told', () => {
    expect(() => runOf(boss([starting('k1'), starting('k1')]), choose)).toThrow(
      'n/boss starts n/worker/k1, which is running already; stop it first, or use another key',
    );
    expect(() => runOf(boss([emit(start('wroker', 'k', {}))]), choose)).toThrow(
      'is no family of node n; did you mean "worker"?',
    );
    expect(() => runOf(boss([emit(start('worker', 'a/b', {}))]), choose)).toThrow(
      'with the key "a/b"; a key is a text without "/"',
    );
  });
});
