/** The service checked exhaustively, with each rule broken once: the property that must notice it. */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, check, replay, run, runFileOf, variant } from '../../../src/index.ts';
import { serviceSystem } from '../../../src/patterns/services/index.ts';

type Rules = Parameters<typeof variant>[2]['provide'];

const asked = (
  parameters: Readonly<Record<string, unknown>>,
  scope: Readonly<Record<string, unknown>>,
  system: AnySystem = serviceSystem,
) => check(system, { parameters, scope, maxStates: 100_000 });

const faultless = { crashes: 0, loss: false, duplication: false };

describe('in every execution a service', () => {
  test.each([
    [{}, faultless],
    [{}, { crashes: 1, restarts: 1 }],
    [{ calls: 3, queue: 2, discipline: 'lifo' }, faultless],
    [
      { calls: 3, concurrency: 2 },
      { crashes: 0, duplication: false },
    ],
    [{ errorPercent: 10 }, { crashes: 0 }],
    [
      { clients: 2, queue: 0 },
      { crashes: 0, duplication: false },
    ],
    [{ breaksAfterMs: 10 }, { crashes: 0, duplication: false }],
  ])('keeps what it promises: %o in the scope %o', (parameters, scope) => {
    const { verdict, complete, properties } = asked(parameters, scope);
    expect({ verdict, complete }).toEqual({ verdict: 'holds', complete: true });
    expect(properties.length).toBeGreaterThanOrEqual(5);
  });

  test('whose effects happen for every call may charge twice, and a run shows it too', () => {
    const { properties } = asked({ effects: 'every' }, { crashes: 0 });
    expect(properties.find(({ verdict }) => verdict === 'violated')?.name).toBe('one effect a key');
    const done = run(serviceSystem, { seed: 1, scenario: 'retries-without-keys', trace: true });
    expect(done.verdict).toBe('violated');
    expect(replay(serviceSystem, runFileOf(done))).toMatchObject({
      violated: ['one effect a key'],
    });
  });
});

describe('a service without one of its rules is found out', () => {
  const broken: readonly (readonly [rule: string, Rules, object, object, string])[] = [
    [
      'a server for everybody',
      { 'service-desk': { guards: { hasServer: () => true } } },
      {},
      faultless,
      'no more at work than servers',
    ],
    [
      'a place for everybody',
      { 'service-desk': { guards: { hasPlace: () => true } } },
      { calls: 3 },
      faultless,
      'no more waiting than places',
    ],
    [
      'nobody is called from the queue',
      { 'service-desk': { actions: { serveNext: assign({}) } } },
      {},
      faultless,
      'no server idle while calls wait',
    ],
    [
      'keys are not known again',
      { 'service-desk': { guards: { isKnown: () => false } } },
      { calls: 1 },
      { crashes: 0 },
      'one effect a key',
    ],
    [
      'a call that is under way begins once more',
      { 'service-desk': { guards: { isUnderWay: () => false } } },
      { calls: 1 },
      { crashes: 0 },
      'one effect a key',
    ],
    [
      'what was answered is not remembered',
      { 'service-desk': { actions: { remember: assign({}) } } },
      { calls: 1 },
      { crashes: 0 },
      'one effect a key',
    ],
    [
      'a server does not become free',
      { 'service-desk': { actions: { release: assign({}) } } },
      {},
      faultless,
      'every call ends',
    ],
    [
      'who is refused is not told',
      { 'service-desk': { actions: { refuseFull: assign({}) } } },
      { calls: 3 },
      faultless,
      'every call ends',
    ],
  ];
  test.each(broken)('%s', (name, provide, parameters, scope, property) => {
    const system = variant(serviceSystem as AnySystem, 'broken', { provide: provide ?? {} });
    const { properties } = asked(parameters as never, scope as never, system);
    const violated = properties.filter(({ verdict }) => verdict === 'violated');
    expect(
      violated.map((one) => one.name),
      name,
    ).toContain(property);
  });

  test('in the order of service', () => {
    const wrong = variant(serviceSystem as AnySystem, 'wrong', {});
    // A desk that is last in, first out where its clients were promised the other order.
    const lifo = { ...wrong, parameters: { ...wrong.parameters, discipline: 'fifo' } };
    const nodes = (given: object) => serviceSystem.nodes({ ...given, discipline: 'lifo' } as never);
    const { properties } = asked({ calls: 3, queue: 2 }, faultless, {
      ...lifo,
      nodes,
    } as AnySystem);
    expect(properties.find(({ verdict }) => verdict === 'violated')?.name).toBe('served in order');
  });
});

describe('the scenarios', () => {
  const outcomes: Readonly<Record<string, string>> = {
    quiet: 'recovered',
    closed: 'recovered',
    burst: 'recovered',
    slow: 'recovered',
    outage: 'blocked',
    flapping: 'blocked',
    errors: 'recovered',
    breakdowns: 'recovered',
    retries: 'blocked',
    'retries-without-keys': 'blocked',
  };

  test.each(Object.keys(serviceSystem.scenarios ?? {}))('%s ends as it should', (scenario) => {
    const { verdict, outcome, metrics } = run(serviceSystem, { seed: 1, scenario });
    expect(outcome).toBe(outcomes[scenario]);
    expect(verdict).toBe(scenario === 'retries-without-keys' ? 'violated' : 'holds');
    expect(metrics.operations.arrived).toBeGreaterThan(30);
  });

  test('meet the same calls: what differs is what the service makes of them', () => {
    const arrived = (scenario: string) =>
      run(serviceSystem, { seed: 3, scenario }).metrics.operations.arrived;
    expect(arrived('slow')).toBe(arrived('quiet'));
    expect(arrived('outage')).toBe(arrived('quiet'));
  });
});
