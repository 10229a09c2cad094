/**
 * Moves: what each node can do in each of its states, computed once by the relation and kept as small
 * numbers. XState runs once for each distinct pair of node state and event; the search only looks up.
 */
import { immediateChoices, refuseEndless } from '../model/choices.ts';
import { type ClientHistory, isHistoryMark, withMark } from '../model/client-history.ts';
import type { ActingDecision, Choose, Decision } from '../model/decision.ts';
import type { Address } from '../model/effects.ts';
import { localDecisions } from '../model/enabled.ts';
import { idleReason } from '../model/idle.ts';
import type { Instance } from '../model/instance.ts';
import type { NodeDefinition, NodeState, RoutedEnvelope } from '../model/node.ts';
import { crashed } from '../model/node-run.ts';
import { nodeStep } from '../model/node-step.ts';
import { canonical, keyOf } from '../model/plain-data.ts';
import type { FullScope } from '../model/scope.ts';
import { envelopeKey, nodeKey } from '../model/state-key.ts';
import { emptyDisk } from '../model/storage.ts';
import type { ObservedMark } from '../model/system.ts';

/** What one decision does to one node, with the immediate choices that it opens. */
export interface Move {
  /** The decision and the choices, as the label of a step. */
  readonly label: readonly [Decision, ...Decision[]];
  /** The node's state afterwards, as its number. */
  readonly next: number;
  /** The envelopes sent, by number, in order. */
  readonly sends: readonly number[];
  /** The list of marks left, by number; 0 for none. */
  readonly marks: number;
  /** The timers armed, as {@link timerKey}: their time begins anew. */
  readonly armed: readonly string[];
}

/** A timer among all of a node. */
export function timerKey(process: Address, timer: string): string {
  return `${process}|${timer}`;
}

/** A decision that makes a node act, uninterrupted and with a crash after each of its effects. */
export interface ActingMove {
  readonly whole: Move;
  readonly interrupted: readonly Move[];
}

/** All that a node in one state can do without a message. */
export interface LocalMoves {
  readonly up: boolean;
  readonly ready: boolean;
  readonly steps: readonly ActingMove[];
  readonly operations: readonly ActingMove[];
  readonly expirations: readonly {
    readonly move: ActingMove;
    readonly suspects: readonly number[] | undefined;
  }[];
  readonly crash: Move | undefined;
  readonly restarts: readonly ActingMove[];
  readonly loseDisk: Move | undefined;
}

/** The moves of a node's state that have been asked for, deliveries by envelope. */
export interface KnownMoves {
  readonly local: LocalMoves | undefined;
  readonly deliveries: readonly (readonly ActingMove[] | undefined)[];
}

interface NodeNumbers {
  readonly states: NodeState[];
  readonly numbers: Map<string, number>;
}

/** Numbers for node states, envelopes, mark lists and observations, and the moves between them. */
export class Moves {
  readonly instance: Instance;
  readonly #scope: FullScope;
  readonly envelopes: RoutedEnvelope[] = [];
  readonly observations: unknown[] = [];
  readonly histories: ClientHistory[] = [];
  /** Calls of the relation so far: each distinct pair of node state and decision is one. */
  calls = 0;
  readonly #nodes: NodeNumbers[];
  readonly #locals: (LocalMoves | undefined)[][];
  readonly #deliveries: (readonly ActingMove[] | undefined)[][][];
  readonly #envelopeNumbers = new Map<string, number>();
  readonly #marks: (readonly ObservedMark[])[] = [[]];
  readonly #markNumbers = new Map<string, number>([['[]', 0]]);
  readonly #observationNumbers = new Map<string, number>();
  readonly #observed: number[][] = [];
  readonly #historyNumbers = new Map<string, number>();
  readonly #followed: number[][] = [];

  /** Faults beyond the scope are not computed: their node states would only widen the rows. */
  constructor(instance: Instance, scope: FullScope) {
    this.instance = instance;
    this.#scope = scope;
    this.#nodes = instance.nodes.map(() => ({ states: [], numbers: new Map() }));
    this.#locals = instance.nodes.map(() => []);
    this.#deliveries = instance.nodes.map(() => []);
  }

  node(index: number, state: number): NodeState {
    return this.#nodes[index]?.states[state] as NodeState;
  }

  numberOfNode(index: number, node: NodeState): number {
    const { states, numbers } = this.#nodes[index] as NodeNumbers;
    const key = nodeKey(node);
    let number = numbers.get(key);
    if (number === undefined) {
      number = states.length;
      numbers.set(key, number);
      states.push(node);
    }
    return number;
  }

