/** The policy failover: its options, with their defaults, and its parts. */
import { constant, type Distribution } from '../../model/distribution.ts';
import { defineFamily, defineProcess, type Process } from '../../model/process.ts';
import { failoverMachine } from './failover-machine.ts';
import { timers } from './held-calls.ts';
import { type Errors, legal } from './legal.ts';
import { isOfCallee, type Policy } from './policy.ts';
import { type Probes, proberMachine } from './prober.ts';
import { type Choice, fullOutlier, type Outlier } from './targets.ts';
import { givenTimerMachine } from './timers.ts';
import { fullWindow, readsClock, type Window } from './window.ts';

export interface FailoverOptions {
  /** Services that answer alike, in their order. A call of one of them goes where the policy says. */
  readonly targets: readonly string[];
  /**
   * `priority`, the default: the first healthy one in order, back to it when it returns. `round-robin`: the next
   * healthy one. `sticky`: where the last call went, as long as that is healthy.
   */
  readonly choose?: Choice;
  /** Targets that a call is sent to, at most. Default: each once. */
  readonly attempts?: number;
  /** Failures that say something of the target, for which the next is tried. Default: all but rejections. */
  readonly on?: Errors;
  /** When the results of a target eject it. Default: 5 failures in a row. */
  readonly window?: Window;
  /** Eject, besides, a target whose success rate lies below that of the others. Default: no. */
  readonly outlier?: Outlier;
  /** How long: a law, or one for each time, from 1. Default 30 s, 60 s and so on, up to 300 s. */
  readonly eject?: Distribution | ((times: number) => Distribution);
  /** In for so long, a target is ejected for less the next time, by one. Null: never. Default 10 s. */
  readonly forgive?: Distribution | null;
  /** The share of the targets that results may eject; one they always may. Default 0.5. */
  readonly maxShare?: number;
  /** Active health checks beside the results. Null, the default: none. */
  readonly probes?: Probes | null;
  /** A smaller healthy share than this is a panic; none healthy always is. Default 0. */
  readonly panicBelow?: number;
  /** What a panic means: all targets serve, which is the default, or calls fail with `all-ejected`. */
  readonly panic?: 'route' | 'reject';
}

/** The same with nothing left out. */
export type FullFailoverOptions = Required<Omit<FailoverOptions, 'outlier' | 'probes'>> & {
  readonly outlier: Required<Outlier> | undefined;
  readonly probes: Required<Probes> | null;
};

const optionNames = [
  ...['targets', 'choose', 'attempts', 'on', 'window', 'outlier', 'eject', 'forgive', 'maxShare'],
  ...['probes', 'panicBelow', 'panic'],
];

function fullProbes(given: Probes): Required<Probes> {
  const check = legal('failover');
  check.names(given, ['every', 'within', 'bad', 'good'], 'probes.');
  const full = { every: constant(5000), within: constant(1000), bad: 3, good: 2, ...given };
  check.law('probes.every', full.every);
  check.law('probes.within', full.within);
  check.whole('probes.bad', full.bad, 1);
  check.whole('probes.good', full.good, 1);
  return full;
}

function fullOptions(given: FailoverOptions): FullFailoverOptions {
  const check = legal('failover');
  check.names(given, optionNames);
  check.services('targets', given.targets);
  if (given.targets.length === 0)
    check.bad('targets', given.targets, 'a list of at least one service');
  const full = {
    ...{ choose: 'priority' as const, attempts: given.targets.length, on: isOfCallee },
    ...{ maxShare: 0.5, panicBelow: 0, panic: 'route' as const, forgive: constant(10_000) },
    eject: (times: number) => constant(Math.min(30_000 * times, 300_000)),
    ...given,
    window: fullWindow(given.window ?? { kind: 'consecutive', failures: 5 }, 'failover'),
    outlier: given.outlier === undefined ? undefined : fullOutlier(given.outlier),
    probes: given.probes === undefined || given.probes === null ? null : fullProbes(given.probes),
  };
  check.oneOf('choose', full.choose, ['priority', 'round-robin', 'sticky']);
  check.whole('attempts', full.attempts, 1);
  check.errors('on', full.on);
  if (typeof full.eject !== 'function') check.law('eject', full.eject);
  if (full.forgive !== null) check.law('forgive', full.forgive);
  check.number('maxShare', full.maxShare, 0, 1);
  check.number('panicBelow', full.panicBelow, 0, 1);
  check.oneOf('panic', full.panic, ['route', 'reject']);
  return full;
}

/**
 * Failover over replicas, with outlier ejection (as Envoy has it) and health checks.
 *
 *     failover({ targets: ['payments-a', 'payments-b'], window: { kind: 'consecutive', failures: 3 } })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function failover(options: FailoverOptions): Policy {
  const full = fullOptions(options);
  return {
    kind: 'failover',
    options: full,
    parts(place) {
      const { targets, eject, forgive, probes, window } = full;
      // An unknown service is refused before any call.
      for (const one of targets) place.effects(one);
      const ejection = defineFamily({
        machine: givenTimerMachine,
        delays: {
          time: ({ context: { of } }) => (typeof eject === 'function' ? eject(of) : eject),
        },
      });
      const machine = failoverMachine(full, place);
      return {
        process: defineProcess({ machine, clock: readsClock(window) }) as unknown as Process,
        families: {
          [place.family('ejection')]: ejection,
          ...timers(place, 'forgiveness', forgive),
          ...(probes !== null && {
            [place.family('prober')]: defineFamily({
              machine: proberMachine(place),
              delays: { every: probes.every, within: probes.within },
            }),
          }),
        },
      };
    },
  };
}
