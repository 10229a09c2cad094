/**
 * The time of nodes: for each state of a node, how old its timers, its write and its choices are, and
 * what its clock says, as a small number (its *part*); what time allows it to do, and what time does to it.
 */
import { type ActingDecision, type Choose, isDiskAnswer } from '../model/decision.ts';
import type { Address } from '../model/effects.ts';
import { localDecisions } from '../model/enabled.ts';
import { idleReason } from '../model/idle.ts';
import { isHeld, type NodeDefinition, type RoutedEnvelope } from '../model/node.ts';
import { nodeStep } from '../model/node-step.ts';
import { keyOf } from '../model/plain-data.ts';
import type { TimedBounds } from '../model/timed-scope.ts';
import type { ActingMove, Move, Moves } from './moves.ts';
import { clocksAfterTick, type NodeClock } from './node-clock.ts';
import { Numbering } from './numbering.ts';
import { type Slot, slotsOf } from './timed-slots.ts';

/** A choice that opened while a forced write holds the node: its time has not begun. */
const notBegun = -1;
/** A choice whose time came while the node was held: it may come as soon as the node is free. */
const late = -2;

interface Part {
  /** In ticks, one a slot; of choices also {@link notBegun} and {@link late}. */
  readonly ages: readonly number[];
  readonly clock: NodeClock;
}

/** What a node may do in a state, and at this time. */
export interface Due {
  readonly up: boolean;
  /** Whether it handles messages. */
  readonly ready: boolean;
  /** Timers, forced writes and choices whose time has come. */
  readonly steps: readonly ActingMove[];
  /** What the disk may answer to a forced write whose time has come instead. */
  readonly lostForces: readonly ActingMove[];
  readonly failedWrites: readonly ActingMove[];
  /** Whether one of them cannot wait any longer, so that time stands still. */
  readonly isUrgent: boolean;
  readonly operations: readonly ActingMove[];
  readonly restarts: readonly ActingMove[];
}

interface Known {
  readonly definition: NodeDefinition;
  /** Whether a process of the node reads its clock. */
  readonly hasClock: boolean;
  readonly slots: (readonly Slot[] | undefined)[];
  readonly parts: Numbering<Part>;
  readonly due: Map<string, Due>;
  readonly moves: Map<string, readonly ActingMove[]>;
}

export class TimedNodes {
  readonly #moves: Moves;
  readonly #bounds: TimedBounds;
  readonly #known: readonly Known[];

