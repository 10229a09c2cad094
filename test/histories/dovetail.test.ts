/** The keys take turns, so that an easy falsehood is found among keys that nobody could finish. */
import { describe, expect, test } from 'vitest';
import { checkHistory, type Operation, register } from '../../src/histories/index.ts';

/**
 * So many writes at once, and then a read of what nobody wrote: violated, but only after every set of
 * writes with every last one of them was tried, which is `writers * 2 ** (writers - 1)` configurations.
 */
function hopeless(key: string, writers: number): readonly Operation[] {
  const writes = Array.from(
    { length: writers },
    (_, process): Operation => ({
      process,
      f: 'write',
      key,
      input: process,
      invoked: 0,
      returned: 9,
    }),
  );
  return [...writes, { process: 0, f: 'read', key, output: -1, invoked: 10, returned: 11 }];
}

const keys = Array.from({ length: 20 }, (_, index) => `hard-${index}`);
const hard = keys.flatMap((key) => hopeless(key, 20));

describe('a history with one bad key among twenty that are too hard', () => {
  test('is violated within one round of a thousand steps a key', () => {
    const bad = hopeless('bad', 3);
    const result = checkHistory([...hard, ...bad], register);
    expect(result.verdict).toBe('violated');
    expect(result.explanation?.key).toBe('bad');
    expect(result.steps).toBeLessThanOrEqual(21 * 1000);
  });

  test('is violated within four rounds, if the bad key takes some ten thousand steps', () => {
    const bad = hopeless('bad', 9);
    const alone = checkHistory(bad, register);
    expect(alone.verdict).toBe('violated');
    expect(alone.steps).toBeGreaterThan(7000);
    expect(alone.steps).toBeLessThan(15_000);
    const result = checkHistory([...hard, ...bad], register);
    expect(result.explanation?.key).toBe('bad');
    expect(result.steps).toBeLessThanOrEqual(21 * (1000 + 2000 + 4000 + 8000));
    const given = result.partitions.slice(0, -1).map(({ steps }) => steps);
    expect(given).toEqual(Array(20).fill(1000 + 2000 + 4000 + 8000));
  });

  test('would not be, key after key: the first alone takes more than a million steps', () => {
    const first = hard.filter(({ key }) => key === 'hard-0');
    expect(checkHistory(first, register, { maxSteps: 1_000_000 }).verdict).toBe('unknown');
  });

  test('is unknown if the bad key does not get enough', () => {
    const result = checkHistory([...hard, ...hopeless('bad', 9)], register, { maxSteps: 50_000 });
    expect(result).toMatchObject({ verdict: 'unknown', steps: 50_000 });
    expect(result.partitions.map(({ verdict }) => verdict)).toEqual(Array(21).fill('unknown'));
  });
});

test('keys that are legal keep their verdict beside those that nobody finished', () => {
  const easy: Operation = {
    process: 0,
    f: 'write',
    key: 'easy',
    input: 1,
    invoked: 0,
    returned: 1,
  };
  const { verdict, partitions } = checkHistory([easy, ...hopeless('hard', 20)], register, {
    maxSteps: 10_000,
  });
  expect(verdict).toBe('unknown');
  expect(partitions.map((one) => [one.key, one.verdict])).toEqual([
    ['easy', 'holds'],
    ['hard', 'unknown'],
  ]);
});
