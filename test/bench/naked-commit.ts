/**
 * Two-phase commit as a naked loop: the same machines and messages over a tinyqueue, with latency, timers
 * and forced writes that hold their node, and nothing else: no checks, digest, metrics, properties, faults.
 */
import seedrandom from 'seedrandom';
import TinyQueue from 'tinyqueue';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { Effect } from '../../src/model/effects.ts';
import { coordinator, participant } from '../../src/protocols/index.ts';

interface Action {
  readonly type: string;
  readonly params: unknown;
}

interface Process {
  readonly name: string;
  readonly machine: AnyStateMachine;
  snapshot: AnyMachineSnapshot;
  /** Effects that wait for a forced write. */
  effects: Effect[];
  /** Events that wait for it. */
  events: EventObject[];
  isHeld: boolean;
  readonly timers: Map<string, number>;
}

interface Pending {
  readonly at: number;
  readonly sequence: number;
  readonly process: Process;
  readonly event: EventObject | undefined;
  readonly timer?: string;
}

export interface NakedResult {
  readonly events: number;
  readonly sent: number;
  readonly committed: number;
}

/** One transaction in which everybody votes yes: latency uniform between 5 and 15 ms, forces of 2 ms. */
export function nakedCommit(seed: number, participants: number): NakedResult {
  const executed: Action[] = [];
  const scope = nakedScope((action) => executed.push(action));
  type Scope = Parameters<AnyStateMachine['transition']>[2];
  const queue = new TinyQueue<Pending>([], (a, b) => a.at - b.at || a.sequence - b.sequence);
  const processes = new Map<string, Process>();
  const streams = new Map<string, () => number>();
  let now = 0;
  let sequence = 0;
  let events = 0;
  let sent = 0;

  const push = (delay: number, process: Process, event: EventObject | undefined): void => {
    queue.push({ at: now + delay, sequence: sequence++, process, event });
  };
  const latency = (from: string, to: string): number => {
    const link = `${from}->${to}`;
    let stream = streams.get(link);
    if (stream === undefined) {
      stream = seedrandom.alea(`${seed}/${link}`);
      streams.set(link, stream);
    }
    return Math.round(5000 + stream() * 10_000);
  };

  const carryOut = (process: Process): void => {
    for (;;) {
      const effect = process.effects.shift();
      if (effect === undefined) break;
      if (effect.type === 'send') {
        for (const to of typeof effect.to === 'string' ? [effect.to] : effect.to) {
          const target = processes.get(to);
          if (target === undefined) throw new Error(`nobody is called ${to}`);
          sent++;
          push(latency(process.name, to), target, {
            ...effect.message,
            from: process.name,
          } as never);
        }
      } else if (effect.type === 'write' && effect.durability === 'forced') {
        process.isHeld = true;
        push(2000, process, undefined);
        return;
      }
    }
    process.isHeld = false;
    const event = process.events.shift();
    if (event !== undefined) handle(process, event);
  };

  const interpret = (process: Process): void => {
    for (const { type, params } of executed) {
      if (type === 'xstate.emit') process.effects.push((params as { event: Effect }).event);
      else if (type === 'xstate.raise') {
        const { event, id, delay } = params as { event: EventObject; id: string; delay?: number };
        if (delay === undefined) continue;
        process.timers.set(id, sequence);
        queue.push({ at: now + delay * 1000, sequence: sequence++, process, event, timer: id });
      } else if (type === 'xstate.cancel')
        process.timers.delete((params as { sendId: string }).sendId);
    }
    executed.length = 0;
    carryOut(process);
  };

  const handle = (process: Process, event: EventObject): void => {
    process.snapshot = process.machine.transition(process.snapshot, event, scope as Scope);
    if (process.snapshot.value === 'voting') push(0, process, { type: 'CAN_COMMIT' });
    interpret(process);
  };

  const add = (name: string, machine: AnyStateMachine, input: unknown): Process => {
    const snapshot = machine.getInitialSnapshot(scope as Scope, input as never);
    const timers = new Map<string, number>();
    const process = { name, machine, snapshot, effects: [], events: [], isHeld: false, timers };
    processes.set(name, process);
    interpret(process);
    return process;
  };

  const names = Array.from({ length: participants }, (_, i) => `p${i + 1}`);
  const first = add('coordinator', coordinator, { participants: names });
  for (const name of names) add(name, participant, { coordinator: 'coordinator', peers: [] });
  push(0, first, { type: 'BEGIN' });

  for (;;) {
    const pending = queue.pop();
    if (pending === undefined) break;
    const { process, event, timer } = pending;
    if (timer !== undefined && process.timers.get(timer) !== pending.sequence) continue;
    now = pending.at;
    events++;
    if (event === undefined) carryOut(process);
    else if (process.isHeld) process.events.push(event);
    else handle(process, event);
  }
  let committed = 0;
  for (const { snapshot } of processes.values()) if (snapshot.value === 'committed') committed++;
  return { events, sent, committed };
}

function nakedScope(execute: (action: Action) => void): unknown {
  const nothing = (): void => {};
  const system = { _sendInspectionEvent: nothing, _bookId: () => 'x', _register: nothing };
  return {
    self: { id: 'x', sessionId: 'x', system, send: nothing },
    id: 'x',
    sessionId: 'x',
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    system,
    actionExecutor: execute,
  };
}
