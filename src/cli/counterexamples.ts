/** What `check --counterexamples N` prints of the counterexamples after the first one. */
import { type CheckResult, describeDecision, type RunFile, type StatePath } from '../index.ts';
import type { Io } from './io.ts';
import { table, wrapped } from './layout.ts';
import { counted } from './words.ts';

/** Where the counterexample with that number goes: FILE, then FILE-2 with the same ending, and so on. */
export function numberedPath(path: string, index: number): string {
  if (index === 0) return path;
  const ending = /\.[^./\\]+$/.exec(path)?.[0] ?? '';
  return `${path.slice(0, path.length - ending.length)}-${index + 1}${ending}`;
}

export function otherCounterexamples(
  { properties }: CheckResult,
  { trace, io }: { readonly trace: string | undefined; readonly io: Io },
): readonly string[] {
  const all = properties.flatMap(({ name, verdict, counterexample, counterexamples }) =>
    verdict !== 'violated' || counterexample === undefined
      ? []
      : (counterexamples ?? []).map((path) => ({ name, path })),
  );
  const others = all.slice(1);
  if (others.length === 0) return [];
  const rows = others.map(({ name, path }, index) => [
    name,
    counted(lengthOf(path), 'step'),
    lastStep(path),
    trace === undefined || !('header' in path) ? '' : numberedPath(trace, index + 1),
  ]);
  const named = trace === undefined ? rows.map((row) => row.slice(0, 3)) : rows;
  const heads = ['property', 'length', 'last step', 'written to'];
  return [
    '\n',
    wrapped(`${counted(others.length, 'more way')}, each a shortest that ends so:`, io.width),
    table(heads.slice(0, named[0]?.length ?? 0), named, io),
  ];
}

function lengthOf(path: RunFile | StatePath): number {
  return 'header' in path ? path.decisions.length : path.steps.length;
}

function lastStep(path: RunFile | StatePath): string {
  if (!('header' in path)) return path.steps.at(-1)?.label ?? 'the first state';
  const last = path.decisions.at(-1);
  return last === undefined ? 'the first state' : describeDecision(last.decision);
}
