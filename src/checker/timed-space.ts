/**
 * The state space under timed timing: a state of the relation with the ages of what passes with time. A
 * step is one of the relation's that time allows, or a *tick*, which time allows only while nothing has
 * to happen first. (docs/semantics.md, section 8, has the rules.)
 */
import type { Decision, DropCause } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import { keepsDelivered, laneOf, mayBeLost } from '../model/network.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import { crashed } from '../model/node-run.ts';
import { initialState } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import type { FaultCount, State } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';
import { emptyDisk } from '../model/storage.ts';
import type { TimedBounds } from '../model/timed-scope.ts';
import type { View } from '../model/view.ts';
import { CutSets } from './cut-sets.ts';
import { FaultDigits } from './fault-digits.ts';
import { type ActingMove, type Move, Moves } from './moves.ts';
import { PackedRows } from './packed-rows.ts';
import {
  type Decisions,
  labelsAlong,
  outsideBoundary,
  outsideOf,
  type Space,
  type Visit,
} from './space.ts';
import { TimedLinkContents } from './timed-links.ts';
import { type Due, TimedNodes } from './timed-nodes.ts';

/** The label of a tick: nothing is decided while time passes. */
export const tick: Decisions = [];

interface Link {
  readonly lane: number;
  readonly target: number;
  readonly column: number;
  readonly contents: TimedLinkContents;
}

export class TimedSpace implements Space<Decisions, View> {
  readonly #instance: Instance;
  readonly #scope: FullScope;
  readonly #bounds: TimedBounds;
  readonly #moves: Moves;
  readonly #nodes: TimedNodes;
  readonly #faults: FaultDigits;
  readonly #cuts: CutSets;
  readonly #rows: PackedRows;
  readonly #links: Link[] = [];
  readonly #linkAt: (Link | undefined)[];
  readonly #starts: number[] = [];
  /** The expanded state, by column, and the same as steps change it. */
  readonly #now: Int32Array;
  readonly #after: Int32Array;
  readonly #viewed: Int32Array;
  #touched: number[] = [];
  readonly #column: Readonly<
    Record<'parts' | 'faults' | 'cut' | 'observed' | 'ticks' | 'delivered' | 'history', number>
  >;

