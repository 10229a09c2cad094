/** The page about histories shows a program that works, and says of it what is so. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { history, model } from '../../docs/examples/6-own-model.ts';
import { builtInModels, checkHistory, type Operation } from '../../src/histories/index.ts';
import { expected, modelOf, recorded } from './recorded.ts';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = text('../../docs/histories.md');

describe('the page', () => {
  test('has the example as it stands in its file', () => {
    const program = text('../../docs/examples/6-own-model.ts');
    expect(page).toContain(program.slice(program.indexOf('import {')).trimEnd());
  });

  test('has every built-in model in its table', () => {
    for (const name of Object.keys(builtInModels)) expect(page).toContain(`| \`${name}\` |`);
  });

  test('says how many steps the recorded histories take', () => {
    const steps = Object.keys(expected).map(
      (file) => checkHistory(recorded(file), modelOf(file)).steps,
    );
    const thousands = (value: number): string => `${Math.round(value / 1000)},000`;
    expect(page).toContain(`some ${thousands(steps.reduce((sum, one) => sum + one, 0))} steps`);
    expect(page).toMatch(new RegExp(`of which\\s+${thousands(Math.max(...steps))} in one file`));
  });
});

describe('the lock with fencing tokens', () => {
  test('gave one token twice', () => {
    const { verdict, explanation } = checkHistory(history, model);
    expect(verdict).toBe('violated');
    expect(explanation?.blocked).toBe(history[3]);
    expect(explanation?.state).toEqual({ holder: 'bob', token: 2 });
  });

  test('would be right with a release in between and the next token', () => {
    const release: Operation = { process: 1, f: 'release', input: 'bob', invoked: 41 };
    const last = { ...(history[3] as Operation), output: 3 };
    expect(checkHistory([...history.slice(0, 3), release, last], model).verdict).toBe('holds');
    expect(checkHistory([...history.slice(0, 3), last], model).verdict).toBe('violated');
  });
});
