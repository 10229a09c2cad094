/** Immediate choices belong to the step that opens them: nothing comes between. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import {
  apply,
  check,
  type Decision,
  defineProcess,
  defineSystem,
  type Effect,
  enabledDecisions,
  fullScope,
  initialState,
  instantiate,
  mark,
  type Received,
  type RunFile,
  replay,
  run,
  runFileOf,
  send,
} from '../../src/index.ts';

/** Asks once; an answer is a message like the question. */
const asking = setup({ types: { emitted: {} as Effect } }).createMachine({
  id: 'asking',
  initial: 'waiting',
  states: {
    waiting: {
      entry: emit(send('service', { type: 'ASK' })),
      on: { DONE: 'served', FAILED: 'refused' },
    },
    served: {},
    refused: {},
  },
});

/** A service that fails by chance; with `again`, it chooses for ever. */
const serving = setup({
  types: {
    context: {} as { readonly again: boolean },
    input: {} as { readonly again: boolean },
    events: {} as
      | Received<{ readonly type: 'ASK' }>
      | { readonly type: 'SUCCEED' }
      | { readonly type: 'FAIL' },
    emitted: {} as Effect,
  },
  guards: { chooses: ({ context }) => context.again },
}).createMachine({
  id: 'serving',
  context: ({ input }) => input,
  initial: 'idle',
  states: {
    idle: { on: { ASK: 'choosing' } },
    choosing: {
      on: {
        SUCCEED: [
          { guard: 'chooses', target: 'choosing', reenter: true },
          {
            target: 'idle',
            actions: [emit(mark('chosen')), emit(send('asker', { type: 'DONE' }))],
          },
        ],
        FAIL: { target: 'idle', actions: emit(send('asker', { type: 'FAILED' })) },
      },
    },
  },
});

const service = defineSystem({
  name: 'service',
  parameters: { again: false },
  nodes: ({ again }) => ({
    asker: defineProcess({ machine: asking }),
    service: defineProcess({
      machine: serving,
      input: { again },
      choices: [
        { event: { type: 'SUCCEED' }, weight: 3, immediate: true },
        { event: { type: 'FAIL' }, immediate: true },
      ],
    }),
  }),
  properties: ({ invariant, reachable }) => [
    invariant('nobody sees it choosing', ({ processes }) => !processes.service.in('choosing')),
    invariant('it never fails', ({ processes }) => !processes.asker.in('refused')),
    reachable('it succeeds', ({ processes }) => processes.asker.in('served')),
  ],
});

const ask: Decision = { type: 'deliver', from: 'asker', to: 'service', message: { type: 'ASK' } };

describe('an immediate choice', () => {
  const instance = instantiate(service);
  const scope = fullScope({ crashes: 1 }, {}, instance.network);
  const { state } = apply(instance, initialState(instance).state, ask);

  test('is all that is possible while it is open, faults included', () => {
    const possible = enabledDecisions(instance, state, { scope, timing: 'asynchronous' });
    expect(possible.map(({ type }) => type)).toEqual(['choose', 'choose']);
    expect(() => apply(instance, state, { type: 'crash', node: 'asker' })).toThrow(
      '"crash asker" is not possible here: service has to choose first (SUCCEED)',
    );
  });

  test('is one step with what opened it: the checker neither counts nor judges what lies between', () => {
    const result = check(service, { stopAtViolation: false });
    // Asked; answered either way; each answer delivered.
    expect([result.distinct, result.generated, result.depth]).toEqual([5, 5, 3]);
    expect(result.properties.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['nobody sees it choosing', 'holds'],
      ['it never fails', 'violated'],
      ['it succeeds', 'holds'],
    ]);
    const file = result.properties[1]?.counterexample as RunFile;
    expect(file.decisions.map(({ decision }) => decision.type)).toEqual([
      'deliver',
      'choose',
      'deliver',
    ]);
    expect(replay(service, file)).toMatchObject({ same: true, violated: ['it never fails'] });
  });

  test('may be cut short by a crash between its effects', () => {
    const { distinct } = check(service, { scope: { crashes: 1, restarts: 0 } });
    expect(distinct).toBeGreaterThan(5);
  });

  test('is drawn by weight in a run, at the time of the step', () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const made = run(service, { seed, trace: true });
      const [delivered, chosen] = made.trace;
      expect([delivered?.decision.type, chosen?.decision.type]).toEqual(['deliver', 'choose']);
      expect(chosen?.atUs).toBe(delivered?.atUs);
      const told = replay(service, runFileOf(made));
      expect(told.same).toBe(true);
      outcomes.add(told.violated.join());
    }
    expect([...outcomes].sort()).toEqual(['', 'it never fails']);
  });

  test('that leads to itself is refused in one sentence, by a check and by a run', () => {
    const sentence =
      'service takes more than 100 immediate choices in a row (last: SUCCEED); an immediate choice must lead on to where none is open';
    const again = { parameters: { again: true } };
    expect(() => check(service, again)).toThrow(sentence);
    // A run meets a failure sooner or later, which ends the row.
    expect(() => run(service, { seed: 1, ...again })).not.toThrow();
  });

  test('that is open from the start, or waits, is refused', () => {
    const eager = defineProcess({
      machine: serving,
      input: { again: false },
      choices: [{ event: { type: 'FAIL' }, immediate: true, after: { kind: 'constant', ms: 1 } }],
    });
    expect(() => instantiate(defineSystem({ name: 'x', nodes: () => ({ eager }) }))).toThrow(
      'eager: the choice FAIL is immediate and has a delay (after); leave one of them out',
    );
    const open = defineProcess({
      machine: setup({}).createMachine({
        id: 'open',
        on: { GO: {} },
        initial: 'a',
        states: { a: { on: { GO: 'b' } }, b: {} },
      }),
      choices: [{ event: { type: 'GO' }, immediate: true }],
    });
    const started = instantiate(defineSystem({ name: 'x', nodes: () => ({ open }) }));
    expect(() => initialState(started)).toThrow(
      'open starts with the immediate choice GO open; a system starts in one state, so let it wait for an event, or declare several starts',
    );
  });
});
