/**
 * The environment of a run whose operations are generated: when they arrive, what they ask, and which are
 * asked again. What has arrived stands in a line at its client until the client's machine can start it,
 * and counts from its arrival: a system that is slow does not thereby get fewer operations (no coordinated
 * omission). All draws are of streams of the loop and the client, so that two systems with the same
 * clients meet the same arrivals whatever they make of them.
 */
import type { EventObject } from 'xstate';
import type { Distribution } from '../model/distribution.ts';
import type { Address } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import { type ClientLoop, clientLoops } from '../model/loop-rules.ts';
import { type ClosedLoop, callOf, type OpenLoop, type Retries } from '../model/loops.ts';
import type { PlannedOperation } from '../model/scenario.ts';
import { type ArrivalTimes, arrivalTimes } from './arrivals.ts';
import { Fifo } from './fifo.ts';
import { type DrawnOperation, drawOperation } from './mixing.ts';
import type { PendingAsk } from './pending.ts';
import type { Streams } from './random.ts';
import { microseconds } from './sampling.ts';
import type { Weather } from './weather.ts';

/** An operation that has arrived. */
interface Asking {
  readonly operation: EventObject;
  /** Undefined where nobody waits for how it ends. */
  readonly call: OpenCall | undefined;
  /** Who asks, where only the client's machine shows that the operation has ended. */
  readonly watcher: User | undefined;
  /** Whether it was asked before. */
  readonly isAgain: boolean;
}

/** An operation with a name whose end somebody waits for. */
interface OpenCall {
  readonly name: string;
  readonly operation: EventObject;
  readonly line: Line;
  readonly user: User | undefined;
  readonly retries: Retries | undefined;
  readonly owner: string;
  attempts: number;
  stage: 'waiting' | 'asked' | 'pausing' | 'over';
}

/** The operations that have arrived at a client and were not started. */
interface Line {
  readonly process: Address;
  readonly node: number;
  readonly position: number;
  readonly waiting: Fifo<Asking>;
  /** Operations that arrived so far, those that were asked again not counted. */
  arrived: number;
  /** Users whose operations have no name, so that only the client's machine shows that one has ended. */
  readonly watchers: User[];
}

interface Source {
  readonly loop: ClientLoop;
  readonly owner: string;
  readonly line: Line;
  /** Operations that it still asks for; infinity where nothing bounds them. */
  left: number;
}

/** A user of a closed loop. */
interface User extends Source {
  readonly kind: 'user';
  readonly think: Distribution;
  next: DrawnOperation | undefined;
  isIdle: boolean;
}

interface Stream extends Source {
  readonly kind: 'stream';
  readonly times: ArrivalTimes;
}

/** Operations of a list that arrive at times of their own. */
interface Listed {
  readonly kind: 'listed';
  readonly line: Line;
  readonly operations: readonly PlannedOperation[];
  next: number;
}

/** Why something is asked: an arrival, a thought that is over, or a time-out or pause of retries. */
export type Cause =
  | User
  | Stream
  | Listed
  | { readonly kind: 'timeout'; readonly call: OpenCall; readonly attempt: number }
  | { readonly kind: 'again'; readonly call: OpenCall };

/** What the driver tells the simulation. */
export interface DriverHost {
  readonly streams: Streams;
  readonly push: (pending: PendingAsk) => void;
  readonly now: () => number;
  readonly arrived: (process: Address, operation: EventObject) => void;
  /** An operation that failed is asked again, so that it has not ended. */
  readonly goesOn: (call: string) => void;
  /** Nobody waits for an answer any more. */
  readonly givenUp: (call: string) => void;
}

/** Whether a run needs a driver: where it has loops, or operations that arrive at times of their own. */
export function isDriven({ workload, operations = [] }: Weather): boolean {
  return workload !== undefined || operations.some(({ atMs }) => atMs !== undefined);
}

export class WorkloadDriver {
  readonly #host: DriverHost;
  readonly #untilUs: number;
  readonly #lines = new Map<Address, Line>();
  readonly #calls = new Map<string, OpenCall>();

  constructor(instance: Instance, weather: Weather, host: DriverHost) {
    this.#host = host;
    this.#untilUs = microseconds(weather.horizonMs);
    for (const loop of clientLoops(instance, weather.workload ?? [])) {
      const line = this.#lineOf(instance, loop.process);
      if (loop.loop.loop === 'open') this.#beginStream(loop, loop.loop, line);
      else this.#beginUsers(loop, loop.loop, line, weather.think);
    }
    const timed = (weather.operations ?? []).filter(({ atMs }) => atMs !== undefined);
    for (const process of new Set(timed.map((one) => one.process))) {
      const operations = timed.filter((one) => one.process === process);
      const line = this.#lineOf(instance, process);
      this.#plan({ kind: 'listed', line, operations, next: 0 });
    }
  }

