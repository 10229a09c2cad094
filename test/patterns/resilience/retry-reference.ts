/**
 * What a retry must do, as plain code over a list of outcomes: no machine, no queue of events, one loop. Written
 * against the definition (docs/semantics.md 16.4) and not against the machine.
 */
export interface RetryCase {
  /** In all. */
  readonly attempts: number;
  /** The wait before each retry, in ms. */
  readonly waits: (n: number) => number;
  readonly totalMs: number | null;
  /** What each attempt comes to, the last for all further ones, and how long each takes. */
  readonly outcomes: readonly ('reply' | 'fail')[];
  readonly takesMs: number;
}

/** Times at which attempts begin, and how and when the call ends, asked for at time 0. */
export function retryReference(of: RetryCase) {
  const { attempts, waits, totalMs, outcomes, takesMs } = of;
  const begun: number[] = [];
  for (let at = 0, n = 0; ; n++) {
    begun.push(at);
    at += takesMs;
    if (outcomes[Math.min(n, outcomes.length - 1)] === 'reply')
      return { begun, ends: 'reply', at } as const;
    if (n + 1 >= attempts) return { begun, ends: 'error', at } as const;
    const next = at + waits(n);
    // The time is over: at once when the attempt ended too late, else while the call waits.
    if (totalMs !== null && next > totalMs)
      return { begun, ends: 'error', at: Math.max(at, totalMs) } as const;
    at = next;
  }
}
