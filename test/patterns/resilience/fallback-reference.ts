/**
 * What a fallback must come to, as plain code over a list of calls that end one after the other. Written against
 * docs/semantics.md 16.4.
 */
export interface FallbackCase {
  readonly give:
    | { readonly kind: 'value' }
    /** An answer may be given until it is so old; of at most so many kinds of calls. */
    | { readonly kind: 'cached'; readonly maxAgeMs: number; readonly size: number }
    /** The other service takes so long, may take so long, and fails for what is odd. */
    | { readonly kind: 'service'; readonly takesMs: number; readonly withinMs: number };
  /** The error that is not handled. */
  readonly unhandled: string;
}

export interface FallbackCall {
  readonly atMs: number;
  /** Calls of the same number are alike. */
  readonly of: number;
  /** What the callee fails it with, if it does. */
  readonly error: string | null;
}

/** How and when each call ends, and what it was answered: a callee's answer is the index of the call. */
export function fallbackReference(
  { give, unhandled }: FallbackCase,
  calls: readonly FallbackCall[],
): readonly (readonly [ends: string, atMs: number])[] {
  let kept: { of: number; atMs: number }[] = [];
  return calls.map(({ atMs, of, error }) => {
    if (error === null) {
      kept = kept.filter(
        (one) => one.of !== of && give.kind === 'cached' && atMs - one.atMs < give.maxAgeMs,
      );
      if (give.kind === 'cached' && kept.length === give.size) kept = kept.slice(1);
      kept.push({ of, atMs });
      return ['reply', atMs];
    }
    if (error === unhandled) return [error, atMs];
    if (give.kind === 'value') return ['degraded', atMs];
    if (give.kind === 'cached') {
      const found = kept.find((one) => one.of === of && atMs - one.atMs < give.maxAgeMs);
      return [found === undefined ? error : 'degraded', atMs];
    }
    if (give.takesMs > give.withinMs) return [error, atMs + give.withinMs];
    return [of % 2 === 1 ? error : 'degraded', atMs + give.takesMs];
  });
}
