/** The recorded histories in `data/`: where they are from stands in its README. */
import { readFileSync } from 'node:fs';
import {
  type AnyModel,
  checkHistory,
  type HistoryResult,
  kv,
  type Operation,
  readHistory,
  register,
} from '../../src/histories/index.ts';

export function textOf(file: string): string {
  return readFileSync(new URL(`data/${file}`, import.meta.url), 'utf8');
}

/** By file, what porcupine's tests say. */
export const expected = JSON.parse(textOf('expected.json')) as Readonly<
  Record<string, 'linearizable' | 'not-linearizable'>
>;

export function recorded(file: string): readonly Operation[] {
  return readHistory(textOf(file), file).operations;
}

export function modelOf(file: string): AnyModel {
  return file.startsWith('kv/') ? kv : register;
}

export function verdictOf(file: string, operations = recorded(file)): HistoryResult['verdict'] {
  return checkHistory(operations, modelOf(file)).verdict;
}
