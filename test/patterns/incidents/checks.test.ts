/** Incidents in every execution of small systems, and with each rule broken once: the property that must notice it. */
import { describe, expect, test } from 'vitest';
import { assign, emit } from 'xstate';
import { type AnySystem, check, instantiate, send, variant } from '../../../src/index.ts';
import { incidentSystem, policyNames } from '../../../src/patterns/index.ts';

type Rules = NonNullable<Parameters<typeof variant>[2]['provide']>;

const asked = (
  policy: string,
  more: Readonly<Record<string, unknown>> = {},
  system: AnySystem = incidentSystem,
) => check(system, { parameters: { policy, ...more }, maxStates: 20_000 });

describe('in every execution', () => {
  test.each(policyNames)('%s keeps what is promised, alone', (policy) => {
    const { verdict, complete } = asked(policy);
    expect({ verdict, complete }).toEqual({ verdict: 'holds', complete: true });
  });
});

describe('without one of its rules it is found out:', () => {
  const broken: readonly (readonly [rule: string, policy: string, Rules, property: string])[] = [
    [
      'attempts are not counted',
      'retry',
      { retry: { guards: { isSpent: () => false } } },
      'attempts are bounded',
    ],
    [
      'attempts are not counted, in layers',
      'retry,retry',
      { retry: { guards: { isSpent: () => false } } },
      'attempts are bounded',
    ],
    [
      'the last failure is kept',
      'retry',
      { retry: { actions: { passOn: assign({}) } } },
      'every request ends',
    ],
    [
      'an answer goes up twice',
      'bulkhead',
      {
        bulkhead: {
          actions: {
            handOver: emit(({ event }) => {
              const { type, key } = event as unknown as { type: string; key: string };
              return send('client', { type, key } as never);
            }),
          },
        },
      },
      'one answer a request',
    ],
    [
      'keys are not known again',
      'retry,timeout',
      { 'service-desk': { guards: { isKnown: () => false } } },
      'one effect a key',
    ],
    [
      'a call under way begins once more',
      'retry,timeout',
      { 'service-desk': { guards: { isUnderWay: () => false } } },
      'one effect a key',
    ],
    [
      'open lets calls through',
      'breaker',
      {
        'circuit-breaker': {
          actions: {
            reject: assign(({ context, event }) => ({
              admitted: [...context.admitted, { ...event, epoch: context.epoch }],
            })),
          },
        },
      },
      'open admits no call',
    ],
    [
      'the bulkhead has permits for all',
      'bulkhead',
      { bulkhead: { guards: { hasPermit: () => true } } },
      'no more out than permits',
    ],
    [
      'who is rejected is not told',
      'breaker',
      { 'circuit-breaker': { actions: { reject: assign({}) } } },
      'every request ends',
    ],
  ];

  test.each(broken)('%s', (_, policy, provide, property) => {
    const system = variant(incidentSystem as AnySystem, 'broken', { provide });
    const requests = policy.startsWith('retry') ? 1 : 2;
    const { properties } = asked(policy, { requests }, system);
    const violated = properties.filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ name }) => name)).toContain(property);
  });

  test('the watchdog gone, a lost probe keeps the breaker from ever admitting a call', () => {
    const system = variant(incidentSystem as AnySystem, 'unwatched', {
      provide: { 'circuit-breaker': { guards: { isWatched: () => false } } },
    });
    const { properties } = check(system, {
      parameters: { policy: 'breaker' },
      scope: { loss: true },
      maxStates: 20_000,
    });
    const live = properties.find(({ name }) => name === 'the breaker lets calls through');
    expect(live?.verdict).toBe('violated');
  });
});

describe('a list of policies', () => {
  test.each([
    ['retri', 'parameter policy names "retri"; did you mean "retry"?'],
    ['', 'parameter policy names ""'],
    ['retry;timeout', 'parameter policy names "retry;timeout"'],
    ['none,retry', 'parameter policy names "none"'],
  ])('%s is refused', (policy, sentence) => {
    expect(() => instantiate(incidentSystem, { policy })).toThrow(sentence);
  });

  test('says in which order calls pass, the outermost first', () => {
    const { nodes } = instantiate(incidentSystem, { policy: 'retry,breaker, timeout' });
    const shop = nodes.find(({ id }) => id === 'shop');
    expect(shop?.processes.map(({ address }) => address)).toEqual([
      ...['shop/client', 'shop/retry', 'shop/circuit-breaker', 'shop/timeout'],
    ]);
  });
});
