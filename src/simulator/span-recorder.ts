/** Spans: on each process from one mark to the next of another name. */
import type { Address } from '../model/effects.ts';
import type { Span } from '../model/system.ts';
import type { TraceEntry } from '../model/trace.ts';
import { DurationRecorder, type Histograms } from './durations.ts';
import type { SpanMetrics } from './metrics.ts';
import { lastingAddress } from './operation-recorder.ts';

/** One span on one process, in ms; `toMs` is null when it had no end. */
export interface SeenSpan {
  readonly process: Address;
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** The spans in a trace one by one, in the order of their beginnings. */
export function spansIn(trace: readonly TraceEntry[], span: Span): readonly SeenSpan[] {
  const seen: { process: Address; fromMs: number; toMs: number | null }[] = [];
  const open = new Map<Address, number>();
  for (const { atUs = 0, effects } of trace)
    for (const effect of effects) {
      if (effect.type !== 'mark') continue;
      const { process, name } = effect;
      const wasOpen = open.has(process);
      if (moved(span, open, process, name, atUs) !== undefined) {
        const ended = seen.findLast((one) => one.process === process);
        if (ended !== undefined) ended.toMs = atUs / 1000;
      } else if (!wasOpen && open.has(process))
        seen.push({ process, fromMs: atUs / 1000, toMs: null });
    }
  return seen;
}

/**
 * The mark in the book of open spans; when the span ends with it, since when it was open. A second start,
 * such as that of a participant which recovers prepared, goes on with the first.
 */
function moved(
  { from, to }: Span,
  open: Map<Address, number>,
  process: Address,
  name: string,
  atUs: number,
): number | undefined {
  if (name === from && !open.has(process)) open.set(process, atUs);
  if (name !== to) return undefined;
  const since = open.get(process);
  open.delete(process);
  return since;
}

interface NamedSpan extends Span {
  readonly name: string;
  readonly all: DurationRecorder;
  readonly byProcess: Map<Address, DurationRecorder>;
  /** Since when each process is in one, in µs. */
  readonly open: Map<Address, number>;
}

/** Gathers the spans of a run as it goes. */
export class SpanRecorder {
  readonly #spans: readonly NamedSpan[];

  constructor(spans: Readonly<Record<string, Span>>, histograms: Histograms | undefined) {
    this.#spans = Object.entries(spans).map(([name, { from, to }]) => ({
      name,
      from,
      to,
      all: new DurationRecorder(histograms?.(`span ${name}`)),
      byProcess: new Map(),
      open: new Map(),
    }));
  }

  mark(process: Address, name: string, atUs: number): void {
    for (const span of this.#spans) {
      const since = moved(span, span.open, process, name, atUs);
      if (since !== undefined) record(span, process, atUs - since);
    }
  }

  finish(atUs: number): Record<string, SpanMetrics> {
    const metrics: Record<string, SpanMetrics> = {};
    for (const span of this.#spans) {
      const openOf = new Map<Address, number>();
      for (const [process, since] of span.open) {
        record(span, process, atUs - since);
        const lasting = lastingAddress(process);
        openOf.set(lasting, (openOf.get(lasting) ?? 0) + 1);
      }
      metrics[span.name] = {
        ...span.all.durations(),
        open: span.open.size,
        byProcess: Object.fromEntries(
          [...span.byProcess].map(([process, durations]) => [
            process,
            { ...durations.durations(), open: openOf.get(process) ?? 0 },
          ]),
        ),
      };
    }
    return metrics;
  }
}

function record({ all, byProcess }: NamedSpan, process: Address, us: number): void {
  const lasting = lastingAddress(process);
  let own = byProcess.get(lasting);
  if (own === undefined) {
    own = new DurationRecorder(undefined);
    byProcess.set(lasting, own);
  }
  all.record(us);
  own.record(us);
}
