/** What a workload must not say is told in one sentence, by the code and by the reader of files. */
import { describe, expect, test } from 'vitest';
import { readWorkload } from '../../src/cli/files.ts';
import { type Loops, run } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { asked, clients } from './loop-workshop.ts';

const poisson = { kind: 'poisson', perSecond: 10 };

describe('a workload that is not legal', () => {
  const message = (...loops: readonly object[]): string => {
    try {
      asked(loops as unknown as Loops);
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  const open = (more: object) => ({ loop: 'open', arrivals: poisson, ...more });

  test('is told with the value and what is legal', () => {
    expect(message({ loop: 'ajar' })).toBe('loop 1 is "ajar"; it must be "open" or "closed"');
    expect(message(open({ processes: ['c2'] }))).toBe(
      'loop 1 asks "c2", which declares no operations; did you mean "c1"?',
    );
    expect(message(open({ mix: [{ operation: { type: 'RAED' } }] }))).toBe(
      'loop 1 asks c1 for "RAED", which it does not declare; did you mean "READ"?',
    );
    expect(message(open({ mix: [{ operation: { type: 'READ' }, weight: -1 }] }))).toBe(
      'loop 1: the weight of READ is -1; it must be a number, zero or more',
    );
    expect(message(open({ mix: [{ operation: { type: 'READ' }, weight: 0 }] }))).toBe(
      'loop 1 has no operation of a weight above zero; give one of its mix 1',
    );
    expect(message(open({ operations: 0 }))).toBe(
      'loop 1: operations is 0; it must be a whole number, 1 or more',
    );
    expect(message(open({ fromMs: 10, untilMs: 5 }))).toBe(
      'loop 1: untilMs is 5; it must not come before fromMs, 10',
    );
    expect(message({ loop: 'open', arrivals: { kind: 'poisson', perSecond: 0 } })).toBe(
      'loop 1: perSecond of the arrivals is 0; it must be a number above zero',
    );
    expect(message({ loop: 'open', arrivals: { kind: 'fish' } })).toBe(
      'loop 1 has arrivals of the kind "fish"; it must be "poisson", "constant", "renewal", "bursts" or "diurnal"',
    );
    expect(message({ loop: 'open' })).toContain('has arrivals of the kind undefined');
    expect(
      message({ loop: 'open', arrivals: { kind: 'diurnal', perSecond: 1, amplitude: 2 } }),
    ).toBe('loop 1: amplitude of the arrivals is 2; it must be a number from 0 to 1');
    expect(message(open({ fields: { key: { kind: 'zipf', keys: 0 } } }))).toBe(
      'loop 1: field key of READ: keys is 0; it must be a whole number from 1 to 1000000',
    );
    expect(
      message(open({ fields: { key: { kind: 'values', values: [1], weights: [1, 2] } } })),
    ).toBe(
      'loop 1: field key of READ: weights are [1,2]; they must be 1 numbers, zero or more and not all zero, one for each value',
    );
    expect(message({ loop: 'closed', users: 3 })).toBe(
      'loop 1 has 3 users, so that a client must tell its operations apart, and READ has no call; add "fields":{"call":{"kind":"serial"}}',
    );
    expect(message(open({ retries: { attempts: 3 } }))).toContain('loop 1 has retries, so that');
    expect(message(open({ fields: { call: { kind: 'serial' } }, retries: { attempts: 1 } }))).toBe(
      'loop 1: attempts of retries is 1, without a timeoutMs after which an operation is given up; there is nothing to ask again',
    );
    expect(message(open({}), open({ name: '1' }))).toBe(
      'two loops are called "1"; give each a name of its own',
    );
  });

  test('of bursts without length ends with a sentence', () => {
    const nothing = { kind: 'constant', ms: 0 };
    expect(
      message({
        loop: 'open',
        arrivals: { ...poisson, kind: 'bursts', on: nothing, off: nothing },
      }),
    ).toContain('nothing arrives in 100000 phases of the bursts of loop 1 c1');
  });

  test('is not given beside a list of operations', () => {
    expect(() => asked([open({})] as unknown as Loops, { operations: [] })).toThrow(
      'both a list of operations and a workload that generates them are given; leave one of them out',
    );
  });

  test('is refused for a system without clients', () => {
    const workload = [open({ processes: ['p1'] })] as unknown as Loops;
    expect(() => run(twoPhaseCommit, { seed: 1, workload })).toThrow(
      'loop 1 asks "p1", which declares no operations',
    );
  });
});

describe('operations that arrive at times', () => {
  const at = (atMs: number | undefined, type = 'READ') => ({
    process: 'c1',
    operation: { type },
    ...(atMs === undefined ? {} : { atMs }),
  });
  const listed = (...operations: readonly ReturnType<typeof at>[]) =>
    run(clients, { seed: 1, operations, trace: true, latency: { kind: 'constant', ms: 10 } });

  test('wait at their client, and count from their arrival', () => {
    const { metrics, trace } = listed(at(5), at(6, 'WRITE'), at(100));
    const starts = trace.flatMap(({ atUs = 0, decision }) =>
      decision.type === 'invoke' ? [`${decision.operation.type} ${atUs / 1000}`] : [],
    );
    expect(starts).toEqual(['READ 5', 'WRITE 25', 'READ 100']);
    expect(metrics.operations).toMatchObject({ returned: 3, latency: { minMs: 20, maxMs: 39 } });
  });

  test('come in the order of their times, all of a process or none', () => {
    expect(() => listed(at(5), at(4))).toThrow(
      'operation 2 (READ of c1) arrives at 4 ms, before the one that it stands behind, at 5 ms',
    );
    expect(() => listed(at(5), at(undefined))).toThrow(
      'operation 2 (READ of c1) has no atMs, unlike the one before it',
    );
    expect(() => listed(at(-1))).toThrow('atMs is -1');
  });
});

describe('a workload file', () => {
  const read = (value: unknown) =>
    readWorkload('-', {
      readInput: async () => (typeof value === 'string' ? value : JSON.stringify(value)),
    });
  const loop = { loop: 'open', arrivals: poisson };

  test('is a list of loops or of operations, with or without a version', async () => {
    expect(await read([loop])).toEqual({ workload: [loop] });
    expect(await read({ version: 1, workload: [loop] })).toEqual({ workload: [loop] });
    const operations = [{ process: 'c1', operation: { type: 'READ', key: 'x' }, atMs: 3 }];
    expect(await read(operations)).toEqual({ operations });
    expect(await read({ version: 1, operations })).toEqual({ operations });
  });

  test('that is wrong is told with the place and the value', async () => {
    await expect(read([{ ...loop, operations: 1.5 }])).rejects.toThrow(
      'standard input: [0].operations is 1.5; it must be a whole number, 1 or more',
    );
    await expect(read([{ loop: 'open', arrivals: { kind: 'poison' } }])).rejects.toThrow(
      'standard input: [0].arrivals.kind is "poison"; did you mean "poisson"?',
    );
    await expect(read([{ ...loop, users: 3 }])).rejects.toThrow(
      'standard input: [0].users is no known field; leave it out',
    );
    await expect(read('5')).rejects.toThrow('standard input is 5; it must be a list of loops');
    await expect(read('{')).rejects.toThrow('standard input is no JSON');
  });
});
