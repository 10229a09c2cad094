/** Metrics: what a run counted and measured, gathered as it goes. */

import type { DropCause } from '../model/decision.ts';
import type { Address, NodeId } from '../model/effects.ts';
import type { Executed } from '../model/node.ts';
import type { Span } from '../model/system.ts';

/** Counts of messages between nodes. Sends inside a node are no messages. */
export interface MessageCounts {
  sent: number;
  delivered: number;
  duplicated: number;
  dropped: number;
}

/** A measured span on one process; `toMs` is null when it had not ended at the end of the run. */
export interface MeasuredSpan {
  readonly process: Address;
  readonly fromMs: number;
  toMs: number | null;
}

export interface Metrics {
  /** Decisions applied. */
  events: number;
  readonly messages: MessageCounts;
  readonly messagesByType: Record<string, MessageCounts>;
  readonly drops: Record<DropCause, number>;
  readonly writes: { forced: number; unforced: number };
  readonly writesByNode: Record<NodeId, { forced: number; unforced: number }>;
  crashes: number;
  restarts: number;
  timersFired: number;
  readonly operations: { invoked: number; returned: number };
  /** Time from each operation's start to its return, in ms, by process. */
  readonly latenciesMs: { readonly process: Address; readonly ms: number }[];
  /** How often each mark was left: a mark that never occurs shows what a run never reached. */
  readonly marks: Record<string, number>;
  /** Spans by the name that the system gives them. */
  readonly spans: Record<string, MeasuredSpan[]>;
}

const noMessages = (): MessageCounts => ({ sent: 0, delivered: 0, duplicated: 0, dropped: 0 });

export interface MetricsRecorder {
  readonly metrics: Metrics;
  effect(effect: Executed, atUs: number, node: NodeId): void;
  delivered(type: string, duplicated: boolean): void;
  dropped(type: string, cause: DropCause): void;
}

/** A recorder for a system with these spans. */
export function recordMetrics(spans: Readonly<Record<string, Span>>): MetricsRecorder {
  const metrics: Metrics = {
    events: 0,
    messages: noMessages(),
    messagesByType: {},
    drops: { loss: 0, cut: 0, down: 0, overflow: 0 },
    writes: { forced: 0, unforced: 0 },
    writesByNode: {},
    crashes: 0,
    restarts: 0,
    timersFired: 0,
    operations: { invoked: 0, returned: 0 },
    latenciesMs: [],
    marks: {},
    spans: Object.fromEntries(Object.keys(spans).map((name) => [name, []])),
  };
  const byType = (type: string): MessageCounts => {
    let counts = metrics.messagesByType[type];
    if (counts === undefined) {
      counts = noMessages();
      metrics.messagesByType[type] = counts;
    }
    return counts;
  };
  const open = new Map<string, MeasuredSpan>();
  const pending = new Map<Address, number>();
  const named = Object.entries(spans);

  const mark = (process: Address, name: string, atUs: number): void => {
    metrics.marks[name] = (metrics.marks[name] ?? 0) + 1;
    if (name === 'invoked') {
      metrics.operations.invoked++;
      pending.set(process, atUs);
    } else if (name === 'returned') {
      metrics.operations.returned++;
      const since = pending.get(process);
      if (since !== undefined) metrics.latenciesMs.push({ process, ms: (atUs - since) / 1000 });
      pending.delete(process);
    }
    for (const [span, { from, to }] of named) {
      if (name !== from && name !== to) continue;
      const key = `${span} ${process}`;
      const measured = open.get(key);
      // A second start, such as that of a participant which recovers prepared, goes on with the first.
      if (name === from && measured === undefined) {
        const begun: MeasuredSpan = { process, fromMs: atUs / 1000, toMs: null };
        open.set(key, begun);
        metrics.spans[span]?.push(begun);
      } else if (name === to && measured !== undefined) {
        measured.toMs = atUs / 1000;
        open.delete(key);
      }
    }
  };

  return {
    metrics,
    effect(effect, atUs, node) {
      switch (effect.type) {
        case 'send':
          metrics.messages.sent++;
          byType(effect.envelope.message.type).sent++;
          return;
        case 'write':
        case 'replace': {
          const durability = effect.type === 'write' ? effect.durability : 'forced';
          metrics.writes[durability]++;
          const own = metrics.writesByNode[node] ?? { forced: 0, unforced: 0 };
          own[durability]++;
          metrics.writesByNode[node] = own;
          return;
        }
        case 'mark':
          mark(effect.process, effect.name, atUs);
      }
    },
    delivered(type, duplicated) {
      const own = byType(type);
      metrics.messages.delivered++;
      own.delivered++;
      if (!duplicated) return;
      metrics.messages.duplicated++;
      own.duplicated++;
    },
    dropped(type, cause) {
      metrics.messages.dropped++;
      byType(type).dropped++;
      metrics.drops[cause]++;
    },
  };
}
