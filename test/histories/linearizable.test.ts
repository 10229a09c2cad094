/** Linearizability as a property of systems: in every state of a check, of a run, of a replay. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, emit, setup } from 'xstate';
import { checkHistory, type Operation } from '../../src/histories/index.ts';
import {
  type AnySystem,
  check,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  type Effect,
  kv,
  linearizable,
  type Model,
  mark,
  type Received,
  type RunFile,
  register,
  replay,
  run,
  send,
  type View,
} from '../../src/index.ts';
import { type ClientHistory, placedCalls, withMark } from '../../src/model/client-history.ts';
import { canonical } from '../../src/model/plain-data.ts';
import { abd, paxosActors, singleCopy } from '../../src/protocols/calibration/index.ts';
import { story } from '../../src/reports/index.ts';
import { runFileOf } from '../../src/simulator/index.ts';
import { type History, historyObserver, isLinearizable } from './stateright-tester.ts';

interface Step {
  readonly client: number;
  readonly call: 'write' | 'read' | 'cas';
  readonly value: number;
  readonly other: number;
}

const steps = fc.array(
  fc.record({
    client: fc.nat(2),
    call: fc.constantFrom('write' as const, 'read' as const, 'read' as const, 'cas' as const),
    value: fc.nat(2),
    other: fc.nat(2),
  }),
  { maxLength: 14 },
);

/** Calls and answers as marks, and the same with real times. A fourth step of a client gives a call up. */
function recorded(list: readonly Step[]) {
  let history: ClientHistory = {};
  const operations: Operation[] = [];
  const open = new Map<string, number>();
  for (const [time, { client, call, value, other }] of list.entries()) {
    const process = `c${client}`;
    const at = open.get(process);
    const isGivenUp = other === 2 && value === 2;
    if (at === undefined || isGivenUp) {
      const input = call === 'read' ? undefined : call === 'cas' ? [value, other] : value;
      const data = input === undefined ? { type: call } : { type: call, input };
      history = withMark(history, { name: 'invoked', process, data });
      open.set(process, operations.length);
      operations.push({
        process,
        f: call,
        ...(input === undefined ? {} : { input }),
        invoked: time,
      });
      continue;
    }
    const made = operations[at] as Operation;
    const output = made.f === 'write' ? undefined : made.f === 'cas' ? value > 0 : value;
    history = withMark(
      history,
      output === undefined
        ? { name: 'returned', process }
        : { name: 'returned', process, data: { output } },
    );
    operations[at] = { ...made, returned: time, ...(output === undefined ? {} : { output }) };
    open.delete(process);
  }
  return { history, operations };
}

describe('a history without times', () => {
  it('has the verdict that it has with times', () => {
    const verdicts = { holds: 0, violated: 0, unknown: 0 };
    const property = linearizable('linearizable', { model: register });
    fc.assert(
      fc.property(steps, (list) => {
        const { history, operations } = recorded(list);
        const { verdict } = checkHistory(operations, register);
        verdicts[verdict]++;
        expect(property.judge({ history }).verdict).toBe(verdict);
      }),
      { seed: 6, numRuns: 2000 },
    );
    expect(verdicts.holds).toBeGreaterThan(200);
    expect(verdicts.violated).toBeGreaterThan(200);
  });

  it('keeps which call was answered before which was made, and nothing more', () => {
    const precedes = (all: readonly Pick<Operation, 'invoked' | 'returned'>[]) =>
      all.map((a) => all.map((b) => a.returned !== undefined && a.returned < b.invoked));
    let merged = 0;
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(steps, (list) => {
        const { history, operations } = recorded(list);
        const placed = placedCalls(history);
        expect(placed.length).toBe(operations.length);
        // Both stand in the order of their calls; calls between the same two answers may change places.
        const count = (table: readonly (readonly boolean[])[]) =>
          table.map((row) => row.filter(Boolean).length).sort();
        expect(count(precedes(placed))).toEqual(count(precedes(operations)));
        const key = canonical(history);
        const times = canonical(operations);
        if (seen.has(key) && seen.get(key) !== times) merged++;
        seen.set(key, times);
      }),
      { seed: 7, numRuns: 1000 },
    );
    expect(merged).toBeGreaterThan(10);
  });
});

/** The system with Stateright's tester beside the property: both must say the same in every state. */
function withTester(system: AnySystem): AnySystem {
  const [property] = system.properties;
  if (property?.kind !== 'linearizable') throw new Error('the system has no such property');
  const agrees = {
    kind: 'invariant' as const,
    name: 'the testers agree',
    holds: (view: View) =>
      isLinearizable(view.observed as History) ===
      (property.judge({ history: view.history }).verdict === 'holds'),
  };
  return { ...system, observe: historyObserver, properties: [property, agrees] };
}

