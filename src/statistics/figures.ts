/**
 * The figures of a run of which many runs give means: numbers of its metrics, each by its path in them.
 */
import type { Run } from '../simulator/options.ts';

/** Null: the run has no such figure. */
export type Figures = Readonly<Record<string, number | null>>;

export function figuresOf({ metrics, virtualMs }: Run): Figures {
  const { messages, writes, operations, availability } = metrics;
  const figures: Record<string, number | null> = {
    virtualMs,
    events: metrics.events,
    'messages.sent': messages.sent,
    'messages.bytes': messages.bytes,
    'messages.dropped': messages.dropped,
    'writes.forced': writes.forced,
    'writes.unforced': writes.unforced,
    timersFired: metrics.timersFired,
    crashes: metrics.crashes,
    'operations.arrived': operations.arrived,
    'operations.invoked': operations.invoked,
    'operations.returned': operations.returned,
    'operations.degraded': operations.degraded,
    'operations.attempts': operations.attempts,
    'operations.errors': operations.errors,
    'operations.throughputPerSecond': operations.throughputPerSecond,
    goodputPerSecond: virtualMs === 0 ? null : operations.inTime / (virtualMs / 1000),
    'operations.wait.meanMs': operations.wait?.meanMs ?? null,
    'operations.latency.meanMs': operations.latency.meanMs,
    'operations.latency.maxMs': operations.latency.maxMs,
    'availability.inRequests': availability.inRequests,
    'availability.everyClient': availability.everyClient,
    'availability.someClient': availability.someClient,
  };
  for (const [type, { sent }] of Object.entries(metrics.messagesByType))
    figures[`messagesByType.${type}.sent`] = sent;
  for (const [name, { count, open, meanMs, maxMs }] of Object.entries(metrics.spans)) {
    figures[`spans.${name}.count`] = count;
    figures[`spans.${name}.open`] = open;
    figures[`spans.${name}.meanMs`] = meanMs;
    figures[`spans.${name}.maxMs`] = maxMs;
  }
  for (const [name, ratio] of Object.entries(metrics.ratios)) figures[`ratios.${name}`] = ratio;
  for (const [node, { availability: up }] of Object.entries(metrics.nodes))
    figures[`nodes.${node}.availability`] = up;
  return figures;
}

/** A type of message that a run never sent it sent zero times; other figures a run may not have. */
export function figureIn(figures: Figures, name: string): number | null {
  return figures[name] ?? (name.startsWith('messagesByType.') ? 0 : null);
}
