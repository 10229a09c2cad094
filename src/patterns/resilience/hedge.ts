/** The policy hedge: its options, with their defaults, and its parts. */
import { constant, type Distribution } from '../../model/distribution.ts';
import { defineFamily, defineProcess, type Process } from '../../model/process.ts';
import { type Budget, validBudget } from './budget.ts';
import { hedgeMachine } from './hedge-machine.ts';
import { timers } from './held-calls.ts';
import { type Errors, legal } from './legal.ts';
import type { Policy } from './policy.ts';
import { fullPercentile, type Percentile } from './response-times.ts';
import { givenTimerMachine } from './timers.ts';

/** Which calls may be made twice. */
export type Copied = 'idempotent' | 'all' | ((service: string, input: unknown) => boolean);

export interface HedgeOptions {
  /** How long a copy may be out before the next is made: a law, or a percentile of the last calls. */
  readonly after: Distribution | Percentile;
  /** Copies of a call in all, the first included. Default 2. */
  readonly copies?: number;
  /** Services that answer alike: copies of a call of one go to the others in turn. Default: to the same. */
  readonly replicas?: readonly string[];
  /** Calls that may be copied. Default `idempotent`: those that may be made twice without another effect. */
  readonly calls?: Copied;
  /** Failures of a copy that another may make good; the next is then made at once. Default: all. */
  readonly on?: Errors;
  /** Whether the losers are told, who then drop a copy that waits. Default true. */
  readonly tells?: boolean;
  /** How many calls may be hedged beside the others. Default: no bound. */
  readonly budget?: Budget;
}

/** The same with nothing left out. */
export type FullHedgeOptions = Required<Omit<HedgeOptions, 'budget' | 'after'>> &
  Pick<HedgeOptions, 'budget'> & { readonly after: Distribution | Required<Percentile> };

function fullOptions(given: HedgeOptions): FullHedgeOptions {
  const check = legal('hedge');
  check.names(given, ['after', 'copies', 'replicas', 'calls', 'on', 'tells', 'budget']);
  const full = {
    ...{ copies: 2, replicas: [], calls: 'idempotent' as const, on: () => true, tells: true },
    ...given,
  };
  check.whole('copies', full.copies, 1);
  check.services('replicas', full.replicas);
  if (typeof full.calls !== 'function' && full.calls !== 'idempotent' && full.calls !== 'all')
    check.bad(
      'calls',
      full.calls,
      '"idempotent", "all", or a function from a service and an input to true or false',
    );
  check.errors('on', full.on);
  check.flag('tells', full.tells);
  if (full.budget !== undefined) validBudget('hedge', full.budget);
  const { after } = full;
  if (typeof after === 'object' && after !== null && 'percentile' in after)
    return { ...full, after: fullPercentile('hedge', after) };
  check.law('after', after);
  return { ...full, after };
}

/**
 * Hedging: a second request after a while, of which the first answer counts (Dean and Barroso 2013).
 *
 *     hedge({ after: { percentile: 0.95 }, replicas: ['search-a', 'search-b'] })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function hedge(options: HedgeOptions): Policy {
  const full = fullOptions(options);
  return {
    kind: 'hedge',
    options: full,
    parts(place) {
      const { after, replicas } = full;
      // An unknown service is refused before any call.
      for (const one of replicas) place.effects(one);
      const machine = hedgeMachine(full, place);
      if (!('percentile' in after))
        return { process: defineProcess({ machine }), families: timers(place, 'delay', after) };
      const delay = defineFamily({
        machine: givenTimerMachine,
        delays: { time: ({ context: { of } }) => constant(of) },
      });
      const process = defineProcess({ machine, clock: true }) as unknown as Process;
      return { process, families: { [place.family('delay')]: delay } };
    },
  };
}
