/** Gathers the metrics of a run as it goes. What it keeps does not grow with the run. */
import type { DropCause } from '../model/decision.ts';
import type { Address, NodeId } from '../model/effects.ts';
import type { Executed, RoutedEnvelope } from '../model/node.ts';
import type { Span } from '../model/system.ts';
import type { Histograms } from './durations.ts';
import { type MessageCounts, type Metrics, type NodeMetrics, noMessages } from './metrics.ts';
import { OperationRecorder } from './operation-recorder.ts';
import { SpanRecorder } from './span-recorder.ts';

/** What a recorder must know. */
export interface RecorderOptions {
  /** By index. */
  readonly nodes: readonly NodeId[];
  readonly spans: Readonly<Record<string, Span>>;
  readonly answerWithinMs: number;
  readonly histograms: Histograms | undefined;
  readonly bytesOf: (envelope: RoutedEnvelope) => number;
}

type Counted<T> = { -readonly [K in keyof T]: T[K] };

interface NodeCounts {
  readonly messages: MessageCounts;
  readonly writes: Counted<NodeMetrics['writes']>;
  timersFired: number;
  crashes: number;
  restarts: number;
  failedWrites: number;
  lostForces: number;
  /** Since when it is up; undefined while it is not. */
  upSince: number | undefined;
  upUs: number;
}

/** A node begins or ceases to be up. */
interface Turn {
  readonly node: number;
  readonly up: boolean;
  readonly atUs: number;
}

