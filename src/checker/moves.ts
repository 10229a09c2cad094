/**
 * Moves: what each node can do in each of its states, computed once by the relation and kept as small
 * numbers. XState runs once for each distinct pair of node state and event; the search only looks up.
 */
import type { ActingDecision, Decision } from '../model/decision.ts';
import { localDecisions } from '../model/enabled.ts';
import type { Instance } from '../model/instance.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import { crashed } from '../model/node-run.ts';
import { canonical, keyOf } from '../model/plain-data.ts';
import { eventOf, nodeStep } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import { envelopeKey, nodeKey } from '../model/state-key.ts';
import { emptyDisk } from '../model/storage.ts';
import type { ObservedMark } from '../model/system.ts';

/** What one decision does to one node. */
export interface Move {
  /** The decision, as the label of a step. */
  readonly label: readonly [Decision];
  /** The node's state afterwards, as its number. */
  readonly next: number;
  /** The envelopes sent, by number, in order. */
  readonly sends: readonly number[];
  /** The list of marks left, by number; 0 for none. */
  readonly marks: number;
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
  /** Calls of the relation so far: each distinct pair of node state and decision is one. */
  calls = 0;
  readonly #nodes: NodeNumbers[];
  readonly #locals: (LocalMoves | undefined)[][];
  readonly #deliveries: (ActingMove | null | undefined)[][][];
  readonly #envelopeNumbers = new Map<string, number>();
  readonly #marks: (readonly ObservedMark[])[] = [[]];
  readonly #markNumbers = new Map<string, number>([['[]', 0]]);
  readonly #observationNumbers = new Map<string, number>();
  readonly #observed: number[][] = [];

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

  /** What the node can do in that state without a message. */
  local(index: number, state: number): LocalMoves {
    const known = this.#locals[index]?.[state];
    if (known !== undefined) return known;
    const definition = this.instance.nodes[index];
    if (definition === undefined) throw new Error(`broken promise: there is no node ${index}`);
    const node = this.node(index, state);
    const local = localDecisions(this.instance, definition, node);
    const acting = (decision: ActingDecision): ActingMove => this.#acting(index, node, decision);
    const quiet = (decision: Decision, after: NodeState): Move => ({
      label: [decision],
      next: this.numberOfNode(index, after),
      sends: [],
      marks: 0,
    });
    const { id } = definition;
    const { crashes, restarts, diskLosses } = this.#scope;
    const losable = diskLosses > 0 && !node.up && node.disk.log.length > 0;
    const moves: LocalMoves = {
      up: node.up,
      ready: local.ready,
      steps: local.steps.map(acting),
      operations: local.operations.map(acting),
      expirations: local.expirations.map(({ decision, suspects }) => ({
        move: acting(decision),
        suspects,
      })),
      crash: node.up && crashes > 0 ? quiet({ type: 'crash', node: id }, crashed(node)) : undefined,
      restarts: restarts > 0 ? local.restarts.map(acting) : [],
      loseDisk: losable
        ? quiet({ type: 'loseDisk', node: id }, { ...node, disk: emptyDisk })
        : undefined,
    };
    (this.#locals[index] as (LocalMoves | undefined)[])[state] = moves;
    return moves;
  }

  /** The delivery of an envelope to a node in that state, or null where it is no transition. */
  delivery(index: number, state: number, envelope: number): ActingMove | null {
    const byState = this.#deliveries[index] as (ActingMove | null | undefined)[][];
    let row = byState[state];
    if (row === undefined) {
      row = [];
      byState[state] = row;
    }
    let move = row[envelope];
    if (move === undefined) {
      move = this.#deliver(index, state, this.envelopes[envelope] as RoutedEnvelope);
      row[envelope] = move;
    }
    return move;
  }

  #deliver(index: number, state: number, sent: RoutedEnvelope): ActingMove | null {
    const node = this.node(index, state);
    const { from, to, message } = sent;
    const move = this.#acting(index, node, { type: 'deliver', from, to, message });
    const { idle } = this.instance.network;
    const { next, sends, marks } = move.whole;
    if (idle === 'consume' || next !== state || sends.length > 0 || marks !== 0) return move;
    if (idle === 'disabled') return null;
    const running = node.running.find(({ address }) => address === to);
    const hosted = this.instance.nodes[index]?.processes.find(({ address }) => address === to);
    if (running === undefined || hosted === undefined) return null;
    return hosted.stepper.handles(running.state, eventOf(sent)) ? move : null;
  }

  #acting(index: number, node: NodeState, decision: ActingDecision): ActingMove {
    const { points, move } = this.#move(index, node, decision);
    const interrupted: Move[] = [];
    const last = this.#scope.crashes > 0 ? points : 0;
    for (let crashAfter = 0; crashAfter < last; crashAfter++)
      interrupted.push(this.#move(index, node, { ...decision, crashAfter }).move);
    return { whole: move, interrupted };
  }

  #move(
    index: number,
    before: NodeState,
    decision: ActingDecision,
  ): { readonly points: number; readonly move: Move } {
    this.calls++;
    const { node, effects, points } = nodeStep(this.instance, index, before, decision);
    const sends: number[] = [];
    const marks: ObservedMark[] = [];
    for (const effect of effects) {
      if (effect.type === 'send') sends.push(this.numberOfEnvelope(effect.envelope));
      else if (effect.type === 'mark' && this.instance.observer !== undefined) {
        const { name, process, data } = effect;
        marks.push(data === undefined ? { name, process } : { name, process, data });
      }
    }
    const next = this.numberOfNode(index, node);
    return { points, move: { label: [decision], next, sends, marks: this.#numberOfMarks(marks) } };
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
