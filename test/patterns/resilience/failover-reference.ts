/**
 * What a failover must do with calls that end at once, one after the other, as plain code: no machine and no
 * timers. Written against docs/semantics.md 16.4.
 */
export interface FailoverCase {
  readonly targets: number;
  readonly choose: 'priority' | 'round-robin' | 'sticky';
  /** Targets that a call is sent to, at most. */
  readonly attempts: number;
  /** So many failures in a row, or so many among the last `size`, eject a target. */
  readonly rule: { readonly row: number } | { readonly size: number; readonly failures: number };
  /** The n-th ejection lasts n times as long; in for so long after it, one is forgiven. */
  readonly ejectMs: number;
  readonly forgiveMs: number;
  readonly maxShare: number;
  readonly panic: 'route' | 'reject';
}

interface Known {
  results: boolean[];
  until: number | null;
  times: number;
  forgivenAt: number | null;
}

/** For each call (its time, and which targets would fail it): where it was sent, and what it came to. */
export function failoverReference(
  of: FailoverCase,
  calls: readonly (readonly [atMs: number, fails: readonly boolean[]])[],
): readonly (readonly [sentTo: readonly number[], ends: string])[] {
  const all = Array.from({ length: of.targets }, (): Known => {
    return { results: [], until: null, times: 0, forgivenAt: null };
  });
  const numbers = all.map((_, index) => index);
  let last: number | null = null;
  const choice = (pool: readonly number[]): number => {
    if (of.choose === 'priority' || last === null) return pool[0] as number;
    if (of.choose === 'sticky' && pool.includes(last)) return last;
    const turn = (last + 1) % of.targets;
    return [...numbers.slice(turn), ...numbers.slice(0, turn)].find((one) =>
      pool.includes(one),
    ) as number;
  };
  return calls.map(([at, fails]) => {
    for (const one of all) settle(one, of.forgiveMs, at);
    const sent: number[] = [];
    for (;;) {
      const healthy = numbers.filter((one) => all[one]?.until === null);
      const left = healthy.filter((one) => !sent.includes(one));
      if (sent.length > 0 && (sent.length === of.attempts || left.length === 0))
        return [sent, 'error'];
      if (left.length === 0 && of.panic === 'reject') return [sent, 'all-ejected'];
      const target = choice(left.length === 0 ? numbers : left);
      sent.push(target);
      last = target;
      const one = all[target] as Known;
      const failed = fails[target] === true;
      if (one.until === null) {
        one.results.push(failed);
        const ejected = all.filter(({ until }) => until !== null).length;
        const mayBe = ejected === 0 || (ejected + 1) / of.targets <= of.maxShare;
        if (mayBe && isBad(of.rule, one.results)) {
          one.times++;
          Object.assign(one, { until: at + one.times * of.ejectMs, results: [], forgivenAt: null });
        }
      }
      if (!failed) return [sent, 'reply'];
    }
  });
}

function isBad(rule: FailoverCase['rule'], results: readonly boolean[]): boolean {
  if ('row' in rule) return results.length >= rule.row && results.slice(-rule.row).every(Boolean);
  const window = results.slice(-rule.size);
  return window.length === rule.size && window.filter(Boolean).length >= rule.failures;
}

/** What has happened to a target by itself until then. */
function settle(one: Known, forgiveMs: number, now: number): void {
  if (one.until !== null && one.until <= now) {
    one.forgivenAt = one.until + forgiveMs;
    one.until = null;
  }
  while (one.times > 0 && one.forgivenAt !== null && one.forgivenAt <= now) {
    one.times--;
    one.forgivenAt += forgiveMs;
  }
}
