/**
 * Effects: what a machine asks for, as data. A machine emits them with XState's `emit`; a driver
 * carries them out. The order within a step is kept, and a crash may keep any prefix of it.
 */

/** The name of a node, as declared in a system. */
export type NodeId = string;

/**
 * The name by which a process is reached: that of its node where the node hosts one process,
 * `node/process` where it hosts several, `node/family/key` for an instance of a family. Within a
 * node `process` or `family/key` is enough.
 */
export type Address = string;

/** The node of an address: addresses begin with it. */
export function nodeOfAddress(address: Address): NodeId {
  const slash = address.indexOf('/');
  return slash < 0 ? address : address.slice(0, slash);
}

/** A message is a plain object with a `type`, like an XState event. */
export interface Message {
  readonly type: string;
}

/** What a machine receives of a message: the message and the address of its sender. */
export type Received<M extends Message> = M extends Message
  ? M & { readonly from: Address }
  : never;

/** Whether a record must be on the disk before the next effect (forced) or may linger (unforced). */
export type Durability = 'forced' | 'unforced';

/** Sends `message` to each address of `to`, in that order. */
export interface Send<M extends Message = Message> {
  readonly type: 'send';
  readonly to: Address | readonly Address[];
  readonly message: M;
}

/**
 * Appends `record` to the node's log. Forcing a record makes every earlier one durable too. A forced
 * write holds the later effects and events of its node until it is durable, unless it names a
 * `completion` event, which then arrives when it is.
 *
 * A forced write that fails stops its node, as databases stop whose fsync fails. One with a completion
 * may name a `failure` event instead: when that arrives, the record is not in the log.
 */
export interface Write<R = unknown> {
  readonly type: 'write';
  readonly record: R;
  readonly durability: Durability;
  readonly completion?: string;
  readonly failure?: string;
}

/** Replaces this process's records in the log by `records` (compaction); forced, and all or nothing. */
export interface Replace<R = unknown> {
  readonly type: 'replace';
  readonly records: readonly R[];
  readonly completion?: string;
  readonly failure?: string;
}

/** A milestone for people, metrics, histories and observers. It changes nothing in the system. */
export interface Mark {
  readonly type: 'mark';
  readonly name: string;
  readonly data?: unknown;
}

/** Creates an instance of a family that this node declares. */
export interface Start {
  readonly type: 'start';
  readonly family: string;
  readonly key: string;
  readonly input: unknown;
}

/** Ends an instance of a family of this node; what it had armed or not yet handled is gone. */
export interface Stop {
  readonly type: 'stop';
  readonly family: string;
  readonly key: string;
}

/** All effects of a machine with messages `M` and log records `R`: the type of `emitted`. */
export type Effect<M extends Message = Message, R = unknown> =
  | Send<M>
  | Write<R>
  | Replace<R>
  | Mark
  | Start
  | Stop;

/** The event that a parent receives when an instance of a family has reached its final state. */
export interface Finished {
  readonly type: 'FINISHED';
  readonly family: string;
  readonly key: string;
  readonly output: unknown;
  readonly from: Address;
}

/** `emit(({ event }) => send(event.from, { type: 'VOTE', yes: true }))` */
export function send<M extends Message>(to: Address | readonly Address[], message: M): Send<M> {
  return { type: 'send', to, message };
}

/** `emit(write({ record: 'prepared' }, 'forced'))`, `write(record, 'forced', 'SAVED', 'WRITE_FAILED')` */
export function write<R>(
  record: R,
  durability: Durability,
  completion?: string,
  failure?: string,
): Write<R> {
  return { type: 'write', record, durability, ...answers(completion, failure) };
}

/** `emit(({ context }) => replaceRecords([context.snapshot]))` */
export function replaceRecords<R>(
  records: readonly R[],
  completion?: string,
  failure?: string,
): Replace<R> {
  return { type: 'replace', records, ...answers(completion, failure) };
}

/** The events by which the disk answers, where there are any. */
export function answers(
  completion: string | undefined,
  failure: string | undefined,
): Pick<Write, 'completion' | 'failure'> {
  return {
    ...(completion === undefined ? {} : { completion }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** `emit(mark('decided', { value: 'commit' }))` */
export function mark(name: string, data?: unknown): Mark {
  return data === undefined ? { type: 'mark', name } : { type: 'mark', name, data };
}

/** `emit(({ event }) => start('session', event.client, { client: event.client }))` */
export function start(family: string, key: string, input: unknown): Start {
  return { type: 'start', family, key, input };
}

/** `emit(({ event }) => stop('session', event.client))` */
export function stop(family: string, key: string): Stop {
  return { type: 'stop', family, key };
}
