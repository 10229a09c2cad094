/**
 * Moves: what each node can do in each of its states, computed once by the relation and kept as small
 * numbers. XState runs once for each distinct pair of node state and event; the search only looks up.
 */
import { immediateChoices, refuseEndless } from '../model/choices.ts';
import type { ActingDecision, Choose, Decision } from '../model/decision.ts';
import type { Address } from '../model/effects.ts';
import { localDecisions } from '../model/enabled.ts';
import { idleReason } from '../model/idle.ts';
import type { Instance } from '../model/instance.ts';
import type { NodeDefinition, NodeState, RoutedEnvelope } from '../model/node.ts';
import { crashed } from '../model/node-run.ts';
import { nodeStep } from '../model/node-step.ts';
import type { FullScope } from '../model/scope.ts';
import { countedAs, type FaultCount } from '../model/state.ts';
import { envelopeKey, nodeKey } from '../model/state-key.ts';
import { emptyDisk } from '../model/storage.ts';
import type { ObservedMark } from '../model/system.ts';
import { Ghosts } from './ghosts.ts';
import { Numbering } from './numbering.ts';

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
  /** As which fault of the scope the decision counts, beside the crash that may cut it short. */
  readonly fault: keyof FaultCount | undefined;
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
  readonly lostForces: readonly ActingMove[];
  readonly failedWrites: readonly ActingMove[];
  readonly crash: Move | undefined;
  readonly restarts: readonly ActingMove[];
  readonly loseDisk: Move | undefined;
}

/** The moves of a node's state that have been asked for, deliveries by envelope. */
export interface KnownMoves {
  readonly local: LocalMoves | undefined;
  readonly deliveries: readonly (readonly ActingMove[] | undefined)[];
}

/** Numbers for node states and envelopes, and the moves between them. */
export class Moves {
  readonly instance: Instance;
  readonly #scope: FullScope;
  readonly ghosts: Ghosts;
  /** Calls of the relation so far: each distinct pair of node state and decision is one. */
  calls = 0;
  readonly #nodes: Numbering<NodeState>[];
  readonly #envelopes = new Numbering<RoutedEnvelope>();
  readonly #locals: (LocalMoves | undefined)[][];
  readonly #deliveries: (readonly ActingMove[] | undefined)[][][];

  /** Faults beyond the scope are not computed: their node states would only widen the rows. */
  constructor(instance: Instance, scope: FullScope, ghosts = new Ghosts(instance)) {
    this.instance = instance;
    this.#scope = scope;
    this.ghosts = ghosts;
    this.#nodes = instance.nodes.map(() => new Numbering());
    this.#locals = instance.nodes.map(() => []);
    this.#deliveries = instance.nodes.map(() => []);
  }

  /** Envelopes by number. */
  get envelopes(): readonly RoutedEnvelope[] {
    return this.#envelopes.all;
  }

  node(index: number, state: number): NodeState {
    return this.#nodes[index]?.all[state] as NodeState;
  }

  numberOfNode(index: number, node: NodeState): number {
    return (this.#nodes[index] as Numbering<NodeState>).of(nodeKey(node), node);
  }

  numberOfEnvelope(envelope: RoutedEnvelope): number {
    return this.#envelopes.of(envelopeKey(envelope), envelope);
  }

  /** How many states of the node have a number. */
  statesOf(index: number): number {
    return (this.#nodes[index] as Numbering<NodeState>).all.length;
  }

  /** What has been computed of a node's state so far: after a whole search, all that matters. */
  known(index: number, state: number): KnownMoves {
    const local = this.#locals[index]?.[state];
    return { local, deliveries: this.#deliveries[index]?.[state] ?? [] };
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
    const { id } = definition;
    const { crashes, restarts, diskLosses, lostForces, failedWrites } = this.#scope;
    const losable = diskLosses > 0 && !node.up && node.disk.log.length > 0;
    const moves: LocalMoves = {
      up: node.up,
      ready: local.ready,
      steps: local.steps.flatMap(acting),
      operations: local.operations.flatMap(acting),
      expirations: local.expirations.flatMap(({ decision, suspects }) =>
        acting(decision).map((move) => ({ move, suspects })),
      ),
      lostForces: lostForces > 0 ? local.lostForces.flatMap(acting) : [],
      failedWrites: failedWrites > 0 ? local.failedWrites.flatMap(acting) : [],
      crash:
        node.up && crashes > 0
          ? this.quiet(index, { type: 'crash', node: id }, crashed(node))
          : undefined,
      restarts: restarts > 0 ? local.restarts.flatMap(acting) : [],
      loseDisk: losable
        ? this.quiet(index, { type: 'loseDisk', node: id }, { ...node, disk: emptyDisk })
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

  /** A move in which the node does nothing itself. */
  quiet(index: number, decision: Decision, after: NodeState): Move {
    const next = this.numberOfNode(index, after);
    return { label: [decision], next, sends: [], marks: 0, armed: [], fault: countedAs(decision) };
  }

  #joined(first: Move, then: Move): Move {
    return {
      label: [...first.label, ...then.label],
      next: then.next,
      sends: [...first.sends, ...then.sends],
      marks: this.ghosts.joined(first.marks, then.marks),
      armed: [...first.armed, ...then.armed],
      fault: first.fault,
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
      else if (effect.type === 'mark' && this.ghosts.isNoted(effect.name)) {
        const { name, process, data } = effect;
        marks.push(data === undefined ? { name, process } : { name, process, data });
      }
    }
    const next = this.numberOfNode(index, node);
    const move: Move = {
      label: [decision],
      next,
      sends,
      marks: this.ghosts.numberOfMarks(marks),
      armed,
      fault: countedAs(decision),
    };
    return { points, move, node };
  }
}

const noMoves: readonly ActingMove[] = [];

const copies = new WeakMap<ActingMove, ActingMove>();

/** The same delivery with a copy staying in flight. */
export function kept(move: ActingMove): ActingMove {
  let copy = copies.get(move);
  if (copy === undefined) {
    const duplicate = ({ label: [delivery, ...choices], ...one }: Move): Move => ({
      ...one,
      label: [{ ...delivery, duplicate: true } as Decision, ...choices],
    });
    copy = { whole: duplicate(move.whole), interrupted: move.interrupted.map(duplicate) };
    copies.set(move, copy);
  }
  return copy;
}
