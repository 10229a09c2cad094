/** What is proved of three-phase commit in which scope, and what breaks beyond it with how long a story. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, type CheckOptions, check, type RunFile } from '../../../src/index.ts';
import { threePhaseCommit } from '../../../src/protocols/index.ts';

const system = threePhaseCommit as AnySystem;
const yes = (participants: number) => ({ participants, votes: 'yes' });
const any = (participants: number) => ({ participants, votes: 'any' });
const crashes = (count: number) => ({ crashes: count, duplication: false });

describe('under synchronous timing it is safe and non-blocking', () => {
  const proofs: readonly (readonly [string, CheckOptions])[] = [
    ['3 participants, 1 crash', { parameters: any(3), scope: crashes(1) }],
    ['2 participants, 2 crashes', { parameters: any(2), scope: crashes(2) }],
    ['1 participant, 4 crashes', { parameters: yes(1), scope: crashes(4) }],
    [
      '2 participants, 1 crash, lost messages',
      { parameters: yes(2), scope: { ...crashes(1), loss: true } },
    ],
    [
      '2 participants, 1 crash, copies',
      { parameters: yes(2), scope: { crashes: 1, duplication: true } },
    ],
  ];
  test.each(proofs)('%s', (_, options) => {
    const { verdict, complete, properties } = check(system, { ...options, timing: 'synchronous' });
    expect([verdict, complete]).toEqual(['holds', true]);
    expect(properties.map(({ name }) => name)).toContain('non-blocking');
  });
});

/** Enough for each story; where timers lie the elections would go on for long. */
const maxStates = 100_000;

describe('it breaks AC1', () => {
  const violations: readonly (readonly [string, CheckOptions, number])[] = [
    [
      'where timers lie, with no fault at all',
      { parameters: yes(2), scope: crashes(0), timing: 'asynchronous' },
      16,
    ],
    ['in a partition', { parameters: yes(2), scope: { ...crashes(0), partitions: 1 } }, 17],
    [
      'where a loss fools a time-out',
      { parameters: yes(2), scope: { ...crashes(2), loss: true } },
      18,
    ],
    [
      'when a promise is lost with its disk',
      { parameters: yes(2), scope: { ...crashes(1), diskLosses: 1 } },
      18,
    ],
  ];
  test.each(violations)('%s', (_, options, steps) => {
    const { properties } = check(system, { ...options, stopAtViolation: false, maxStates });
    const violated = properties.find(({ name }) => name === 'AC1 agreement');
    expect(violated?.verdict).toBe('violated');
    const { counterexample } = violated as { readonly counterexample: RunFile };
    expect(counterexample.decisions.length).toBe(steps);
  });
});
