/** The injector: faults begin and end when the schedule says, and the simulation feels it. */
import type { Decision } from '../model/decision.ts';
import type { NodeId } from '../model/effects.ts';
import type {
  CrashFault,
  Fault,
  HealFault,
  HoldFault,
  LastingFault,
  LinkList,
  PartitionFault,
  Schedule,
} from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { View } from '../model/view.ts';
import { ActiveFaults, type Occurrence } from './active-faults.ts';
import type { NodeClock } from './clock.ts';
import { chosenLinks } from './partitions.ts';
import type { PendingFault } from './pending.ts';
import type { Streams } from './random.ts';
import { microseconds } from './sampling.ts';

/** What the injector asks of the simulation. */
export interface Afflicted {
  readonly view: () => View;
  readonly apply: (decision: Decision) => void;
  readonly later: (fault: PendingFault) => void;
  /** Plans a crash at its point; none of the planned ones will come. */
  readonly watch: (fault: CrashFault) => void;
  readonly unwatch: () => void;
  readonly crash: (fault: CrashFault) => void;
  readonly restart: (node: NodeId) => void;
  /** The disk of a node works again: what it kept down comes back. */
  readonly repair: (node: NodeId) => void;
  /** Messages that were held are on their way again. */
  readonly release: () => void;
  readonly resume: (node: NodeId) => void;
  /** What is left of a forced write under way takes `factor` times as long. */
  readonly repace: (node: NodeId, factor: number) => void;
  /** Changes the clock of a node, and when its timers fire. */
  readonly setClock: (node: NodeId, change: (clock: NodeClock) => void) => void;
}

export class Injector {
  readonly active: ActiveFaults;
  readonly #instance: Instance;
  readonly #streams: Streams;
  readonly #afflicted: Afflicted;
  /** Strobing clocks that are ahead at the moment, or behind. */
  readonly #turned = new Set<Occurrence>();
  #isHealed = false;

  constructor(instance: Instance, streams: Streams, afflicted: Afflicted) {
    this.#instance = instance;
    this.#streams = streams;
    this.#afflicted = afflicted;
    this.active = new ActiveFaults(instance);
  }

  plan(schedule: Schedule): void {
    for (const fault of schedule) {
      if (fault.fault === 'crash' && fault.point !== undefined) {
        this.#afflicted.watch(fault);
        continue;
      }
      const { times = 1, everyMs = 0 } = ('repeat' in fault ? fault.repeat : undefined) ?? {};
      const forMs = isLasting(fault) ? fault.forMs : undefined;
      for (let time = 0; time < times; time++) {
        const occurrence: Occurrence<Fault> = { fault };
        const at = microseconds((fault.atMs ?? 0) + time * everyMs);
        this.#afflicted.later({ at, kind: 'fault', occurrence, moment: 'begin' });
        if (forMs === undefined) continue;
        const until = at + microseconds(forMs);
        this.#afflicted.later({ at: until, kind: 'fault', occurrence, moment: 'end' });
      }
    }
  }

  happen({ occurrence, moment, at }: PendingFault): void {
    if (this.#isHealed) return;
    const { fault } = occurrence;
    if (fault.fault === 'crash') {
      if (moment === 'begin') this.#afflicted.crash(fault);
      else this.#afflicted.restart(fault.node);
      return;
    }
    if (fault.fault === 'restart') return this.#afflicted.restart(fault.node);
    if (fault.fault === 'heal') return this.#heal(fault);
    const lasting = occurrence as Occurrence;
    if (moment === 'begin') this.#begin(lasting, at);
    else if (this.active.isActive(lasting)) {
      if (moment === 'end') this.#end(lasting);
      else this.#turn(lasting, at);
    }
  }

  /** A process that is dead is not paused, and the one that is started in its place is not either. */
  died(node: NodeId): void {
    for (const occurrence of this.active.all())
      if (occurrence.fault.fault === 'pause' && occurrence.fault.node === node)
        this.active.end(occurrence);
  }

  #begin(occurrence: Occurrence, at: number): void {
    const { fault } = occurrence;
    switch (fault.fault) {
      case 'partition':
      case 'hold': {
        const links = this.#linksOf(fault);
        this.active.begin(occurrence, links);
        if (fault.fault === 'partition' && links.length > 0)
          this.#afflicted.apply({ type: 'cut', links });
        return;
      }
      case 'loss':
      case 'duplication':
      case 'delay':
        return this.active.begin(occurrence, fault.links);
      default:
        this.active.begin(occurrence, undefined);
    }
    this.#wrongClock(fault, 1);
    this.#repace(fault, 1);
    if (fault.fault === 'clock-strobe') this.#turn(occurrence, at);
  }

