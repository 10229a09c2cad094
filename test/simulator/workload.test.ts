/** Workloads: the operations of a run as data, in place of those that the processes declare. */

import { describe, expect, test } from 'vitest';
import { parseRunFile } from '../../src/cli/files.ts';
import { type PlannedOperation, replay, run, runFileOf, type Workload } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { tillSystem } from '../fuzzing/till.ts';

const planned = (process: string, type: string, afterMs?: number): PlannedOperation => ({
  process,
  operation: { type },
  ...(afterMs === undefined ? {} : { afterMs }),
});

/** `c1 PAY_IN 12` for each operation that was started, with the time in ms. */
function started(operations: Workload | undefined): readonly string[] {
  const { trace } = run(tillSystem, {
    seed: 1,
    ...(operations === undefined ? {} : { operations }),
    trace: true,
  });
  return trace.flatMap(({ atUs = 0, decision }) =>
    decision.type === 'invoke'
      ? [`${decision.process} ${decision.operation.type} ${atUs / 1000}`]
      : [],
  );
}

describe('a workload', () => {
  test('decides which operations are started, in its order, and when', () => {
    expect(started([planned('c2', 'TAKE_OUT', 7), planned('c1', 'PAY_IN', 3)])).toEqual([
      'c1 PAY_IN 3',
      'c2 TAKE_OUT 7',
    ]);
    expect(started([])).toEqual([]);
    expect(started(undefined)).toHaveLength(6);
  });

  test('waits from when the process can start the operation', () => {
    const [first, second] = started([planned('c1', 'PAY_IN', 5), planned('c1', 'PAY_IN', 100)]);
    const at = (line = ''): number => Number(line.split(' ')[2]);
    expect(at(first)).toBe(5);
    // A request and its answer take 5 to 15 ms each.
    expect(at(second)).toBeGreaterThanOrEqual(115);
    expect(at(second)).toBeLessThanOrEqual(135);
  });

  test('that is what the processes declare, without gaps, changes no draw', () => {
    const operations = ['c1', 'c2'].flatMap((one) =>
      ['PAY_IN', 'TAKE_OUT', 'PAY_IN'].map((type) => planned(one, type)),
    );
    expect(run(tillSystem, { seed: 7, operations }).digest).toBe(
      run(tillSystem, { seed: 7 }).digest,
    );
  });

  test('is in the run file, and a replay starts just these', () => {
    const operations = [planned('c1', 'TAKE_OUT', 0)];
    const done = run(tillSystem, { seed: 1, operations, trace: true });
    expect(done.verdict).toBe('violated');
    const file = runFileOf(done);
    const lines = [file.header, ...file.decisions, file.footer];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const again = replay(tillSystem, parseRunFile(text, 'x'));
    expect(again).toMatchObject({ same: true, violated: ['no debt'] });
    const { operations: _, ...header } = file.header;
    expect(() => replay(tillSystem, { ...file, header })).toThrow(
      'the run diverges at decision 1 of 2: "invoke c1 TAKE_OUT" is not possible here: the next operation is PAY_IN',
    );
  });

  test('is legal for the system, or told in one sentence', () => {
    const refused = (...operations: readonly PlannedOperation[]) =>
      expect(() => run(tillSystem, { seed: 1, operations }));
    refused(planned('c3', 'PAY_IN')).toThrow(
      'operation 1 is asked of "c3", which declares no operations; did you mean "c1"?',
    );
    refused(planned('c1', 'PAY_IN'), planned('c1', 'STEAL')).toThrow(
      'operation 2 is {"type":"STEAL"}, which c1 does not declare; it declares {"type":"PAY_IN"}, {"type":"TAKE_OUT"}, {"type":"PAY_IN"}',
    );
    refused(planned('c1', 'PAY_IN', -1)).toThrow(
      'operation 1 (PAY_IN of c1): afterMs is -1; it must be a number of milliseconds, zero or more',
    );
    expect(() => run(twoPhaseCommit, { seed: 1, operations: [planned('p1', 'BEGIN')] })).toThrow(
      'operation 1 is asked of "p1", which declares no operations',
    );
  });
});