describe('of the published register systems', () => {
  it.each([
    { system: singleCopy, servers: 1, clients: 3, verdict: 'holds' },
    { system: singleCopy, servers: 2, clients: 2, verdict: 'violated' },
    { system: abd, servers: 2, clients: 2, verdict: 'holds' },
    { system: paxosActors, servers: 3, clients: 1, verdict: 'holds' },
  ])('$system.name of $servers servers and $clients clients: $verdict', (row) => {
    const { system, servers, clients, verdict } = row;
    const parameters = { servers, clients };
    const alone = check(system, { parameters, stopAtViolation: false });
    const both = check(withTester(system), { parameters, stopAtViolation: false });
    expect(alone.properties[0]).toMatchObject({ kind: 'linearizable', verdict, exercised: true });
    expect(both.properties.map((one) => one.verdict)).toEqual([verdict, 'holds']);
    // The history that the tester keeps tells no states apart that the property does not.
    expect([both.distinct, both.generated]).toEqual([alone.distinct, alone.generated]);
  });

  it('a counterexample says which answer cannot be, and replays so', () => {
    const [property] = check(singleCopy, { parameters: { servers: 2 } }).properties;
    expect(property?.explanation).toMatchObject({
      blocked: { process: 'client1', operation: 'read() -> null' },
      order: [{ operation: 'write("A")', leaves: 'A' }, { operation: 'write("B") -> ?' }],
    });
    const told = replay(singleCopy, property?.counterexample as RunFile);
    expect(told.violated).toEqual(['linearizable']);
    expect(told.explanations.linearizable).toEqual(property?.explanation);
    expect(story(told, { width: 1000 })).toContain(
      'read() -> null of process client1 has no place after the 1 operation that was answered before it was',
    );
  });

  it('a run is judged at its end by the history that it made', () => {
    const verdicts = [1, 2].map((servers) => {
      const done = run(singleCopy, { seed: 1, parameters: { servers }, trace: true });
      const [property] = done.properties;
      expect(property?.exercised).toBe(true);
      expect(property?.explanation === undefined).toBe(property?.verdict === 'holds');
      expect(done.verdict).toBe(property?.verdict);
      const violated = property?.verdict === 'violated' ? ['linearizable'] : [];
      expect(replay(singleCopy, runFileOf(done)).violated).toEqual(violated);
      return property?.verdict;
    });
    expect(verdicts).toEqual(['holds', 'violated']);
  });
});

type Call =
  | { readonly type: 'APPEND'; readonly key: string; readonly value: string }
  | { readonly type: 'GET'; readonly key: string };
type Asked = Received<Extract<Call, { type: 'APPEND' }> | Extract<Call, { type: 'GET' }>>;

/** A client that asks again when no answer comes, and a store that does not notice. */
const client = setup({
  types: {
    context: {} as { readonly call: Call | null },
    events: {} as Call | { readonly type: 'DONE'; readonly text: string },
    emitted: {} as Effect<Call>,
  },
  delays: { patience: 100 },
  actions: { keep: assign(({ event }) => ({ call: event.type === 'DONE' ? null : event })) },
}).createMachine({
  id: 'client',
  context: { call: null },
  initial: 'idle',
  states: {
    idle: {
      on: {
        APPEND: { target: 'asking', actions: 'keep' },
        GET: { target: 'asking', actions: 'keep' },
      },
    },
    asking: {
      entry: emit(({ context }) => send('store', context.call as Call)),
      on: {
        DONE: {
          target: 'idle',
          actions: emit(({ context, event }) =>
            context.call?.type === 'GET'
              ? mark('returned', { result: event.text })
              : mark('returned'),
          ),
        },
      },
      after: { patience: { target: 'asking', reenter: true } },
    },
  },
});

const store = setup({
  types: {
    context: {} as { readonly text: string },
    events: {} as Asked,
    emitted: {} as Effect<{ readonly type: 'DONE'; readonly text: string }>,
  },
}).createMachine({
  id: 'store',
  context: { text: '' },
  on: {
    APPEND: {
      actions: [
        assign({ text: ({ context, event }) => context.text + event.value }),
        emit(({ context, event }) => send(event.from, { type: 'DONE', text: context.text })),
      ],
    },
    GET: {
      actions: emit(({ context, event }) => send(event.from, { type: 'DONE', text: context.text })),
    },
  },
});

function stored(
  timing: 'asynchronous' | 'synchronous',
  options: { readonly maxSteps?: number } = {},
) {
  return defineSystem({
    name: 'store',
    timing,
    nodes: () => ({
      client: defineProcess({
        machine: client,
        operations: [
          { type: 'APPEND', key: 'k', value: 'x' },
          { type: 'GET', key: 'k' },
        ],
      }),
      store: defineProcess({ machine: store }),
    }),
    properties: [linearizable('linearizable', { model: kv, ...options })],
  });
}