  #end(occurrence: Occurrence): void {
    const { fault } = occurrence;
    const links = this.active.end(occurrence);
    switch (fault.fault) {
      case 'partition':
        return this.#mend(links);
      case 'hold':
        return this.#afflicted.release();
      case 'pause':
        if (!this.active.node(fault.node).paused) this.#afflicted.resume(fault.node);
        return;
      case 'failed-write':
      case 'read-error':
        return this.#afflicted.repair(fault.node);
      case 'clock-strobe':
        if (this.#turned.delete(occurrence)) this.#jump(fault.node, -fault.byMs);
        return;
      default:
        this.#wrongClock(fault, -1);
        this.#repace(fault, -1);
    }
  }

  #linksOf(choice: PartitionFault | HoldFault): LinkList {
    return chosenLinks(this.#instance, choice, {
      draw: () => this.#streams.draw('shape', `${choice.shape} at ${choice.atMs ?? 0} ms`),
      view: this.#afflicted.view,
    });
  }

  /** What another partition cuts too stays cut. */
  #mend(links: LinkList): void {
    const mended = links.filter(([from, to]) => !this.active.isCut(from, to));
    if (mended.length > 0) this.#afflicted.apply({ type: 'mend', links: mended });
  }

  #wrongClock(fault: LastingFault, sign: 1 | -1): void {
    if (fault.fault === 'clock-jump') return this.#jump(fault.node, sign * fault.byMs);
    if (fault.fault !== 'clock-drift' && fault.fault !== 'clock-offset') return;
    const { rate, offsetMs } = this.active.node(fault.node);
    this.#afflicted.setClock(fault.node, (clock) => {
      if (fault.fault === 'clock-drift') clock.rate = rate;
      else clock.offset = microseconds(offsetMs);
    });
  }

  #repace(fault: LastingFault, sign: 1 | -1): void {
    if (fault.fault !== 'slow' && fault.fault !== 'slow-disk') return;
    this.#afflicted.repace(fault.node, (fault.factor ?? 1) ** sign);
  }

  #jump(node: NodeId, byMs: number): void {
    this.#afflicted.setClock(node, (clock) => clock.jump(microseconds(byMs)));
  }

  #turn(occurrence: Occurrence, at: number): void {
    const { fault } = occurrence;
    if (fault.fault !== 'clock-strobe') return;
    const isBack = this.#turned.delete(occurrence);
    if (!isBack) this.#turned.add(occurrence);
    this.#jump(fault.node, isBack ? -fault.byMs : fault.byMs);
    const next = at + microseconds(fault.periodMs);
    this.#afflicted.later({ at: next, kind: 'fault', occurrence, moment: 'turn' });
  }

  #heal({ nodes }: HealFault): void {
    const isCore = (id: NodeId): boolean => nodes?.includes(id) ?? true;
    for (const occurrence of this.active.all()) {
      const { fault } = occurrence;
      if ('node' in fault) {
        if (isCore(fault.node)) this.#end(occurrence);
      } else if (nodes !== undefined && (fault.fault === 'partition' || fault.fault === 'hold')) {
        const spared = this.active.spare(occurrence, (from, to) => isCore(from) && isCore(to));
        if (fault.fault === 'partition') this.#mend(spared);
        else this.#afflicted.release();
      } else this.#end(occurrence);
    }
    this.#isHealed = true;
    this.#afflicted.unwatch();
    for (const { id } of this.#instance.nodes) if (isCore(id)) this.#afflicted.restart(id);
  }
}

function isLasting(fault: Fault): fault is LastingFault {
  return fault.fault !== 'crash' && fault.fault !== 'restart' && fault.fault !== 'heal';
}
