/**
 * Operations of loops as generated data. A fuzzer is to meet what the workload makes possible, and soon;
 * so the mix keeps its weights, keys are any of theirs, and times are short and arbitrary. What a law makes
 * likely, runs of the workload itself show.
 */
import fc from 'fast-check';
import type { EventObject } from 'xstate';
import { keyName, serialOf } from '../model/demand.ts';
import type { Instance } from '../model/instance.ts';
import { type ClientLoop, clientLoops, type FullOperation } from '../model/loop-rules.ts';
import type { FieldLaw, Loops } from '../model/loops.ts';
import type { PlannedOperation, Workload } from '../model/scenario.ts';

interface Bounds {
  readonly gapsUpToMs: number;
  readonly operationsAtMost: number;
}

/** An operation before it is known which of its client it is. */
interface Drawn {
  readonly process: string;
  readonly operation: EventObject;
  /** The fields that say which it is. */
  readonly serials: readonly string[];
  readonly gapMs: number;
}

/** Lists of operations that the loops may ask for; shrinks to few operations, plain ones, without gaps. */
export function generatedBy(
  instance: Instance,
  loops: Loops,
  { gapsUpToMs, operationsAtMost }: Bounds,
): fc.Arbitrary<Workload> {
  const all = clientLoops(instance, loops);
  // What arrives by itself, arrives at times; then whatever else is asked of the client must do so too.
  const open = new Set(all.filter(({ loop }) => loop.loop === 'open').map((one) => one.process));
  const ofLoop = all.map((one) =>
    fc.array(drawn(one, gapsUpToMs), {
      maxLength: Math.min(operationsAtMost, one.loop.operations ?? operationsAtMost),
    }),
  );
  return fc.tuple(...ofLoop).map((lists) => {
    const planned = lists.flatMap((list, index) => {
      let atMs = all[index]?.loop.fromMs ?? 0;
      return list.map((one) => {
        atMs += one.gapMs;
        return { ...one, atMs };
      });
    });
    const counts = new Map<string, number>();
    const arriving = planned.filter(({ process }) => open.has(process));
    const others = planned.filter(({ process }) => !open.has(process));
    return [...others, ...arriving.sort((a, b) => a.atMs - b.atMs)].map(
      ({ process, operation, serials, gapMs, atMs }): PlannedOperation => {
        const number = (counts.get(process) ?? 0) + 1;
        counts.set(process, number);
        const serial = serialOf(process, number);
        const named = Object.fromEntries(serials.map((field) => [field, serial]));
        const when = open.has(process) ? { atMs } : { afterMs: gapMs };
        return { process, operation: { ...operation, ...named }, ...when };
      },
    );
  });
}

function drawn({ process, mix }: ClientLoop, gapsUpToMs: number): fc.Arbitrary<Drawn> {
  const kinds = mix.map((one) => ({ arbitrary: kind(one), weight: one.weight }));
  const least = Math.min(...kinds.map(({ weight }) => weight));
  // Weights are whole numbers there.
  const weighted = kinds.map(({ arbitrary, weight }) => ({
    arbitrary,
    weight: Math.min(1000, Math.round(weight / least)),
  }));
  const gapMs = fc.integer({ min: 0, max: gapsUpToMs });
  return fc
    .tuple(fc.oneof({ withCrossShrink: true }, ...weighted), gapMs)
    .map(([one, gap]) => ({ process, ...one, gapMs: gap }));
}

function kind({
  operation,
  fields,
}: FullOperation): fc.Arbitrary<Pick<Drawn, 'operation' | 'serials'>> {
  const serials = Object.keys(fields).filter((name) => fields[name]?.kind === 'serial');
  const values: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, law] of Object.entries(fields))
    if (law.kind !== 'serial') values[name] = valueBy(law);
  return fc
    .record(values, { noNullPrototype: true })
    .map((own) => ({ operation: { ...operation, ...own }, serials }));
}

function valueBy(law: Exclude<FieldLaw, { kind: 'serial' }>): fc.Arbitrary<unknown> {
  if (law.kind !== 'values')
    return fc.integer({ min: 1, max: law.keys }).map((rank) => keyName(law, rank));
  const { values, weights } = law;
  return fc.constantFrom(...values.filter((_, index) => weights?.[index] !== 0));
}
