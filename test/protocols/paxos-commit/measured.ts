/** A fault-free commit of Paxos Commit, measured. */
import { type AnySystem, constant, type Run, run } from '../../../src/index.ts';

export interface Size {
  readonly n: number;
  readonly f: number;
}

export interface Weather {
  readonly d: number;
  readonly w: number;
}

const runs = new Map<string, Run>();

/** The same question is asked by several tests, and run once. */
export function faultless(
  system: AnySystem,
  { n, f }: Size,
  parameters: Readonly<Record<string, unknown>>,
  { d, w }: Weather = { d: 10, w: 5 },
): Run {
  const sized = { participants: n, acceptorFailures: f, votes: 'yes', leaders: 1, ...parameters };
  const key = JSON.stringify([system.name, sized, d, w]);
  const known = runs.get(key);
  if (known !== undefined) return known;
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  const done = run(system, { seed: 1, parameters: sized, ...weather, trace: true });
  runs.set(key, done);
  return done;
}

/** Messages by type, those within a node not counted. */
export function sent({ metrics }: Run, type: string): number {
  return metrics.messagesByType[type]?.sent ?? 0;
}

/** When a mark of that name was left by processes of that name, in ms, each time once. */
export function marked({ trace }: Run, name: string, of: RegExp): readonly number[] {
  const times = trace.flatMap(({ atUs = 0, effects }) =>
    effects.some((one) => one.type === 'mark' && one.name === name && of.test(one.process))
      ? [atUs / 1000]
      : [],
  );
  return [...new Set(times)];
}