  constructor(moves: Moves, bounds: TimedBounds) {
    this.#moves = moves;
    this.#bounds = bounds;
    this.#known = moves.instance.nodes.map((definition) => ({
      definition,
      hasClock: readsClock(definition),
      slots: [],
      parts: new Numbering(),
      due: new Map(),
      moves: new Map(),
    }));
  }

  hasClock(node: number): boolean {
    return this.#of(node).hasClock;
  }

  /** The part of a node that has just started, with its clock at that many ticks. */
  first(node: number, state: number, reading: number): number {
    const ages = this.#slots(node, state).map((slot) => this.#fresh(node, state, slot));
    return this.#numberOf(node, { ages, clock: { reading, fast: 0, slow: 0 } });
  }

  /** What the node may do by itself at this time. */
  due(node: number, state: number, part: number): Due {
    const { due } = this.#of(node);
    const key = `${state},${part}`;
    let found = due.get(key);
    if (found === undefined) {
      found = this.#due(node, state, this.#part(node, part));
      due.set(key, found);
    }
    return found;
  }

  /** The deliveries of an envelope to the node; none where it is no transition. */
  deliveries(node: number, state: number, part: number, envelope: number): readonly ActingMove[] {
    const { hasClock, definition } = this.#of(node);
    if (!hasClock) return this.#moves.deliveries(node, state, envelope);
    const { instance, envelopes } = this.#moves;
    const sent = envelopes[envelope] as RoutedEnvelope;
    const { from, to, message } = sent;
    const decision: ActingDecision = { type: 'deliver', from, to, message };
    const timed = this.#timed(node, decision, this.#part(node, part));
    return this.#remembered(node, `${state} ${envelope} ${timed.now}`, () => {
      const before = this.#moves.node(node, state);
      const run = () => nodeStep(instance, node, before, timed);
      return idleReason(instance, definition, before, sent, run) === undefined
        ? this.#moves.acting(node, before, timed)
        : [];
    });
  }

  /**
   * The parts after a move. More than one where an alternative among choices closes: it was the one that
   * would have come, so that another is drawn anew, or it was not.
   */
  after(node: number, state: number, part: number, move: Move): readonly number[] {
    const { ages, clock } = this.#part(node, part);
    const before = this.#slots(node, state);
    const after = this.#slots(node, move.next);
    const [decision] = move.label;
    const old = new Map(before.map(({ key }, place) => [key, ages[place] as number]));
    // Which of the choices it is, the move says in the very words of the slot.
    const taken =
      decision.type === 'choose'
        ? before.find((slot) => slot.kind === 'choice' && isSame(slot.decision, decision))
        : undefined;
    const stays = new Set(after.map(({ key }) => key));
    const kept = after.map((slot): number => {
      const age = old.get(slot.key);
      const fresh = this.#fresh(node, move.next, slot);
      if (age === undefined || age === notBegun || move.armed.includes(slot.key)) return fresh;
      if (slot.kind === 'write') return isDiskAnswer(decision) ? 0 : age;
      if (slot.kind === 'choice' && taken?.kind === 'choice' && slot.process === taken.process)
        return age === old.get(taken.key) ? fresh : age;
      return age;
    });
    let variants: readonly (readonly number[])[] = [kept];
    for (const { process, age } of brokenGroups(before, ages, stays, taken)) {
      const isOne = (slot: Slot): boolean =>
        slot.kind === 'choice' && slot.process === process && old.get(slot.key) === age;
      // One whose time has passed was not the one drawn.
      const mayCome = after.some((slot) => isOne(slot) && (age === late || age <= slot.law.max));
      const redrawn = (all: readonly number[]): readonly number[] =>
        all.map((one, place) => {
          const slot = after[place] as Slot;
          return isOne(slot) ? this.#fresh(node, move.next, slot) : one;
        });
      variants = variants.flatMap((all) => (mayCome ? [all, redrawn(all)] : [redrawn(all)]));
    }
    return [...new Set(variants.map((all) => this.#numberOf(node, { ages: all, clock })))];
  }

  /** The parts after a tick, one for each way in which the node's clock may have gone. */
  afterTick(node: number, state: number, part: number): readonly number[] {
    const { ages, clock } = this.#part(node, part);
    const { hasClock: isRead } = this.#of(node);
    const slots = this.#slots(node, state);
    const held = isHeld(this.#moves.node(node, state));
    const isUsed = slots.some(({ kind }) => kind === 'timer');
    const next = clocksAfterTick(clock, this.#bounds.drift, { isRead, isUsed });
    return next.map(({ advance, clock: later }) => {
      const older = slots.map((slot, place) => {
        const age = ages[place] as number;
        if (slot.kind === 'choice') return olderChoice(slot, age, held);
        return Math.min(age + (slot.kind === 'timer' ? advance : 1), slot.saturates);
      });
      return this.#numberOf(node, { ages: older, clock: later });
    });
  }

  #due(node: number, state: number, part: Part): Due {
    const { definition } = this.#of(node);
    const before = this.#moves.node(node, state);
    const local = localDecisions(this.#moves.instance, definition, before);
    const slots = this.#slots(node, state);
    const act = (decision: ActingDecision, age = 0): readonly ActingMove[] => {
      const timed = this.#timed(node, decision, part, age);
      return this.#remembered(node, `${state} ${keyOf(timed)}`, () =>
        this.#moves.acting(node, before, timed),
      );
    };
    const steps: ActingMove[] = [];
    let isAnswerDue = false;
    let isUrgent = local.ready && areChoicesUrgent(slots, part.ages);
    for (const [place, { kind, law, decision }] of slots.entries()) {
      const age = part.ages[place] as number;
      if (kind !== 'write' && !local.ready) continue;
      const hasCome =
        kind === 'choice' ? age === late || (age >= law.min && age <= law.max) : age >= law.min;
      if (!hasCome) continue;
      if (kind !== 'choice' && age >= law.max) isUrgent = true;
      if (kind === 'write') isAnswerDue = true;
      steps.push(...act(decision, age));
    }
    return {
      up: before.up,
      ready: local.ready,
      steps,
      lostForces: isAnswerDue ? local.lostForces.flatMap((decision) => act(decision)) : [],
      failedWrites: isAnswerDue ? local.failedWrites.flatMap((decision) => act(decision)) : [],
      isUrgent,
      operations: local.operations.flatMap((decision) => act(decision)),
      restarts: local.restarts.flatMap((decision) => act(decision)),
    };
  }

  /** The decision with the clock's reading, where a process of the node reads it. */
  #timed<D extends ActingDecision>(node: number, decision: D, { clock }: Part, age = 0): D {
    if (!this.#of(node).hasClock) return decision;
    const now = this.#ms(clock.reading);
    return decision.type === 'fire'
      ? { ...decision, waitedMs: this.#ms(age), now }
      : { ...decision, now };
  }

  #ms(ticks: number): number {
    return Math.round(ticks * this.#bounds.tickMs * 1000) / 1000;
  }

  #remembered(
    node: number,
    key: string,
    compute: () => readonly ActingMove[],
  ): readonly ActingMove[] {
    const { moves } = this.#of(node);
    let found = moves.get(key);
    if (found === undefined) {
      found = compute();
      moves.set(key, found);
    }
    return found;
  }

  #fresh(node: number, state: number, { kind }: Slot): number {
    return kind === 'choice' && isHeld(this.#moves.node(node, state)) ? notBegun : 0;
  }

  #slots(node: number, state: number): readonly Slot[] {
    const { slots, definition } = this.#of(node);
    let found = slots[state];
    if (found === undefined) {
      found = slotsOf(definition, this.#moves.node(node, state), this.#bounds);
      slots[state] = found;
    }
    return found;
  }

  #part(node: number, part: number): Part {
    return this.#of(node).parts.all[part] as Part;
  }

  #numberOf(node: number, part: Part): number {
    const { ages, clock } = part;
    const key = `${ages.join()} ${clock.reading} ${clock.fast} ${clock.slow}`;
    return this.#of(node).parts.of(key, part);
  }

  #of(node: number): Known {
    return this.#known[node] as Known;
  }
}