describe('of systems whose operations are invoked', () => {
  it('a request that is repeated takes effect twice, which the key-value model sees', () => {
    const [property] = check(stored('asynchronous')).properties;
    expect(property).toMatchObject({ verdict: 'violated', exercised: true });
    expect(property?.explanation?.blocked.operation).toBe('get("k") -> "xx"');
    expect(check(stored('synchronous')).verdict).toBe('holds');
  });

  it('without an answer nothing is exercised', () => {
    const lost = { ...stored('synchronous'), network: { loss: true, reliable: [] } };
    const silent = defineSystem({
      name: 'silent',
      nodes: () => ({
        client: defineProcess({ machine: client, operations: [{ type: 'GET', key: 'k' }] }),
        store: defineProcess({ machine: setup({}).createMachine({ id: 'deaf' }) }),
      }),
      properties: [linearizable('linearizable', { model: kv })],
    });
    expect(check(lost).properties[0]?.exercised).toBe(true);
    expect(check(silent).properties[0]).toMatchObject({ verdict: 'holds', exercised: false });
    expect(run(silent, { seed: 1, horizonMs: 500 }).properties[0]).toMatchObject({
      verdict: 'holds',
      exercised: false,
    });
  });

  it('a spent budget is unknown, never holds', () => {
    const poor = stored('synchronous', { maxSteps: 1 });
    expect(check(poor).properties[0]?.verdict).toBe('unknown');
    const done = run(poor, { seed: 1, horizonMs: 90 });
    expect([done.verdict, done.properties[0]?.verdict]).toEqual(['unknown', 'unknown']);
  });

  it('a call that was given up may have taken effect, or not', () => {
    const property = linearizable('linearizable', { model: register });
    const verdictOn = (...marks: readonly (readonly [string, string, unknown?])[]): string =>
      property.judge({
        history: marks.reduce<ClientHistory>(
          (history, [name, process, data]) => withMark(history, { name, process, data }),
          {},
        ),
      }).verdict;
    const givenUp = [
      ['invoked', 'a', { type: 'WRITE', value: 1 }],
      ['invoked', 'a', { type: 'READ' }],
    ] as const;
    expect(verdictOn(...givenUp, ['returned', 'a', { value: 1 }])).toBe('holds');
    expect(verdictOn(...givenUp, ['returned', 'a', { value: null }])).toBe('holds');
    expect(verdictOn(...givenUp, ['returned', 'a', null])).toBe('holds');
    expect(verdictOn(...givenUp, ['returned', 'a', { value: 2 }])).toBe('violated');
    const refused = [
      ['invoked', 'a', { type: 'WRITE', value: 1 }],
      ['returned', 'a', { failed: true }],
      ['invoked', 'a', { type: 'READ' }],
    ] as const;
    expect(verdictOn(...refused, ['returned', 'a', 1])).toBe('violated');
    expect(verdictOn(...refused, ['returned', 'a', null])).toBe('holds');
  });

  it('a model and a reading of marks of one’s own', () => {
    const counter: Model<number> = {
      name: 'counter',
      init: 0,
      step: (n, { output }) => (output === undefined || output === n + 1 ? [n + 1] : []),
    };
    const property = linearizable('counts', {
      model: counter,
      operation: (_, process) => ({ f: `next for ${process}` }),
      answer: (answer) => ({ output: (answer as { readonly got: number }).got }),
      clients: (process) => process !== 'server',
    });
    let history: ClientHistory = {};
    for (const process of ['server', 'a', 'b']) {
      history = withMark(history, { name: 'invoked', process });
      history = withMark(history, { name: 'returned', process, data: { got: 1 } });
    }
    expect(property.judge({ history }).explanation?.blocked).toEqual({
      process: 'b',
      operation: 'next for b() -> 1',
    });
  });
});

describe('mistakes are told in one sentence', () => {
  it('an answer to nothing', () => {
    expect(() => withMark({}, { name: 'returned', process: 'c1' })).toThrow(
      'c1 marks `returned` and has no operation open',
    );
  });

  it('a mark that names no operation, and an operation that the model does not have', () => {
    const property = linearizable('linearizable', { model: register });
    const judge = (data: unknown) => {
      const called = withMark({}, { name: 'invoked', process: 'c1', data });
      return () =>
        property.judge({ history: withMark(called, { name: 'returned', process: 'c1' }) });
    };
    expect(judge('write')).toThrow('c1 marks `invoked` with "write", which names no operation');
    expect(judge({ type: 'put' })).toThrow(
      'property "linearizable", process c1, put(): model "register" has no operation "put"',
    );
  });

  it('a model that is none, and a system without clients', () => {
    expect(() => linearizable('linearizable', { model: {} as never })).toThrow(
      'the model of property "linearizable" has no name',
    );
    expect(() =>
      defineTransitionSystem({
        name: 'abstract',
        initial: () => [0],
        next: () => [],
        properties: [linearizable<number>('linearizable', { model: register })],
      }),
    ).toThrow('"abstract" is a transition system, whose states have no clients');
  });
});
