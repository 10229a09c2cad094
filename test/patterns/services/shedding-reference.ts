/**
 * What a service that sheds does with calls, as plain code over times: one server, no machine. Written against
 * src/patterns/services/README.md.
 */
export interface SheddingCase {
  /** Places to wait; null: no bound. */
  readonly queue: number | null;
  readonly discipline: 'fifo' | 'lifo';
  /** Controlled delay, or none. */
  readonly sheds: { readonly intervalMs: number; readonly targetMs: number } | null;
}

export interface SheddingCall {
  readonly atMs: number;
  readonly takesMs: number;
  readonly priority: number;
}

/** For each call how and when it ends. */
export function sheddingReference(
  { queue, discipline, sheds }: SheddingCase,
  calls: readonly SheddingCall[],
): readonly (readonly [ends: string, atMs: number])[] {
  const never = Number.POSITIVE_INFINITY;
  const ends: [string, number][] = calls.map(() => ['', 0]);
  const of = (index: number): SheddingCall => calls[index] as SheddingCall;
  let line: { index: number; until: number }[] = [];
  let working: { index: number; until: number } | null = null;
  /** Since when calls have waited without a break. */
  let since: number | null = null;
  const leave = (index: number, now: number | null, why: string): void => {
    line = line.filter((one) => one.index !== index);
    if (now !== null) ends[index] = [why, now];
    if (line.length === 0) since = null;
  };
  /** All that happens before then. */
  const until = (now: number): void => {
    for (;;) {
      const first = line.reduce((one, other) => (other.until < one.until ? other : one), {
        index: -1,
        until: never,
      });
      const done = working?.until ?? never;
      if (Math.min(first.until, done) > now || (first.until === never && done === never)) return;
      if (first.until < done) {
        leave(first.index, first.until, 'shed');
        continue;
      }
      ends[working?.index ?? 0] = ['reply', done];
      const most = Math.max(...line.map(({ index }) => of(index).priority));
      const best = line.filter(({ index }) => of(index).priority === most);
      const next = discipline === 'fifo' ? best[0] : best.at(-1);
      working =
        next === undefined ? null : { index: next.index, until: done + of(next.index).takesMs };
      if (next !== undefined) leave(next.index, null, '');
    }
  };
  calls.forEach(({ atMs, takesMs, priority }, index) => {
    until(atMs);
    if (working === null) {
      working = { index, until: atMs + takesMs };
      return;
    }
    const isStanding = sheds !== null && since !== null && atMs - since >= sheds.intervalMs;
    const wait = sheds === null ? never : isStanding ? sheds.targetMs : sheds.intervalMs;
    if (queue !== null && line.length >= queue) {
      const least = Math.min(...line.map((one) => of(one.index).priority));
      const victim = line.findLast((one) => of(one.index).priority === least);
      if (victim === undefined || priority <= least) {
        ends[index] = ['full', atMs];
        return;
      }
      ends[victim.index] = ['shed', atMs];
      line = line.filter((one) => one !== victim);
    }
    since ??= atMs;
    line.push({ index, until: atMs + wait });
  });
  until(1e9);
  return ends;
}