/** Whether a process or a family of the node reads its clock. */
export function readsClock({ processes, families }: NodeDefinition): boolean {
  return [...processes, ...families.values()].some(({ process }) => process.clock === true);
}

/** Choices that opened together are alternatives: time waits when all of them have come of age. */
function areChoicesUrgent(slots: readonly Slot[], ages: readonly number[]): boolean {
  const mayWait = new Map<string, boolean>();
  const others = new Map<Address, boolean>();
  for (const [place, slot] of slots.entries()) {
    if (slot.kind !== 'choice') continue;
    const age = ages[place] as number;
    const waits = age !== late && age < slot.law.max;
    others.set(slot.process, waits || (others.get(slot.process) ?? false));
    // One that is late was perhaps not the one drawn: it hurries nobody as long as another may come.
    if (age === late) continue;
    const group = `${slot.process} ${age}`;
    mayWait.set(group, waits || (mayWait.get(group) ?? false));
  }
  return [...mayWait.values(), ...others.values()].includes(false);
}

/** The groups of alternatives of which one has closed without being taken and another is still open. */
function brokenGroups(
  slots: readonly Slot[],
  ages: readonly number[],
  stays: ReadonlySet<string>,
  taken: Slot | undefined,
): readonly { readonly process: Address; readonly age: number }[] {
  const groups = new Map<string, { readonly process: Address; readonly age: number }>();
  for (const [place, slot] of slots.entries()) {
    const age = ages[place] as number;
    if (slot.kind !== 'choice' || age === notBegun || stays.has(slot.key)) continue;
    const { process } = slot;
    const ofTaken =
      taken?.kind === 'choice' && taken.process === process && ages[slots.indexOf(taken)] === age;
    if (!ofTaken) groups.set(`${process} ${age}`, { process, age });
  }
  return [...groups.values()];
}

function isSame(one: Choose, { type, process, event }: Choose): boolean {
  return type === 'choose' && one.process === process && one.event === event;
}

function olderChoice({ law, saturates }: Slot, age: number, held: boolean): number {
  if (age === notBegun || age === late) return age;
  // Where no alternative takes longer, its age says it already.
  if (held && age >= law.max && law.max < saturates) return late;
  return age >= saturates ? age : age + 1;
}
