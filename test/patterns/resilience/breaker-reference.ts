/**
 * What a circuit breaker must do, as plain code over a list of calls that come one after the other: no machine and
 * no events. Written against docs/semantics.md 16.4.
 */
export interface BreakerCase {
  /** 'row': so many failures in a row; 'ring': so many failures among the last `size`, when there are as many. */
  readonly rule: { readonly row: number } | { readonly size: number; readonly failures: number };
  readonly openMs: number;
  readonly permits: number;
  readonly mayFail: number;
}

/** For each call (its time, whether the callee would fail it): rejected, or what it came to. */
export function breakerReference(
  { rule, openMs, permits, mayFail }: BreakerCase,
  calls: readonly (readonly [atMs: number, fails: boolean])[],
): readonly string[] {
  let closedResults: boolean[] = [];
  let probes: boolean[] = [];
  let openUntil: number | undefined;
  return calls.map(([at, fails]) => {
    if (openUntil !== undefined && at < openUntil) return 'breaker-open';
    const answer = fails ? 'error' : 'reply';
    if (openUntil !== undefined) {
      probes.push(fails);
      if (probes.length < permits) return answer;
      const bad = probes.filter(Boolean).length;
      probes = [];
      closedResults = [];
      openUntil = bad > mayFail ? at + openMs : undefined;
      return answer;
    }
    closedResults.push(fails);
    const last = 'row' in rule ? closedResults.slice(-rule.row) : closedResults.slice(-rule.size);
    const isBad =
      'row' in rule
        ? last.length === rule.row && last.every(Boolean)
        : last.length === rule.size && last.filter(Boolean).length >= rule.failures;
    if (fails && isBad) openUntil = at + openMs;
    return answer;
  });
}