export class MetricsRecorder {
  readonly #options: RecorderOptions;
  readonly #nodes: readonly NodeCounts[];
  readonly #byType = new Map<string, MessageCounts>();
  readonly #drops = { loss: 0, cut: 0, down: 0, overflow: 0 };
  readonly #marks = new Map<string, number>();
  readonly #isUp: boolean[];
  /** Those since the last decision: a run ends with it, and what came later was after its end. */
  #turns: Turn[] = [];
  readonly #operations: OperationRecorder;
  readonly #spans: SpanRecorder;
  #events = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { nodes, spans, answerWithinMs, histograms } = options;
    this.#operations = new OperationRecorder(answerWithinMs, histograms);
    this.#spans = new SpanRecorder(spans, histograms);
    this.#isUp = nodes.map(() => true);
    this.#nodes = nodes.map(() => ({
      messages: noMessages(),
      writes: { forced: 0, unforced: 0 },
      timersFired: 0,
      crashes: 0,
      restarts: 0,
      failedWrites: 0,
      lostForces: 0,
      upSince: 0,
      upUs: 0,
    }));
  }

  decided(atUs: number): void {
    this.#events++;
    if (this.#turns.length > 0) this.#settle(atUs);
  }

  effect(effect: Executed, node: number, atUs: number): void {
    switch (effect.type) {
      case 'send': {
        const bytes = this.#options.bytesOf(effect.envelope);
        const ofType = this.#ofType(effect.envelope.message.type);
        const { messages } = this.#node(node);
        ofType.sent++;
        ofType.bytes += bytes;
        messages.sent++;
        messages.bytes += bytes;
        return;
      }
      case 'write':
        this.#node(node).writes[effect.durability]++;
        return;
      case 'replace':
        this.#node(node).writes.forced++;
        return;
      case 'failed':
        this.#node(node).failedWrites++;
        return;
      case 'durable':
        if (effect.lies === true) this.#node(node).lostForces++;
        return;
      case 'mark':
        this.#mark(effect.process, effect.name, effect.data, atUs);
    }
  }

  delivered({ message, target }: RoutedEnvelope, duplicated: boolean): void {
    const ofType = this.#ofType(message.type);
    const { messages } = this.#node(target);
    ofType.delivered++;
    messages.delivered++;
    if (!duplicated) return;
    ofType.duplicated++;
    messages.duplicated++;
  }

  dropped({ message, target }: RoutedEnvelope, cause: DropCause): void {
    this.#ofType(message.type).dropped++;
    this.#node(target).messages.dropped++;
    this.#drops[cause]++;
  }

  timerFired(node: number): void {
    this.#node(node).timersFired++;
  }

  crashed(node: number): void {
    this.#node(node).crashes++;
  }

  restarted(node: number): void {
    this.#node(node).restarts++;
  }

  /** An operation of a workload has arrived, and waits for its client to start it. */
  arrived(process: Address, operation: unknown, atUs: number): void {
    this.#operations.arrived(process, operation, atUs);
  }

  /** What the process is asked for next is what arrived first. */
  starting(process: Address | undefined): void {
    this.#operations.starting = process;
  }

  /** The failure of which the next mark tells is not the end of that operation. */
  goesOn(call: string): void {
    this.#operations.goesOn(call);
  }

  givenUp(call: string, atUs: number): void {
    this.#operations.givenUp(call, atUs);
  }

  /** To be told after whatever may have changed it; saying the same again changes nothing. */
  isUp(node: number, up: boolean, atUs: number): void {
    if (up === this.#isUp[node]) return;
    this.#isUp[node] = up;
    this.#turns.push({ node, up, atUs });
  }

  /** `isOver`: nothing was left that could happen. */
  metrics(atUs: number, isOver: boolean): Omit<Metrics, 'ratios'> {
    this.#settle(atUs);
    const sum = (of: (node: NodeCounts) => number): number =>
      this.#nodes.reduce((total, node) => total + of(node), 0);
    return {
      events: this.#events,
      messages: {
        sent: sum(({ messages }) => messages.sent),
        delivered: sum(({ messages }) => messages.delivered),
        duplicated: sum(({ messages }) => messages.duplicated),
        dropped: sum(({ messages }) => messages.dropped),
        bytes: sum(({ messages }) => messages.bytes),
      },
      messagesByType: Object.fromEntries(this.#byType),
      drops: this.#drops,
      writes: {
        forced: sum(({ writes }) => writes.forced),
        unforced: sum(({ writes }) => writes.unforced),
      },
      crashes: sum(({ crashes }) => crashes),
      restarts: sum(({ restarts }) => restarts),
      failedWrites: sum(({ failedWrites }) => failedWrites),
      lostForces: sum(({ lostForces }) => lostForces),
      timersFired: sum(({ timersFired }) => timersFired),
      ...this.#operations.finish(atUs, isOver),
      nodes: Object.fromEntries(
        this.#options.nodes.map((id, index) => [id, nodeMetrics(this.#node(index), atUs)]),
      ),
      marks: Object.fromEntries(this.#marks),
      spans: this.#spans.finish(atUs),
    };
  }

  #settle(untilUs: number): void {
    for (const { node, up, atUs } of this.#turns) {
      const counts = this.#node(node);
      if (atUs > untilUs) continue;
      if (counts.upSince !== undefined) counts.upUs += atUs - counts.upSince;
      counts.upSince = up ? atUs : undefined;
    }
    this.#turns = [];
  }

  #mark(process: Address, name: string, data: unknown, atUs: number): void {
    this.#marks.set(name, (this.#marks.get(name) ?? 0) + 1);
    if (name === 'invoked') this.#operations.invoked(process, data, atUs);
    else if (name === 'retried') this.#operations.retried(process, data);
    else if (name === 'returned') this.#operations.returned(process, data, atUs);
    else if (name === 'failed') this.#operations.failed(process, data, atUs);
    this.#spans.mark(process, name, atUs);
  }

  #ofType(type: string): MessageCounts {
    let ofType = this.#byType.get(type);
    if (ofType === undefined) {
      ofType = noMessages();
      this.#byType.set(type, ofType);
    }
    return ofType;
  }

  #node(index: number): NodeCounts {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`broken promise: there is no node ${index}`);
    return node;
  }
}

function nodeMetrics({ upSince, upUs, ...counts }: NodeCounts, atUs: number): NodeMetrics {
  const up = upUs + (upSince === undefined ? 0 : atUs - upSince);
  return { ...counts, upMs: up / 1000, availability: atUs === 0 ? null : up / atUs };
}
