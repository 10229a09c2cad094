/** How a service serves: its options, with their defaults, and what of them is refused. */
import { constant, type Distribution, validDistribution } from '../../model/distribution.ts';
import { UserMistake } from '../../model/errors.ts';

/** What an attempt of a call comes to, where a script says so; `silent`: it has its effect and no answer. */
export type Scripted = 'reply' | 'fail' | 'silent';

/** The effects of calls: none, one for every call, or one for each key. */
export type ServiceEffects = 'none' | 'every' | 'once';

export interface ServiceOptions {
  /** How long work on a call takes. Default `constant(0)`. */
  readonly time?: Distribution | ((input: unknown) => Distribution);
  /** Calls that are worked on at once. Default 1. */
  readonly concurrency?: number;
  /** Calls that wait, at most; what finds no place fails at once. Null, the default: no bound. */
  readonly queue?: number | null;
  /** Which waiting call is served next: the one that came first, or last. Default fifo. */
  readonly discipline?: 'fifo' | 'lifo';
  /** A call that has waited for so long fails. Default: calls wait for ever. */
  readonly waitsAtMost?: Distribution;
  /**
   * How much calls with this input matter: of those that wait the most important are served first, and one that
   * finds no place takes that of the least important, if it matters more. Default: all the same.
   */
  readonly priority?: (input: unknown) => number;
  /**
   * Controlled delay (Maurer 2015, after Nichols and Jacobson 2012): a call waits for `interval` at most, and for
   * `target` where it comes while calls have waited without a break for the `interval`. Default: none is shed.
   */
  readonly sheds?: { readonly interval: Distribution; readonly target: Distribution };
  /** The probability that work on a call fails. Default 0. */
  readonly errorRate?: number;
  /** Why calls with this input fail, if they do. Default: they do not. */
  readonly refuses?: (input: unknown) => string | undefined;
  /** What the attempts of a call come to, one after the other, the last entry for all further ones. */
  readonly script?: readonly Scripted[];
  /** What calls are answered. Default: their input. */
  readonly answer?: (input: unknown) => unknown;
  /**
   * The effect of a call that succeeds, forced to the log before the answer: none; one for `every` call; or
   * `once` for each key, a call with a known key being answered what it was answered. Default none.
   */
  readonly effects?: ServiceEffects;
  /** It breaks after a time and is repaired after another, for ever. Broken, it refuses new calls. */
  readonly breakdowns?: { readonly after: Distribution; readonly repair: Distribution };
}

/** The same with nothing left out. */
export type FullOptions = Required<Omit<ServiceOptions, Optional>> & Pick<ServiceOptions, Optional>;

type Optional = 'waitsAtMost' | 'script' | 'breakdowns' | 'priority' | 'sheds';

/** Throws a {@link UserMistake} for an option that is not legal. */
export function fullOptions(id: string, options: ServiceOptions): FullOptions {
  const full: FullOptions = {
    ...options,
    time: options.time ?? constant(0),
    concurrency: options.concurrency ?? 1,
    queue: options.queue ?? null,
    discipline: options.discipline ?? 'fifo',
    errorRate: options.errorRate ?? 0,
    refuses: options.refuses ?? (() => undefined),
    answer: options.answer ?? ((input) => input ?? null),
    effects: options.effects ?? 'none',
  };
  const bad = (name: string, value: unknown, legal: string): never => {
    throw new UserMistake(
      `service ${id}: ${name} is ${JSON.stringify(value)}; it must be ${legal}`,
    );
  };
  const { concurrency, queue, discipline, errorRate, effects, script, time } = full;
  if (!(Number.isSafeInteger(concurrency) && concurrency >= 1))
    bad('concurrency', concurrency, 'a whole number, 1 or more');
  if (queue !== null && !(Number.isSafeInteger(queue) && queue >= 0))
    bad('queue', queue, 'a whole number, 0 or more, or null for no bound');
  if (discipline !== 'fifo' && discipline !== 'lifo')
    bad('discipline', discipline, '"fifo" or "lifo"');
  if (!(errorRate >= 0 && errorRate <= 1)) bad('errorRate', errorRate, 'a number from 0 to 1');
  if (effects !== 'none' && effects !== 'every' && effects !== 'once')
    bad('effects', effects, '"none", "every" or "once"');
  if (script !== undefined && script.length === 0)
    bad('script', script, 'a list of at least one of "reply", "fail", "silent"');
  for (const one of script ?? [])
    if (one !== 'reply' && one !== 'fail' && one !== 'silent')
      bad('script', one, '"reply", "fail" or "silent"');
  if (typeof time !== 'function') validDistribution(time, `service ${id}: time`);
  if (full.waitsAtMost !== undefined)
    validDistribution(full.waitsAtMost, `service ${id}: waitsAtMost`);
  if (full.priority !== undefined && typeof full.priority !== 'function')
    bad('priority', full.priority, 'a function from an input to a number');
  if (full.sheds !== undefined) {
    validDistribution(full.sheds.interval, `service ${id}: sheds.interval`);
    validDistribution(full.sheds.target, `service ${id}: sheds.target`);
    if (full.waitsAtMost !== undefined)
      throw new UserMistake(
        `service ${id}: sheds and waitsAtMost both say how long calls wait; leave out one of them`,
      );
  }
  if (full.breakdowns !== undefined) {
    validDistribution(full.breakdowns.after, `service ${id}: breakdowns.after`);
    validDistribution(full.breakdowns.repair, `service ${id}: breakdowns.repair`);
  }
  return full;
}
