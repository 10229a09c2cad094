/** What the contract asks of every commit protocol, and how what a run shows is put into one word. */
import type { AnySystem } from '../../model/system.ts';
import { variant } from '../../model/system.ts';
import type { FaultOutcome } from './contract.ts';
import { nonBlocking } from './properties.ts';

/** The system asked for `non-blocking` too, which only some protocols have among their own properties. */
export function withNonBlocking(system: AnySystem): AnySystem {
  const own = system.properties;
  if (own.some(({ name }) => name === nonBlocking.name)) return system;
  return variant(system, 'non-blocking', { properties: [...own, nonBlocking] });
}

/** A run, as far as these words need one; protocols do not know the simulator. */
interface Ended {
  readonly outcome: string;
  readonly properties: readonly { readonly verdict: string }[];
  readonly end: { readonly observed: unknown };
}

/** What a run shows, in the words of the fault matrix; `stuck` is in no cell of it. */
export function faultOutcomeOf(run: Ended): FaultOutcome | 'stuck' {
  const broken = run.properties.some(({ verdict }) => verdict === 'violated');
  if (broken) return 'violates';
  if (run.outcome === 'blocked') return 'blocks';
  if (run.outcome === 'stuck') return 'stuck';
  return decisionsIn(run).includes('commit') ? 'ok' : 'abort';
}

/** The decisions that processes have come to, each once. */
export function decisionsIn({ end }: Ended): readonly string[] {
  const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
  return [...new Set(Object.values(decided))];
}
