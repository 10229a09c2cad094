/** Fallback in every execution of small systems, and with each of its rules broken once. */
import { describe, expect, test } from 'vitest';
import { assign, emit } from 'xstate';
import {
  type AnySystem,
  alwaysPossible,
  constant,
  invariant,
  reachable,
} from '../../../src/index.ts';
import {
  type FallbackContext,
  type FallbackOptions,
  fallback,
  type Policy,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { contextOf, guardedServices, observeEnds, type SeenEnds } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };
const kept = (view: SeenEnds) => contextOf<FallbackContext>(view, 'fallback')?.kept ?? [];

const asked = (
  policies: readonly Policy[],
  services: Readonly<Record<string, ServiceOptions>>,
  keys: readonly string[],
  properties: readonly unknown[],
  more = {},
): Question => ({
  system: guardedServices(
    policies,
    services,
    keys.map((key) => [Object.keys(services)[0] as string, key] as const),
    properties as never,
    { observe: observeEnds, ...more },
  ) as AnySystem,
  scope,
});

const ends = (end: string) =>
  reachable<SeenEnds>(`ends ${end}`, ({ observed }) =>
    Object.values(observed.ends).includes(end as never),
  );
const neverFails = invariant<SeenEnds>(
  'no call fails',
  ({ observed }) => !Object.values(observed.ends).includes('failed'),
);
const flaky: ServiceOptions = { errorRate: 0.5 };
const instead = (options: Partial<FallbackOptions> = {}) =>
  fallback({ give: { kind: 'value', value: 'instead' }, ...options });

const value = asked(
  [instead()],
  { a: flaky },
  ['k', 'l'],
  [neverFails, ends('degraded'), ends('full')],
);
const unhandled = asked(
  [instead({ on: [] })],
  { a: flaky },
  ['k'],
  [
    ends('failed'),
    invariant<SeenEnds>(
      'none is degraded',
      ({ observed }) => !Object.values(observed.ends).includes('degraded'),
    ),
  ],
);

const cache = (maxAge: ReturnType<typeof constant> | null, by = () => 'all') =>
  fallback({ give: { kind: 'cached', maxAge, by, size: 1 } });
const cached = asked(
  [cache(constant(10))],
  { a: flaky },
  ['k', 'l'],
  [
    ends('degraded'),
    ends('failed'),
    invariant<SeenEnds>('no more kept than there is room', (view) => kept(view).length <= 1),
    alwaysPossible<SeenEnds>('what is kept grows too old', (view) => kept(view).length === 0),
  ],
);
const nested = asked(
  [cache(null), instead()],
  { a: flaky },
  ['k', 'l'],
  [
    invariant<SeenEnds>('what is kept is a full answer', (view) =>
      kept(view).every(({ output }) => output !== 'instead'),
    ),
  ],
);
/** Both services may lose the call: the timeout inside and the time of the fallback end it all the same. */
const other = fallback({ give: { kind: 'service', service: 'b', within: constant(10) } });
const elsewhere = asked(
  [other],
  { a: flaky, b: flaky },
  ['k', 'l'],
  [ends('degraded'), ends('failed')],
);
const lossy: Question = {
  ...asked([other, timeout({ after: constant(10) })], { a: {}, b: {} }, ['k'], [ends('degraded')]),
  scope: { ...scope, loss: true },
};
/** Its caller gives it up while the other service is asked. */
const given = asked(
  [timeout({ after: constant(10), mode: 'cooperate' }), other],
  { a: flaky, b: {} },
  ['k'],
  [ends('failed')],
);

describe('in every execution a fallback', () => {
  test('answers each call once, and marks what it gives', () => {
    for (const question of [value, unhandled, nested, elsewhere]) expectSound(question);
    expect(expectSound(elsewhere)).toBeGreaterThan(100);
  });

  test('gives the last answer while it is not too old', () => {
    expectSound(cached);
  });

  test('is bounded itself, though messages are lost', () => {
    expectSound(lossy);
  });

  test('is taken back, and takes late answers for no others', () => {
    expectSound(given);
    expectSound({
      ...asked([other], { a: { refuses: () => 'no', queue: 0 }, b: { queue: 0 } }, ['k'], []),
      scope: { ...scope, duplication: true },
    });
  });
});

describe('a fallback without one of its rules is found out:', () => {
  const guards = (rules: object) => ({ fallback: { guards: rules } }) as never;
  const actions = (rules: object) => ({ fallback: { actions: rules } }) as never;
  describeBroken([
    ['no failure is handled', guards({ isUnhandled: () => true }), value, 'no call fails'],
    ['every failure is', guards({ isUnhandled: () => false }), unhandled, 'none is degraded'],
    ['what is given is not sent', actions({ giveValue: assign({}) }), value, 'every call ends'],
    [
      'what is given is not marked',
      actions({
        giveValue: emit((({ event }: { event: { key: string } }) => ({
          ...{ type: 'send', to: 'client' },
          message: { type: 'reply', key: event.key, output: 'instead' },
        })) as never),
      }),
      value,
      'ends degraded',
    ],
    [
      'degraded answers are kept',
      guards({ isFull: () => true }),
      nested,
      'what is kept is a full answer',
    ],
    [
      'nothing kept grows old',
      actions({ expire: assign({}) }),
      cached,
      'what is kept grows too old',
    ],
    [
      'all is kept',
      actions({
        keep: assign({
          kept: ({ context }: { context: FallbackContext }) => [
            ...context.kept,
            { of: 'x', output: 1, place: context.kept.length + 1 },
          ],
        } as never),
      }),
      cached,
      'no more kept than there is room',
    ],
    [
      'who asked elsewhere is not told',
      actions({ failAsBelow: assign({}) }),
      elsewhere,
      'every call ends',
    ],
    [
      'what came from elsewhere is kept back',
      actions({ giveOther: assign({}) }),
      elsewhere,
      'every call ends',
    ],
    [
      'an answer is given twice',
      actions({ forget: assign({}) }),
      { ...value, scope: { ...scope, duplication: true } },
      'one answer a call',
    ],
  ]);
});
