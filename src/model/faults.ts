/**
 * Faults as data: what goes wrong in a run, where and when. Times are milliseconds of virtual time. What
 * each means, its options and what it maps to stands in src/simulator/catalogue.ts.
 */
import type { Distribution } from './distribution.ts';
import type { NodeId } from './effects.ts';

/** A point in a node's life: before or after its n-th message, record, write or decision. */
export interface CrashPoint {
  readonly moment: 'before' | 'after';
  /** Counted from 1, over what the node sends, receives and writes under this name. */
  readonly nth: number;
  /** A message's type, or the `record` (or `type`) of a log record. */
  readonly message?: string;
  /** Instead of a name: any message sent, any message received, any record, any decision of the node. */
  readonly any?: 'send' | 'receive' | 'write' | 'decision';
}

/** A point that is told by the name of a message or record. */
export type NamedPoint = CrashPoint & { readonly message: string };

/** When a fault begins (default 0), how long it lasts (default: for ever), and how often it comes. */
export interface Span {
  readonly atMs?: number;
  readonly forMs?: number;
  /** It begins again `everyMs` after each beginning, `times` in all: flapping. */
  readonly repeat?: { readonly everyMs: number; readonly times: number };
}

/** Directed links: messages from the first node to the second. */
export type LinkList = readonly (readonly [NodeId, NodeId])[];

/**
 * Which links a fault concerns: those between groups, those of a list, or those that a shape over nodes
 * gives. Exactly one of `groups`, `links` and `shape`.
 */
export interface LinkChoice {
  /** Links between nodes of different groups; nodes in no group form one more group. */
  readonly groups?: readonly (readonly NodeId[])[];
  /** With groups, only the links that lead out of the first group, or into it. */
  readonly direction?: 'out' | 'in';
  readonly links?: LinkList;
  readonly shape?: PartitionShape;
  /** The nodes that the shape divides, in this order. Default: all, in an order drawn from the seed. */
  readonly nodes?: readonly NodeId[];
}

/** Shapes of partitions, after Jepsen's nemeses. */
export type PartitionShape =
  /** The first node against all others. */
  | 'isolate-one'
  /** The first half, rounded down, against the rest. */
  | 'halves'
  /** The first node talks to both halves of the others. */
  | 'bridge'
  /** A ring: each hears from the majority around itself, no two from the same one. */
  | 'majorities-ring'
  /** The nodes that the system calls its primaries at that moment, each on its own. */
  | 'primaries';

/** A crash at a time or at a point; the node restarts `forMs` later, or never. */
export interface CrashFault {
  readonly fault: 'crash';
  readonly node: NodeId;
  readonly atMs?: number;
  readonly point?: CrashPoint;
  readonly forMs?: number;
  /** The disk is lost too. Default false. */
  readonly loseDisk?: boolean;
  /** What a restart finds of the unforced tail. Default: a prefix drawn evenly. */
  readonly tail?: 'drawn' | 'lost' | 'kept' | 'torn';
}

/** A node that is down restarts. */
export interface RestartFault {
  readonly fault: 'restart';
  readonly node: NodeId;
  readonly atMs?: number;
}

/** Nothing is delivered over the links; what arrives is dropped. */
export interface PartitionFault extends LinkChoice, Span {
  readonly fault: 'partition';
}

/** Nothing is delivered over the links; what arrives is kept and delivered when the fault ends. */
export interface HoldFault extends LinkChoice, Span {
  readonly fault: 'hold';
}

/** Each message is lost, or leaves a copy behind, with this probability, rolled at its delivery. */
interface ChanceFault<K extends string> extends Span {
  readonly fault: K;
  readonly probability: number;
  /** Default: every link. */
  readonly links?: LinkList;
}
export type LossFault = ChanceFault<'loss'>;
export type DuplicationFault = ChanceFault<'duplication'>;

/** Messages sent meanwhile take longer, by a draw of this law. */
export interface DelayFault extends Span {
  readonly fault: 'delay';
  readonly by: Distribution;
  readonly links?: LinkList;
}

/** A fault of one node that has nothing but its span. */
interface NodeFault<K extends string> extends Span {
  readonly fault: K;
  readonly node: NodeId;
}
export type PauseFault = NodeFault<'pause'>;

/** Whatever takes the node time takes `factor` times as long, and each event `handlingMs` besides. */
export interface SlowFault extends NodeFault<'slow'> {
  readonly factor?: number;
  readonly handlingMs?: number;
}
export interface ClockOffsetFault extends NodeFault<'clock-offset'> {
  readonly byMs: number;
}
export interface ClockDriftFault extends NodeFault<'clock-drift'> {
  /** Seconds of the node's clock in a second: 1.001 gains a millisecond a second. */
  readonly rate: number;
}
export interface ClockJumpFault extends NodeFault<'clock-jump'> {
  readonly byMs: number;
}
export interface ClockStrobeFault extends NodeFault<'clock-strobe'> {
  readonly byMs: number;
  /** How long the clock stays before it jumps the other way. */
  readonly periodMs: number;
  readonly forMs: number;
}
export interface SlowDiskFault extends NodeFault<'slow-disk'> {
  readonly factor: number;
}

/** Each forced write of the node that ends meanwhile is struck with this probability. Default 1: all. */
interface WriteFault<K extends string> extends NodeFault<K> {
  readonly probability?: number;
}
/** The disk answers that the write is safe, and a crash may forget it. */
export type LostForceFault = WriteFault<'lost-force'>;
/** The write fails, as all do on a full disk. A node that it stops comes back when the fault ends. */
export type FailedWriteFault = WriteFault<'failed-write'>;
/** The node cannot read its log, so that it does not restart before the fault ends. */
export type ReadErrorFault = NodeFault<'read-error'>;

/** Ends all that has begun, among these nodes, and starts nothing of what was to come. */
export interface HealFault {
  readonly fault: 'heal';
  readonly atMs?: number;
  /** The core that is healed; what has failed outside stays failed. Default: every node. */
  readonly nodes?: readonly NodeId[];
}

/** The faults that begin and end. */
export type LastingFault =
  | PartitionFault
  | HoldFault
  | LossFault
  | DuplicationFault
  | DelayFault
  | PauseFault
  | SlowFault
  | ClockOffsetFault
  | ClockDriftFault
  | ClockJumpFault
  | ClockStrobeFault
  | SlowDiskFault
  | LostForceFault
  | FailedWriteFault
  | ReadErrorFault;

export type Fault = CrashFault | RestartFault | HealFault | LastingFault;

/** The faults of a run, as data. */
export type Schedule = readonly Fault[];
