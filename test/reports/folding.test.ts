import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded } from '../../src/reports/folding.ts';

describe('folding', () => {
  it('shows a repeated block once and counts the rest', () => {
    expect(folded(['a', 'i', 'l', 'i', 'l', 'i', 'l', 'z'])).toEqual([
      { kind: 'moment', index: 0 },
      { kind: 'moment', index: 1 },
      { kind: 'moment', index: 2 },
      { kind: 'repeated', first: 3, last: 6, times: 2, length: 2 },
      { kind: 'moment', index: 7 },
    ]);
  });

  it('leaves a single repetition as it is', () => {
    expect(folded(['i', 'l', 'i', 'l']).every(({ kind }) => kind === 'moment')).toBe(true);
  });

  it('loses no moment: unfolding gives the list again', () => {
    const moments = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 });
    fc.assert(
      fc.property(moments, (said) => {
        const unfolded: string[] = [];
        for (const part of folded(said)) {
          if (part.kind === 'moment') unfolded.push(said[part.index] ?? '');
          else
            for (let time = 0; time < part.times; time++)
              unfolded.push(...unfolded.slice(unfolded.length - part.length));
        }
        expect(unfolded).toEqual(said);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