  constructor(instance: Instance, scope: FullScope, bounds: TimedBounds) {
    const nodes = instance.nodes.length;
    this.#instance = instance;
    this.#scope = scope;
    this.#bounds = bounds;
    this.#moves = new Moves(instance, scope);
    this.#nodes = new TimedNodes(this.#moves, bounds);
    this.#faults = new FaultDigits(scope);
    this.#cuts = new CutSets(instance, scope.partitions);
    const [parts, faults] = [nodes, 2 * nodes];
    this.#column = {
      parts,
      faults,
      cut: faults + 1,
      observed: faults + 2,
      // Counted only where time ends: without an end, states at different times are the same.
      ticks: faults + 3,
      // What was delivered last, plus 1; only on a duplicating network.
      delivered: faults + 4,
      // What clients have seen; only where a property asks for it.
      history: faults + 5,
    };
    const fixed = faults + 6;
    this.#rows = new PackedRows(fixed);
    this.#linkAt = new Array(nodes * nodes);
    this.#now = new Int32Array(fixed + nodes * nodes);
    this.#after = new Int32Array(this.#now.length);
    this.#viewed = new Int32Array(this.#now.length);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** As of a system's space: whether equal messages were left out. */
  get hasMerged(): boolean {
    const keeps = keepsDelivered(this.#instance.network) || this.#scope.duplication;
    return !keeps && this.#links.some(({ contents }) => contents.hasMerged);
  }

  /** Which of the system's starts led to the initial state of that index. */
  startOf(initial: number): number {
    return this.#starts[initial] ?? 0;
  }

  begin(found: (index: number) => void): number {
    let generated = 0;
    for (const start of this.#instance.starts.keys()) generated += this.#begin(start, found);
    return generated;
  }

  /** Adds the initial states of one start: one for each way in which the clocks may stand. */
  #begin(start: number, found: (index: number) => void): number {
    const { copies } = this.#scope;
    const { state, effects } = initialState(this.#instance, { copies, start });
    const isRead = state.nodes.map((_, node) => this.#nodes.hasClock(node));
    let counted = 0;
    const visit: Visit<Decisions> = (target, isNew) => {
      if (target !== outsideBoundary) counted++;
      if (!isNew || target < 0) return;
      this.#starts.push(start);
      found(target);
    };
    for (const readings of apart(isRead, this.#bounds.skew)) {
      this.#after.fill(0);
      this.#touched = [];
      for (const [index, node] of state.nodes.entries()) {
        const number = this.#moves.numberOfNode(index, node);
        this.#set(index, number);
        const part = this.#nodes.first(index, number, readings[index] as number);
        this.#set(this.#column.parts + index, part);
      }
      this.#set(this.#column.observed, this.#moves.ghosts.numberOfObservation(state.observed));
      if (state.history !== undefined)
        this.#set(this.#column.history, this.#moves.ghosts.numberOfHistory(state.history));
      // Sent one after the other as in any step, so that what is left out is noted.
      for (const effect of effects)
        if (effect.type === 'send') this.#send(this.#moves.numberOfEnvelope(effect.envelope));
      this.#write();
      this.#add(tick, visit);
    }
    this.#touched = [];
    return counted;
  }

  expand(index: number, visit: Visit<Decisions>): void {
    const now = this.#now;
    this.#rows.load(index);
    this.#rows.unpack(index, now);
    this.#after.set(now);
    this.#touched = [];
    const emit: Emit = (label) => this.#emit(label, visit);
    const dues = this.#instance.nodes.map((_, node) =>
      this.#nodes.due(node, now[node] as number, now[this.#column.parts + node] as number),
    );
    let isUrgent = this.#deliver(dues, emit);
    for (const [node, due] of dues.entries()) {
      for (const move of due.steps) this.#act(node, move, emit);
      isUrgent ||= due.isUrgent;
    }
    for (const [node, { operations }] of dues.entries())
      for (const move of operations) this.#act(node, move, emit);
    if (this.#lose(dues, emit)) isUrgent = true;
    this.#fail(dues, emit);
    this.#partition(emit);
    if (!isUrgent) this.#pass(visit, emit);
  }

  view(index: number): View {
    return new StateView(this.#instance, this.state(index));
  }

  labels(states: readonly number[]): readonly Decisions[] {
    return labelsAlong(this, states);
  }

  /** The state of that index without its times, as the relation knows it. */
  state(index: number): State {
    const values = this.#viewed;
    this.#rows.unpack(index, values);
    const { nodes: definitions } = this.#instance;
    const nodes = definitions.map(
      (_, node): NodeState => this.#moves.node(node, values[node] as number),
    );
    const flight: (readonly RoutedEnvelope[])[][] = nodes.map(() => nodes.map(() => []));
    for (const { lane, target, column, contents } of this.#links)
      (flight[lane] as (readonly RoutedEnvelope[])[])[target] = contents
        .content(values[column] as number)
        .map(({ envelope }) => this.#envelope(envelope));
    const last = values[this.#column.delivered] as number;
    const history = this.#moves.ghosts.histories[values[this.#column.history] as number];
    return {
      nodes,
      flight,
      cuts: this.#cuts.links(values[this.#column.cut] as number),
      faults: this.#faults.count(values[this.#column.faults] as number),
      observed: this.#moves.ghosts.observations[values[this.#column.observed] as number],
      ...(last === 0 ? {} : { delivered: this.#envelope(last - 1) }),
      ...(history === undefined ? {} : { history }),
    };
  }

  /** Deliveries on all links; true when one of them cannot wait. */
  #deliver(dues: readonly Due[], emit: Emit): boolean {
    const keeps = keepsDelivered(this.#instance.network);
    const { latency } = this.#bounds;
    let isUrgent = false;
    for (const { target, column, contents } of this.#links) {
      const content = this.#now[column] as number;
      if (content === 0 || dues[target]?.ready !== true) continue;
      const state = this.#now[target] as number;
      const part = this.#now[this.#column.parts + target] as number;
      for (const place of contents.takeable(content)) {
        const { envelope, age } = contents.content(content)[place] as {
          envelope: number;
          age: number;
        };
        if (age < latency.min || this.#isCut(envelope)) continue;
        for (const move of this.#nodes.deliveries(target, state, part, envelope)) {
          if (keeps) {
            if (this.#instance.network.order === 'duplicating')
              this.#set(this.#column.delivered, envelope + 1);
            this.#act(target, move, emit);
            this.#restore(0);
            continue;
          }
          if (age >= latency.max) isUrgent = true;
          this.#set(column, contents.without(content, place));
          this.#act(target, move, emit);
          this.#restore(0);
          if (!this.#scope.duplication) continue;
          this.#set(column, contents.kept(content, place));
          this.#act(target, kept(move), emit);
          this.#restore(0);
        }
      }
    }
    return isUrgent;
  }

  /** A move with the crashes within it that the scope allows. */
  #act(node: number, { whole, interrupted }: ActingMove, emit: Emit): void {
    this.#take(node, whole, emit);
    if (this.#mayCome('crashes'))
      for (const move of interrupted) this.#take(node, move, emit, true);
  }

  /** Takes a move of a node on top of what has been changed already, and undoes only the move. */
  #take(node: number, move: Move, emit: Emit, isCutShort = false): void {
    const before = this.#touched.length;
    const partColumn = this.#column.parts + node;
    const parts = this.#nodes.after(
      node,
      this.#now[node] as number,
      this.#now[partColumn] as number,
      move,
    );
    this.#set(node, move.next);
    for (const envelope of move.sends) this.#send(envelope);
    if (move.marks !== 0) {
      const observed = this.#after[this.#column.observed] as number;
      this.#set(this.#column.observed, this.#moves.ghosts.observe(observed, move.marks));
      if (this.#instance.hasHistory) {
        const history = this.#after[this.#column.history] as number;
        this.#set(this.#column.history, this.#moves.ghosts.follow(history, move.marks));
      }
    }
    if (isCutShort) this.#count('crashes');
    if (move.fault !== undefined) this.#count(move.fault);
    for (const part of parts) {
      this.#set(partColumn, part);
      emit(move.label);
    }
    this.#restore(before);
  }

  /** Losses; true when what cannot arrive has to be dropped before time goes on. */
  #lose(dues: readonly Due[], emit: Emit): boolean {
    const { network } = this.#instance;
    if (network.order === 'set') return false;
    const { latency } = this.#bounds;
    let isUrgent = false;
    for (const { target, column, contents } of this.#links) {
      const content = this.#now[column] as number;
      const isDown = dues[target]?.up !== true;
      const anyPlace = network.loses === 'any';
      const all = contents.content(content);
      const places = anyPlace ? [...all.keys()] : contents.takeable(content);
      for (const place of places) {
        const { envelope, age } = all[place] as { envelope: number; age: number };
        // Where a node is down or a link cut is seen when the message comes.
        const arrives = age >= latency.min && (isDown || this.#isCut(envelope));
        const { from, to, message, ...route } = this.#envelope(envelope);
        const cause: DropCause | undefined = arrives
          ? this.#isCut(envelope)
            ? 'cut'
            : 'down'
          : this.#scope.loss && mayBeLost(network, { from, to, message, ...route })
            ? 'loss'
            : undefined;
        if (cause === undefined) continue;
        if (arrives && age >= latency.max && !keepsDelivered(network)) isUrgent = true;
        this.#set(column, contents.without(content, place));
        const drop: Decision = { type: 'drop', from, to, message, cause };
        emit([anyPlace ? { ...drop, position: place } : drop]);
        this.#restore(0);
      }
    }
    return isUrgent;
  }

  #fail(dues: readonly Due[], emit: Emit): void {
    for (const [node, { up, restarts, lostForces, failedWrites }] of dues.entries()) {
      const { id } = this.#instance.nodes[node] as Instance['nodes'][number];
      const before = this.#moves.node(node, this.#now[node] as number);
      if (this.#mayCome('lostForces')) for (const move of lostForces) this.#act(node, move, emit);
      if (this.#mayCome('failedWrites'))
        for (const move of failedWrites) this.#act(node, move, emit);
      if (up && this.#mayCome('crashes')) {
        const crash = this.#moves.quiet(node, { type: 'crash', node: id }, crashed(before));
        this.#take(node, crash, emit);
      }
      if (up) continue;
      if (this.#mayCome('restarts')) for (const move of restarts) this.#act(node, move, emit);
      if (!this.#mayCome('diskLosses') || before.disk.log.length === 0) continue;
      const empty = { ...before, disk: emptyDisk };
      this.#take(node, this.#moves.quiet(node, { type: 'loseDisk', node: id }, empty), emit);
    }
  }

  #partition(emit: Emit): void {
    const { cut } = this.#column;
    if (this.#now[cut] !== 0) {
      this.#set(cut, 0);
      emit([{ type: 'mend' }]);
      this.#restore(0);
    } else if (this.#mayCome('partitions'))
      for (const one of this.#cuts.partitions) {
        this.#set(cut, one.cut);
        this.#count('partitions');
        emit([one.decision]);
        this.#restore(0);
      }
  }

  /** Time passes: everything is a tick older, and each clock goes as it may. */
  #pass(visit: Visit<Decisions>, emit: Emit): void {
    const { ticks: most } = this.#bounds;
    const { ticks, parts } = this.#column;
    const so = this.#now[ticks] as number;
    if (so === most) {
      visit(outsideBoundary, false, tick);
      return;
    }
    if (most !== undefined) this.#set(ticks, so + 1);
    for (const { column, contents } of this.#links)
      this.#set(column, contents.afterTick(this.#now[column] as number));
    const pass = (node: number): void => {
      if (node === this.#instance.nodes.length) return emit(tick);
      const column = parts + node;
      const [state, part] = [this.#now[node] as number, this.#now[column] as number];
      for (const later of this.#nodes.afterTick(node, state, part)) {
        this.#set(column, later);
        pass(node + 1);
      }
    };
    pass(0);
    this.#restore(0);
  }

  /** Whether the scope allows one more fault of that kind. */
  #mayCome(fault: keyof FaultCount): boolean {
    const so = this.#faults.of(this.#now[this.#column.faults] as number, fault);
    return so < this.#scope[fault];
  }

  #isCut(envelope: number): boolean {
    return this.#cuts.isCut(this.#now[this.#column.cut] as number, this.#envelope(envelope));
  }

  #envelope(envelope: number): RoutedEnvelope {
    return this.#moves.envelopes[envelope] as RoutedEnvelope;
  }

  #send(envelope: number): void {
    const { column, contents } = this.#linkOf(this.#envelope(envelope));
    this.#set(column, contents.with(this.#after[column] as number, envelope));
  }

  #count(fault: keyof FaultCount): void {
    const so = this.#after[this.#column.faults] as number;
    this.#set(this.#column.faults, this.#faults.plus(so, fault));
  }

  #set(column: number, value: number): void {
    this.#after[column] = value;
    this.#touched.push(column);
  }

  /** Undoes changes, the last first, until that many are left. */
  #restore(left: number): void {
    while (this.#touched.length > left) {
      const column = this.#touched.pop() as number;
      this.#after[column] = this.#now[column] as number;
    }
  }

  #emit(label: Decisions, visit: Visit<Decisions>): void {
    this.#write();
    this.#add(label, visit);
  }

  /** Writes what the step changed into the row under construction. */
  #write(): void {
    const rows = this.#rows;
    rows.reset();
    for (const column of this.#touched) rows.reserve(column, this.#after[column] as number);
    rows.makeRoom();
    for (const column of this.#touched) rows.set(column, this.#after[column] as number);
  }

  #add(label: Decisions, visit: Visit<Decisions>): void {
    const added = this.#rows.add();
    if (added < 0) visit(-1 - added, false, label);
    else visit(this.#outside(added) ?? added, true, label);
  }

  /** Where a new state is out of bounds; it is then taken back. */
  #outside(index: number): number | undefined {
    const { system } = this.#instance;
    if (system.constraint === undefined && system.boundary === undefined) return undefined;
    const outside = outsideOf(system, new StateView(this.#instance, this.state(index)));
    if (outside !== undefined) this.#rows.removeLast();
    return outside;
  }

  #linkOf(envelope: RoutedEnvelope): Link {
    const { network, nodes } = this.#instance;
    const { target } = envelope;
    const lane = laneOf(network, envelope);
    const at = lane * nodes.length + target;
    let link = this.#linkAt[at];
    if (link === undefined) {
      const contents = new TimedLinkContents(network, this.#scope.copies, this.#bounds.latency);
      link = { lane, target, column: this.#rows.addColumn(), contents };
      this.#linkAt[at] = link;
      this.#links.push(link);
    }
    return link;
  }
}

type Emit = (label: Decisions) => void;

/** The same delivery with a copy staying in flight. */
function kept({ whole, interrupted }: ActingMove): ActingMove {
  const duplicate = (one: Move): Move => {
    const [delivery, ...choices] = one.label;
    return { ...one, label: [{ ...delivery, duplicate: true } as Decision, ...choices] };
  };
  return { whole: duplicate(whole), interrupted: interrupted.map(duplicate) };
}

/** The first readings of clocks that are at most `skew` ticks apart; one that nobody reads is 0. */
function apart(isRead: readonly boolean[], skew: number): readonly (readonly number[])[] {
  let all: readonly (readonly number[])[] = [[]];
  for (const reads of isRead) {
    const readings = Array.from({ length: reads ? skew + 1 : 1 }, (_, reading) => reading);
    all = all.flatMap((before) => readings.map((reading) => [...before, reading]));
  }
  // Only differences count, so that one clock may start at 0.
  const isLeast = (readings: readonly number[]): boolean =>
    !isRead.includes(true) ||
    readings.some((reading, node) => isRead[node] === true && reading === 0);
  return all.filter(isLeast);
}