  /** Where something of the workload has arrived, so that it may be started. */
  happen({ cause }: PendingAsk): Pick<Line, 'node' | 'position'> | undefined {
    switch (cause.kind) {
      case 'stream': {
        const drawn = this.#draw(cause);
        this.#arrive(cause, drawn);
        this.#plan(cause);
        return cause.line;
      }
      case 'user': {
        const drawn = cause.next ?? this.#draw(cause);
        cause.next = undefined;
        this.#arrive(cause, drawn, cause);
        return cause.line;
      }
      case 'listed': {
        const { operation } = cause.operations[cause.next++] as PlannedOperation;
        this.#host.arrived(cause.line.process, operation);
        cause.line.waiting.add({ operation, call: undefined, watcher: undefined, isAgain: false });
        this.#plan(cause);
        return cause.line;
      }
      case 'timeout':
        if (this.#askAgain(cause.call)) return undefined;
        this.#host.givenUp(cause.call.name);
        this.#end(cause.call);
        return undefined;
      case 'again': {
        const { call } = cause;
        const { operation, line } = call;
        call.stage = 'waiting';
        line.waiting.add({ operation, call, watcher: undefined, isAgain: true });
        return line;
      }
    }
  }

  /** Whether an answer has made it pointless. */
  isVoid({ cause }: PendingAsk): boolean {
    if (cause.kind !== 'timeout' && cause.kind !== 'again') return false;
    const { stage, attempts } = cause.call;
    return stage === 'over' || (cause.kind === 'timeout' && attempts > cause.attempt);
  }

  /** Whether the operations of the process are generated here. */
  drives(process: Address): boolean {
    return this.#lines.has(process);
  }

  /** The operation that the client is to start next. */
  first(process: Address): EventObject | undefined {
    const waiting = this.#lines.get(process)?.waiting;
    // An answer may come while a further attempt still stands in the line.
    while (waiting?.first?.call?.stage === 'over') waiting.take();
    return waiting?.first?.operation;
  }

  /** Starts the first operation: `invoke` says whether it was, a crash having come before it or not. */
  start(process: Address, invoke: (isNew: boolean) => boolean): void {
    const { waiting } = this.#lines.get(process) as Line;
    const asking = waiting.take();
    if (asking === undefined) return;
    const { call, watcher, isAgain } = asking;
    if (call !== undefined) call.stage = 'asked';
    if (watcher !== undefined) watcher.isIdle = true;
    const timeoutMs = call?.retries?.timeoutMs;
    const attempt = call?.attempts ?? 1;
    if (invoke(!isAgain)) {
      if (call === undefined || timeoutMs === undefined) return;
      const at = this.#host.now() + microseconds(timeoutMs);
      this.#host.push({ at, kind: 'ask', cause: { kind: 'timeout', call, attempt } });
      return;
    }
    if (call !== undefined) call.stage = 'waiting';
    if (watcher !== undefined) watcher.isIdle = false;
    waiting.putBack(asking);
  }

  /** Users without a name for their operations think as soon as the machine could take the next one. */
  notice(process: Address, handles: (operation: EventObject) => boolean): void {
    const line = this.#lines.get(process);
    for (const user of line?.watchers ?? []) {
      if (!user.isIdle || user.left === 0) continue;
      user.next ??= this.#draw(user);
      if (handles(user.next(user.line.arrived + 1))) this.#think(user);
    }
  }

  /** A process has left a mark: an operation may have ended, or is asked again. */
  marked(name: string, data: unknown): void {
    if (name !== 'returned' && name !== 'failed') return;
    const call = this.#calls.get(callOf(data) ?? '');
    if (call === undefined) return;
    // The failure of an attempt that was given up for another changes nothing.
    const isKnown = name === 'failed' && call.stage !== 'asked';
    if (isKnown || (name === 'failed' && this.#askAgain(call))) this.#host.goesOn(call.name);
    else this.#end(call);
  }

  /** Users whose client has crashed wait no longer, unless they have a time-out of their own. */
  crashed(node: number): void {
    for (const call of this.#calls.values())
      if (
        call.line.node === node &&
        call.stage === 'asked' &&
        call.retries?.timeoutMs === undefined
      )
        this.#end(call);
  }

  #lineOf(instance: Instance, process: Address): Line {
    let line = this.#lines.get(process);
    if (line === undefined) {
      const { node } = instance.placeOf(process);
      const hosted = instance.nodes[node]?.processes ?? [];
      const position = hosted.findIndex(({ address }) => address === process);
      line = { process, node, position, waiting: new Fifo(), arrived: 0, watchers: [] };
      this.#lines.set(process, line);
    }
    return line;
  }

  #beginStream(loop: ClientLoop, { arrivals, operations, ...span }: OpenLoop, line: Line): void {
    const owner = `${loop.name} ${loop.process}`;
    const from = microseconds(span.fromMs ?? 0);
    const until = Math.min(this.#untilUs, microseconds(span.untilMs ?? Number.POSITIVE_INFINITY));
    const times = arrivalTimes(arrivals, owner, { from, until }, this.#host.streams);
    const left = operations ?? Number.POSITIVE_INFINITY;
    this.#plan({ kind: 'stream', loop, owner, line, times, left });
  }

  #beginUsers(loop: ClientLoop, closed: ClosedLoop, line: Line, think: Distribution): void {
    const { users = 1, operations = Number.POSITIVE_INFINITY } = closed;
    const hasCalls = loop.mix.every(({ fields }) => fields.call?.kind === 'serial');
    for (let index = 1; index <= users; index++) {
      const user: User = {
        kind: 'user',
        loop,
        owner: `${loop.name} ${loop.process}${users === 1 ? '' : ` user ${index}`}`,
        line,
        // The operations of a client are shared out evenly among its users.
        left:
          operations === Number.POSITIVE_INFINITY
            ? operations
            : Math.floor((operations - index) / users) + 1,
        think: closed.think ?? think,
        next: undefined,
        isIdle: true,
      };
      if (hasCalls) this.#think(user);
      else line.watchers.push(user);
    }
  }

  #plan(source: Stream | Listed): void {
    if (source.kind === 'listed') {
      const { atMs } = source.operations[source.next] ?? {};
      if (atMs !== undefined)
        this.#host.push({ at: microseconds(atMs), kind: 'ask', cause: source });
      return;
    }
    if (source.left <= 0) return;
    const at = source.times();
    if (at !== undefined) this.#host.push({ at, kind: 'ask', cause: source });
  }

  #think(user: User): void {
    user.isIdle = false;
    if (user.left <= 0) return;
    const { fromMs = 0, untilMs = Number.POSITIVE_INFINITY } = user.loop.loop;
    const from = Math.max(this.#host.now(), microseconds(fromMs));
    const at = from + this.#host.streams.duration('think', user.owner, user.think);
    if (at <= Math.min(this.#untilUs, microseconds(untilMs)))
      this.#host.push({ at, kind: 'ask', cause: user });
  }

  #draw({ loop, owner }: Source): DrawnOperation {
    return drawOperation(loop.mix, loop.process, owner, this.#host.streams);
  }

  #arrive(source: Source, drawn: DrawnOperation, user?: User): void {
    const { line, loop, owner } = source;
    source.left--;
    const operation = drawn(++line.arrived);
    this.#host.arrived(line.process, operation);
    const { retries } = loop.loop;
    const watcher = user !== undefined && line.watchers.includes(user) ? user : undefined;
    const isAwaited = retries !== undefined || (user !== undefined && watcher === undefined);
    const name = isAwaited ? callOf(operation) : undefined;
    const call: OpenCall | undefined =
      name === undefined
        ? undefined
        : { name, operation, line, user, retries, owner, attempts: 1, stage: 'waiting' };
    if (call !== undefined) this.#calls.set(call.name, call);
    line.waiting.add({ operation, call, watcher, isAgain: false });
  }

  /** Whether the operation is asked once more. */
  #askAgain(call: OpenCall): boolean {
    const { retries } = call;
    if (retries === undefined || call.attempts >= retries.attempts) return false;
    call.attempts++;
    call.stage = 'pausing';
    const pause =
      retries.pause === undefined
        ? 0
        : this.#host.streams.duration('pause', call.owner, retries.pause);
    const cause: Cause = { kind: 'again', call };
    this.#host.push({ at: this.#host.now() + pause, kind: 'ask', cause });
    return true;
  }

  #end(call: OpenCall): void {
    call.stage = 'over';
    this.#calls.delete(call.name);
    if (call.user !== undefined) this.#think(call.user);
  }
}