  numberOfEnvelope(envelope: RoutedEnvelope): number {
    const key = envelopeKey(envelope);
    let number = this.#envelopeNumbers.get(key);
    if (number === undefined) {
      number = this.envelopes.length;
      this.#envelopeNumbers.set(key, number);
      this.envelopes.push(envelope);
    }
    return number;
  }

  numberOfObservation(observed: unknown): number {
    const where = 'what the observer made of the marks';
    const key =
      typeof observed === 'object' && observed !== null
        ? keyOf(observed, where)
        : canonical(observed, where);
    let number = this.#observationNumbers.get(key);
    if (number === undefined) {
      number = this.observations.length;
      this.#observationNumbers.set(key, number);
      this.observations.push(observed);
    }
    return number;
  }

  /** The observation after a list of marks. */
  observe(observation: number, marks: number): number {
    if (marks === 0) return observation;
    let after = this.#observed[observation];
    if (after === undefined) {
      after = [];
      this.#observed[observation] = after;
    }
    let number = after[marks];
    if (number === undefined) {
      let observed = this.observations[observation];
      const { observer } = this.instance;
      for (const mark of this.#marks[marks] ?? [])
        if (observer !== undefined) observed = observer.on(observed, mark);
      number = this.numberOfObservation(observed);
      after[marks] = number;
    }
    return number;
  }

  numberOfHistory(history: ClientHistory): number {
    const key = keyOf(history, 'the data of a mark');
    let number = this.#historyNumbers.get(key);
    if (number === undefined) {
      number = this.histories.length;
      this.#historyNumbers.set(key, number);
      this.histories.push(history);
    }
    return number;
  }

  /** What clients have seen after a list of marks. */
  follow(history: number, marks: number): number {
    if (marks === 0) return history;
    let after = this.#followed[history];
    if (after === undefined) {
      after = [];
      this.#followed[history] = after;
    }
    let number = after[marks];
    if (number === undefined) {
      let seen = this.histories[history] as ClientHistory;
      for (const mark of this.#marks[marks] ?? []) seen = withMark(seen, mark);
      number = this.numberOfHistory(seen);
      after[marks] = number;
    }
    return number;
  }

  /** How many states of the node have a number. */
  statesOf(index: number): number {
    return (this.#nodes[index] as NodeNumbers).states.length;
  }

  /** What has been computed of a node's state so far: after a whole search, all that matters. */
  known(index: number, state: number): KnownMoves {
    const local = this.#locals[index]?.[state];
    return { local, deliveries: this.#deliveries[index]?.[state] ?? [] };
  }

  /** The observations after each list of marks, as far as they have been computed. */
  knownObservations(observation: number): readonly (number | undefined)[] {
    return this.#observed[observation] ?? [];
  }

  /** What clients have seen after each list of marks, as far as it has been computed. */
  knownHistories(history: number): readonly (number | undefined)[] {
    return this.#followed[history] ?? [];
  }

  /** What the node can do in that state without a message. */
  local(index: number, state: number): LocalMoves {
    const known = this.#locals[index]?.[state];
    if (known !== undefined) return known;
    const definition = this.instance.nodes[index];
    if (definition === undefined) throw new Error(`broken promise: there is no node ${index}`);
    const node = this.node(index, state);
    const local = localDecisions(this.instance, definition, node);
    const acting = (decision: ActingDecision) => this.acting(index, node, decision);
    const quiet = (decision: Decision, after: NodeState): Move => ({
      label: [decision],
      next: this.numberOfNode(index, after),
      sends: [],
      marks: 0,
      armed: [],
    });
    const { id } = definition;
    const { crashes, restarts, diskLosses } = this.#scope;
    const losable = diskLosses > 0 && !node.up && node.disk.log.length > 0;
    const moves: LocalMoves = {
      up: node.up,
      ready: local.ready,
      steps: local.steps.flatMap(acting),
      operations: local.operations.flatMap(acting),
      expirations: local.expirations.flatMap(({ decision, suspects }) =>
        acting(decision).map((move) => ({ move, suspects })),
      ),
      crash: node.up && crashes > 0 ? quiet({ type: 'crash', node: id }, crashed(node)) : undefined,
      restarts: restarts > 0 ? local.restarts.flatMap(acting) : [],
      loseDisk: losable
        ? quiet({ type: 'loseDisk', node: id }, { ...node, disk: emptyDisk })
        : undefined,
    };
    (this.#locals[index] as (LocalMoves | undefined)[])[state] = moves;
    return moves;
  }

  /** The deliveries of an envelope to a node in that state; none where it is no transition. */
  deliveries(index: number, state: number, envelope: number): readonly ActingMove[] {
    const byState = this.#deliveries[index] as (readonly ActingMove[] | undefined)[][];
    let row = byState[state];
    if (row === undefined) {
      row = [];
      byState[state] = row;
    }
    let moves = row[envelope];
    if (moves === undefined) {
      moves = this.#deliver(index, state, this.envelopes[envelope] as RoutedEnvelope);
      row[envelope] = moves;
    }
    return moves;
  }

  #deliver(index: number, state: number, sent: RoutedEnvelope): readonly ActingMove[] {
    const definition = this.instance.nodes[index] as NodeDefinition;
    const node = this.node(index, state);
    const { from, to, message } = sent;
    const decision: ActingDecision = { type: 'deliver', from, to, message };
    const run = () => nodeStep(this.instance, index, node, decision);
    return idleReason(this.instance, definition, node, sent, run) === undefined
      ? this.acting(index, node, decision)
      : noMoves;
  }

  /**
   * A decision that makes a node act: more than one move where it opens immediate choices. Computed each
   * time; {@link local} and {@link deliveries} remember.
   */
  acting(
    index: number,
    before: NodeState,
    decision: ActingDecision,
    inARow = 0,
  ): readonly ActingMove[] {
    const { points, move, node } = this.#move(index, before, decision);
    const interrupted: Move[] = [];
    const last = this.#scope.crashes > 0 ? points : 0;
    for (let crashAfter = 0; crashAfter < last; crashAfter++)
      interrupted.push(this.#move(index, before, { ...decision, crashAfter }).move);
    if (!this.instance.hasImmediateChoices) return [{ whole: move, interrupted }];
    const choices = immediateChoices(this.instance.nodes[index] as NodeDefinition, node);
    const [first] = choices;
    if (first === undefined) return [{ whole: move, interrupted }];
    refuseEndless(inARow, first);
    const { now } = decision;
    const after = choices.flatMap((choice) => {
      const next: Choose = now === undefined ? choice : { ...choice, now };
      return this.acting(index, node, next, inARow + 1);
    });
    return after.map((next, position) => ({
      whole: this.#joined(move, next.whole),
      interrupted: [
        // A crash within the first decision comes before any choice, so it is listed once.
        ...(position === 0 ? interrupted : []),
        ...next.interrupted.map((cut) => this.#joined(move, cut)),
      ],
    }));
  }

  #joined(first: Move, then: Move): Move {
    const marks = [first, then].flatMap((move) => this.#marks[move.marks] ?? []);
    return {
      label: [...first.label, ...then.label],
      next: then.next,
      sends: [...first.sends, ...then.sends],
      marks: this.#numberOfMarks(marks),
      armed: [...first.armed, ...then.armed],
    };
  }

  #move(
    index: number,
    before: NodeState,
    decision: ActingDecision,
  ): { readonly points: number; readonly move: Move; readonly node: NodeState } {
    this.calls++;
    const { node, effects, points } = nodeStep(this.instance, index, before, decision);
    const sends: number[] = [];
    const marks: ObservedMark[] = [];
    const armed: string[] = [];
    for (const effect of effects) {
      if (effect.type === 'arm') armed.push(timerKey(effect.process, effect.timer.id));
      else if (effect.type === 'send') sends.push(this.numberOfEnvelope(effect.envelope));
      else if (effect.type === 'mark' && this.#isNoted(effect.name)) {
        const { name, process, data } = effect;
        marks.push(data === undefined ? { name, process } : { name, process, data });
      }
    }
    const next = this.numberOfNode(index, node);
    const move: Move = { label: [decision], next, sends, marks: this.#numberOfMarks(marks), armed };
    return { points, move, node };
  }

  /** Whether a mark can change the state. */
  #isNoted(mark: string): boolean {
    const { observer, hasHistory } = this.instance;
    return observer !== undefined || (hasHistory && isHistoryMark(mark));
  }

  #numberOfMarks(marks: readonly ObservedMark[]): number {
    const key = canonical(marks, 'a mark');
    let number = this.#markNumbers.get(key);
    if (number === undefined) {
      number = this.#marks.length;
      this.#markNumbers.set(key, number);
      this.#marks.push(marks);
    }
    return number;
  }
}

const noMoves: readonly ActingMove[] = [];

const copies = new WeakMap<ActingMove, ActingMove>();

/** The same delivery with a copy staying in flight. */
export function kept(move: ActingMove): ActingMove {
  let copy = copies.get(move);
  if (copy === undefined) {
    const duplicate = (one: Move): Move => ({
      ...one,
      label: [{ ...one.label[0], duplicate: true } as Decision],
    });
    copy = { whole: duplicate(move.whole), interrupted: move.interrupted.map(duplicate) };
    copies.set(move, copy);
  }
  return copy;
}
