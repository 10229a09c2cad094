/**
 * What hedging must do with one call, as plain code over what each copy comes to: no machine, one loop over
 * times. Written against docs/semantics.md 16.4.
 */
export interface HedgeCase {
  /** In all. */
  readonly copies: number;
  readonly afterMs: number;
  /** What each copy comes to, from when it is sent. */
  readonly outcomes: readonly { readonly takesMs: number; readonly fails: boolean }[];
  /** Whether a failure is one that another copy may make good. */
  readonly isHandled: boolean;
}

/** When each copy is sent, and how and when the call ends, asked for at time 0. */
export function hedgeReference({ copies, afterMs, outcomes, isHandled }: HedgeCase) {
  const sent: number[] = [];
  let out: { at: number; fails: boolean }[] = [];
  const copy = (at: number): void => {
    const { takesMs = 0, fails = false } = outcomes[sent.length] ?? {};
    out.push({ at: at + takesMs, fails });
    sent.push(at);
  };
  copy(0);
  for (;;) {
    const next = out.reduce((one, other) => (other.at < one.at ? other : one));
    const due = sent.length < copies ? (sent.at(-1) ?? 0) + afterMs : Number.POSITIVE_INFINITY;
    if (due < next.at) {
      copy(due);
      continue;
    }
    if (!next.fails) return { sent, ends: 'reply', at: next.at } as const;
    out = out.filter((one) => one !== next);
    if (!isHandled) return { sent, ends: 'error', at: next.at } as const;
    if (sent.length < copies) copy(next.at);
    else if (out.length === 0) return { sent, ends: 'error', at: next.at } as const;
  }
}
