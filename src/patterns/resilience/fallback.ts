/** The policy fallback: its options, with their defaults, and its parts. */
import { constant, type Distribution } from '../../model/distribution.ts';
import { canonical } from '../../model/plain-data.ts';
import { defineProcess } from '../../model/process.ts';
import { fallbackMachine } from './fallback-machine.ts';
import { timers } from './held-calls.ts';
import { type Errors, legal } from './legal.ts';
import type { Policy } from './policy.ts';

/** A call that has failed. */
export interface Failure {
  readonly error: string;
  readonly service: string;
  readonly key: string;
  /** Null where it had none. */
  readonly input: unknown;
}

/** What is given in place of an answer. */
export type Given =
  /** Always the same. */
  | { readonly kind: 'value'; readonly value: unknown }
  /** A pure function of the failure. */
  | { readonly kind: 'computed'; readonly of: (failure: Failure) => unknown }
  /** The last full answer to a call that is alike, if it is not too old (`stale-if-error` of RFC 5861). */
  | {
      readonly kind: 'cached';
      /** How long an answer may be given. Null: for ever. */
      readonly maxAge: Distribution | null;
      /** Which calls are alike: those for which this is the same. Default: service and input. */
      readonly by?: (service: string, input: unknown) => unknown;
      /** Answers that are kept; beyond them the one kept longest ago is dropped. Default 100. */
      readonly size?: number;
    }
  /** What another service answers, which is asked past the policies below. */
  | {
      readonly kind: 'service';
      readonly service: string;
      /** How long it may take; then the call fails as it had. Null: no bound. Default 1 s. */
      readonly within?: Distribution | null;
      /** What it is asked. Default: what the call asked. */
      readonly input?: (input: unknown, error: string) => unknown;
    };

export interface FallbackOptions {
  readonly give: Given;
  /** The failures in whose place something is given; never `cancelled`. Default: all. */
  readonly on?: Errors;
  /** Whether that may include the rejections of other policies. Default true. */
  readonly onRejection?: boolean;
}

type Full<T> = T extends { readonly kind: 'cached' | 'service' } ? Required<T> : T;

/** The same with nothing left out. */
export type FullFallbackOptions = Required<Omit<FallbackOptions, 'give'>> & {
  readonly give: Full<Given>;
};

function fullGiven(given: Given): Full<Given> {
  const check = legal('fallback');
  if (typeof given !== 'object' || given === null)
    check.bad('give', given, 'an object, such as { kind: "value", value: [] }');
  check.oneOf('give.kind', given.kind, ['value', 'computed', 'cached', 'service']);
  switch (given.kind) {
    case 'value':
      check.names(given, ['kind', 'value'], 'give.');
      canonical(given.value ?? null, 'fallback: give.value');
      return given;
    case 'computed':
      check.names(given, ['kind', 'of'], 'give.');
      check.function('give.of', given.of);
      return given;
    case 'cached': {
      check.names(given, ['kind', 'maxAge', 'by', 'size'], 'give.');
      const by = (service: string, input: unknown) => [service, input];
      const full = { by, size: 100, ...given };
      if (full.maxAge !== null) check.law('give.maxAge', full.maxAge);
      check.function('give.by', full.by);
      check.whole('give.size', full.size, 1);
      return full;
    }
    case 'service': {
      check.names(given, ['kind', 'service', 'within', 'input'], 'give.');
      const full = { within: constant(1000), input: (input: unknown) => input, ...given };
      if (typeof full.service !== 'string') check.bad('give.service', full.service, 'a service');
      if (full.within !== null) check.law('give.within', full.within);
      check.function('give.input', full.input);
      return full;
    }
  }
}

/**
 * Fallback: a degraded answer in place of a failure.
 *
 *     fallback({ give: { kind: 'cached', maxAge: constant(60_000) } })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function fallback(options: FallbackOptions): Policy {
  const check = legal('fallback');
  check.names(options, ['give', 'on', 'onRejection']);
  const full: FullFallbackOptions = {
    ...{ on: () => true, onRejection: true },
    ...options,
    give: fullGiven(options.give),
  };
  check.errors('on', full.on);
  check.flag('onRejection', full.onRejection);
  return {
    kind: 'fallback',
    options: full,
    parts(place) {
      const { give } = full;
      // An unknown service is refused before any call.
      if (give.kind === 'service') place.effects(give.service);
      return {
        process: defineProcess({ machine: fallbackMachine(full, place) }),
        families: {
          ...(give.kind === 'cached' && timers(place, 'age', give.maxAge)),
          ...(give.kind === 'service' && timers(place, 'limit', give.within)),
        },
      };
    },
  };
}
