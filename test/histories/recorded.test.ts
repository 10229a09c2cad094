/** Histories of real systems, whose verdicts others have stated. */
import { describe, expect, test } from 'vitest';
import { checkHistory, type Operation } from '../../src/histories/index.ts';
import { isLegal } from './naive.ts';
import { expected, modelOf, recorded } from './recorded.ts';

const files = Object.keys(expected);

/** Twice what it took when this was written: our own number, so that a slower search is noticed. */
const hardest = { file: 'etcd/etcd_002.log', maxSteps: 512_832 };

describe('the recorded histories', () => {
  test('are 56, of both kinds', () => {
    expect(files.length).toBe(56);
    expect(files.filter((file) => expected[file] === 'linearizable').length).toBe(13);
  });

  test.each(files)('%s has the verdict of porcupine, and an explanation that is legal', (file) => {
    const operations = recorded(file);
    const model = modelOf(file);
    const result = checkHistory(operations, model, { maxSteps: hardest.maxSteps });
    expect(result.verdict).toBe(expected[file] === 'linearizable' ? 'holds' : 'violated');
    expect(result.operations).toBe(operations.length);
    expect('explanation' in result).toBe(result.verdict === 'violated');
    for (const { linearization } of result.partitions)
      expect(
        isLegal(
          linearization.map(({ operation }) => operation),
          model,
        ),
      ).toBe(true);
  });

  test('end before the first operation without a place, if cut there', () => {
    let violated = 0;
    for (const file of files) {
      const whole = recorded(file);
      const { explanation } = checkHistory(whole, modelOf(file));
      if (explanation === undefined) continue;
      const operations = whole.filter(({ key }) => key === explanation.key);
      const end = explanation.blocked.returned as number;
      expect(checkHistory(cut(operations, end - 1), modelOf(file)).verdict).toBe('holds');
      expect(checkHistory(cut(operations, end), modelOf(file)).verdict).toBe('violated');
      violated++;
    }
    expect(violated).toBe(43);
  });

  test('the hardest is unknown when its steps are spent, and says how many it took', () => {
    const operations = recorded(hardest.file);
    const result = checkHistory(operations, modelOf(hardest.file), { maxSteps: 5000 });
    expect(result).toMatchObject({ verdict: 'unknown', steps: 5000 });
    expect(result.explanation).toBeUndefined();
    expect(result.partitions[0]?.verdict).toBe('unknown');
  });
});

/** What is open keeps its answer but may never happen. The etcd logs count time in lines. */
function cut(operations: readonly Operation[], at: number): readonly Operation[] {
  return operations
    .filter(({ invoked }) => invoked <= at)
    .map((operation) => {
      const { returned, ...call } = operation;
      return returned !== undefined && returned <= at ? operation : call;
    });
}
