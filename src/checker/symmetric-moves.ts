/**
 * The moves of nodes, where nodes may be exchanged. Before a move is used, it is compared with the moves of
 * all exchanged node states: each has to be the other, renamed. It is enough to compare neighbours, since
 * transpositions of neighbours generate all permutations and the comparison is made in every member of the
 * orbit: if each of two renamings commutes with the steps wherever they lead, so does one after the other.
 *
 * One thing need not commute. A message to everybody is sent to one after the other, and a crash between two
 * sends keeps the first ones: p1 knows and p2 does not, never the reverse. Where no more than one crash is in
 * the scope, such a crash may keep any of the prefixes that exchanged nodes would keep. No verdict changes
 * by it: docs/semantics.md has the proof.
 */
import type { Decision } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import { isQueue, laneOf } from '../model/network.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import { canonical } from '../model/plain-data.ts';
import type { FullScope } from '../model/scope.ts';
import { decisionWords, moveWords, nodeWords } from './asymmetry-words.ts';
import { type ActingMove, type LocalMoves, type Move, Moves } from './moves.ts';
import { type Orbit, orbitOf } from './orbit.ts';
import { NodeRenaming } from './renamed-nodes.ts';
import type { Names } from './renaming.ts';
import { SymmetricGhosts } from './symmetric-ghosts.ts';
import { asymmetry } from './symmetric-sets.ts';

/** A node in one of its states, and perhaps a message for it. */
interface Situation {
  readonly index: number;
  readonly state: number;
  readonly envelope?: number;
}

/** What one decision does in a situation. */
interface Group {
  readonly decision: Decision;
  /** By what they do; more than one where immediate choices follow. */
  readonly wholes: ReadonlyMap<string, Move>;
  readonly interrupted: Map<string, Move>;
}

type Groups = ReadonlyMap<string, Group>;

export class SymmetricMoves extends Moves {
  declare readonly ghosts: SymmetricGhosts;
  readonly renamings: readonly NodeRenaming[];
  /** While true, crashes keep only the prefixes that the relation knows. */
  isLiteral = false;
  /** Whether crashes within a step were given prefixes beyond those of the relation. */
  hasAddedPrefixes = false;
  readonly #mayAddPrefixes: boolean;
  readonly #nodeImages: number[][][];
  readonly #envelopeImages: number[][];
  readonly #locals: (LocalMoves | undefined)[][];
  readonly #deliveries: (readonly ActingMove[] | undefined)[][][];

  constructor(instance: Instance, scope: FullScope, names: Names) {
    const renamings = names.symmetry.transpositions.map(
      (exchange) => new NodeRenaming(names, exchange, instance),
    );
    super(instance, scope, new SymmetricGhosts(instance, renamings));
    this.renamings = renamings;
    this.#mayAddPrefixes = scope.crashes <= 1;
    this.#nodeImages = renamings.map(() => instance.nodes.map(() => []));
    this.#envelopeImages = renamings.map(() => []);
    this.#locals = instance.nodes.map(() => []);
    this.#deliveries = instance.nodes.map(() => []);
  }

  /** The number of the renamed state, among those of the node whose name it gets. */
  imageOfNode(renaming: number, index: number, state: number): number {
    const known = this.#nodeImages[renaming]?.[index] as number[];
    if (known[state] === undefined) {
      const { nodes, exchange } = this.renamings[renaming] as NodeRenaming;
      const target = nodes[index] as number;
      const image = this.numberOfNode(
        target,
        this.#renamed(renaming, index, this.node(index, state)),
      );
      const back = this.numberOfNode(
        index,
        this.#renamed(renaming, target, this.node(target, image)),
      );
      if (back !== state)
        throw asymmetry(
          this.instance.system.name,
          exchange,
          `exchanging them twice does not give back that ${this.#words(index, state)}`,
        );
      known[state] = image;
      (this.#nodeImages[renaming]?.[target] as number[])[image] = state;
    }
    return known[state] as number;
  }

  #renamed(renaming: number, index: number, node: NodeState): NodeState {
    return (this.renamings[renaming] as NodeRenaming).node(index, node);
  }

  imageOfEnvelope(renaming: number, envelope: number): number {
    const known = this.#envelopeImages[renaming] as number[];
    if (known[envelope] === undefined) {
      const by = this.renamings[renaming] as NodeRenaming;
      const renamed = (number: number): number =>
        this.numberOfEnvelope(by.envelope(this.envelopes[number] as RoutedEnvelope));
      const image = renamed(envelope);
      if (renamed(image) !== envelope)
        throw asymmetry(
          this.instance.system.name,
          by.exchange,
          `exchanging them twice does not give back ${canonical(this.envelopes[envelope])}`,
        );
      known[envelope] = image;
      known[image] = envelope;
    }
    return known[envelope] as number;
  }

  override local(index: number, state: number): LocalMoves {
    if (this.isLiteral) return super.local(index, state);
    const known = this.#locals[index]?.[state];
    if (known !== undefined) return known;
    const orbit = this.#orbit({ index, state });
    const locals = orbit.members.map((one) => super.local(one.index, one.state));
    this.#compareFlags(orbit, locals);
    const groups = this.#agreed(orbit, locals.map(actingMoves));
    for (const [place, one] of orbit.members.entries()) {
      const local = locals[place] as LocalMoves;
      (this.#locals[one.index] as LocalMoves[])[one.state] = withMoves(local, (moves) =>
        this.#completed(moves, groups[place] as Groups),
      );
    }
    return this.#locals[index]?.[state] as LocalMoves;
  }

  override deliveries(index: number, state: number, envelope: number): readonly ActingMove[] {
    if (this.isLiteral) return super.deliveries(index, state, envelope);
    const known = this.#deliveries[index]?.[state]?.[envelope];
    if (known !== undefined) return known;
    const orbit = this.#orbit({ index, state, envelope });
    const moves = orbit.members.map((one) =>
      super.deliveries(one.index, one.state, one.envelope as number),
    );
    const groups = this.#agreed(orbit, moves);
    for (const [place, one] of orbit.members.entries()) {
      const byState = this.#deliveries[one.index] as (readonly ActingMove[])[][];
      byState[one.state] ??= [];
      (byState[one.state] as (readonly ActingMove[])[])[one.envelope as number] = this.#completed(
        moves[place] as readonly ActingMove[],
        groups[place] as Groups,
      );
    }
    return this.#deliveries[index]?.[state]?.[envelope] as readonly ActingMove[];
  }

  #orbit(first: Situation): Orbit<Situation> {
    return orbitOf(
      first,
      ({ index, state, envelope }) => `${index} ${state} ${envelope}`,
      ({ index, state, envelope }) =>
        this.renamings.map(({ nodes }, renaming) => ({
          index: nodes[index] as number,
          state: this.imageOfNode(renaming, index, state),
          ...(envelope === undefined ? {} : { envelope: this.imageOfEnvelope(renaming, envelope) }),
        })),
    );
  }

  /** Whom the time-outs suspect; whether a node is up needs no comparison, being part of its state. */
  #compareFlags({ members, images }: Orbit<Situation>, locals: readonly LocalMoves[]): void {
    const suspects = (place: number, nodes?: readonly number[]): string =>
      (locals[place] as LocalMoves).expirations
        .map(({ suspects: peers }) =>
          peers === undefined
            ? 'none'
            : peers
                .map((peer) => nodes?.[peer] ?? peer)
                .sort()
                .join(),
        )
        .sort()
        .join(' ');
    for (const [place, one] of members.entries())
      for (const [renaming, image] of (images[place] as readonly number[]).entries()) {
        const { nodes, exchange } = this.renamings[renaming] as NodeRenaming;
        if (suspects(place, nodes) !== suspects(image))
          throw asymmetry(
            this.instance.system.name,
            exchange,
            `with the two exchanged, the time-outs suspect others than before, where ${this.#words(one.index, one.state)}`,
          );
      }
  }

  /** The moves of each member in groups, after it was found that they are each other, renamed. */
  #agreed(orbit: Orbit<Situation>, moves: readonly (readonly ActingMove[])[]): readonly Groups[] {
    const groups = moves.map((acting) => this.#grouped(acting));
    const lacking: boolean[] = [];
    for (const [place, one] of orbit.members.entries())
      for (const [renaming, image] of (orbit.images[place] as readonly number[]).entries())
        lacking.push(
          this.#compare(renaming, one, groups[place] as Groups, groups[image] as Groups),
        );
    if (lacking.includes(true)) {
      this.hasAddedPrefixes = true;
      this.#addPrefixes(orbit, groups);
    }
    return groups;
  }

  #grouped(moves: readonly ActingMove[]): Groups {
    const groups = new Map<string, Group & { readonly wholes: Map<string, Move> }>();
    for (const { whole, interrupted } of moves) {
      const [decision] = whole.label;
      const key = canonical(decision);
      let group = groups.get(key);
      if (group === undefined) {
        group = { decision, wholes: new Map(), interrupted: new Map() };
        groups.set(key, group);
      }
      group.wholes.set(this.#key(whole), whole);
      for (const cut of interrupted) group.interrupted.set(this.#key(cut), cut);
    }
    return groups;
  }

  /** Whether the second lacks crashes of the first, renamed. Throws where anything else differs. */
  #compare(renaming: number, at: Situation, ofOne: Groups, ofImage: Groups): boolean {
    const { exchange, nodes } = this.renamings[renaming] as NodeRenaming;
    const acting = nodes[at.index] as number;
    const differ = (decision: Decision, expected: Move | undefined, found: Move | undefined) => {
      // A list whose order counts may be all that is different: renaming what was found shows it.
      if (found !== undefined) this.#image(renaming, acting, found);
      return asymmetry(
        this.instance.system.name,
        exchange,
        `where ${this.#words(at.index, at.state)}, exchanging them before a step is not exchanging them after it: ${decisionWords(decision)} then ${this.#moveWords(found, at, renaming)}, and should be a step that ${this.#moveWords(expected, at, renaming)}`,
      );
    };
    let lacks = false;
    for (const { decision, wholes, interrupted } of ofOne.values()) {
      const renamed = (this.renamings[renaming] as NodeRenaming).decision(decision);
      const other = ofImage.get(canonical(renamed));
      const expected = this.#images(renaming, at.index, wholes);
      const wrong = firstDifference(expected, other?.wholes ?? nothing);
      if (wrong !== undefined) throw differ(renamed, wrong.expected, wrong.found);
      const cut = this.#images(renaming, at.index, interrupted);
      const missing = firstDifference(cut, other?.interrupted ?? nothing);
      if (missing === undefined) continue;
      if (!this.#mayAddPrefixes)
        throw asymmetry(
          this.instance.system.name,
          exchange,
          `where ${this.#words(at.index, at.state)}, a crash within ${decisionWords(decision)} keeps the messages to the first nodes and loses those to the last, which is told apart where more crashes may follow; allow one crash at most`,
        );
      lacks = true;
    }
    if (ofImage.size !== ofOne.size) {
      const known = new Set(
        [...ofOne.values()].map(({ decision }) =>
          canonical((this.renamings[renaming] as NodeRenaming).decision(decision)),
        ),
      );
      for (const [key, { decision, wholes }] of ofImage)
        if (!known.has(key)) throw differ(decision, undefined, [...wholes.values()][0]);
    }
    return lacks;
  }

  #images(
    renaming: number,
    index: number,
    moves: ReadonlyMap<string, Move>,
  ): ReadonlyMap<string, Move> {
    const images = new Map<string, Move>();
    for (const move of moves.values()) {
      const image = this.#image(renaming, index, move);
      images.set(this.#key(image), image);
    }
    return images;
  }

  #image(renaming: number, index: number, { label, next, sends, marks, armed, fault }: Move): Move {
    const by = this.renamings[renaming] as NodeRenaming;
    const [first, ...choices] = label;
    return {
      label: [by.decision(first), ...choices.map((choice) => by.decision(choice))],
      next: this.imageOfNode(renaming, index, next),
      sends: sends.map((envelope) => this.imageOfEnvelope(renaming, envelope)),
      marks: this.ghosts.imageOfMarks(renaming, marks),
      armed,
      fault,
    };
  }

  /** Equal for two moves that lead from every state to the same, under the same label. */
  #key({ label, next, sends, marks, fault }: Move): string {
    return `${next}|${this.#withoutOrder(sends).join()}|${marks}|${fault}|${canonical(label)}`;
  }

  /** The sends in an order that counts for nothing: kept within a queue, and by number elsewhere. */
  #withoutOrder(sends: readonly number[]): readonly number[] {
    if (sends.length < 2) return sends;
    const { network, nodes } = this.instance;
    if (!isQueue(network)) return sends.toSorted((a, b) => a - b);
    const queue = (envelope: number): number => {
      const routed = this.envelopes[envelope] as RoutedEnvelope;
      return laneOf(network, routed) * nodes.length + routed.target;
    };
    return sends.toSorted((a, b) => queue(a) - queue(b));
  }

  /** Gives the crashes of each member those of all others, renamed, until nothing is lacking. */
  #addPrefixes({ members, images }: Orbit<Situation>, groups: readonly Groups[]): void {
    const waiting = members.flatMap((_, place) =>
      [...(groups[place] as Groups).values()].flatMap(({ decision, interrupted }) =>
        [...interrupted.values()].map((move) => ({ place, decision, move })),
      ),
    );
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const { place, decision, move } = one;
      const { index } = members[place] as Situation;
      for (const [renaming, image] of (images[place] as readonly number[]).entries()) {
        const renamed = (this.renamings[renaming] as NodeRenaming).decision(decision);
        const group = (groups[image] as Groups).get(canonical(renamed)) as Group;
        const cut = this.#image(renaming, index, move);
        const key = this.#key(cut);
        if (group.interrupted.has(key)) continue;
        group.interrupted.set(key, cut);
        waiting.push({ place: image, decision: group.decision, move: cut });
      }
    }
  }

  /** The moves with the crashes of their groups, told by the first of each group. */
  #completed(moves: readonly ActingMove[], groups: Groups): readonly ActingMove[] {
    if (!this.hasAddedPrefixes) return moves;
    const told = new Set<Group>();
    return moves.map(({ whole }) => {
      const group = groups.get(canonical(whole.label[0])) as Group;
      const interrupted = told.has(group) ? [] : [...group.interrupted.values()];
      told.add(group);
      return { whole, interrupted };
    });
  }

  #words(index: number, state: number): string {
    return nodeWords(this.instance.nodes[index]?.id ?? '', this.node(index, state));
  }

  #moveWords(move: Move | undefined, { index }: Situation, renaming: number): string {
    const acting = this.renamings[renaming]?.nodes[index] as number;
    if (move === undefined) return 'is not possible';
    return moveWords(
      this.#words(acting, move.next),
      move.sends.map((envelope) => this.envelopes[envelope] as RoutedEnvelope),
    );
  }
}

const nothing: ReadonlyMap<string, Move> = new Map();

/** All moves of a node without a message that make it act, and those that make it do nothing. */
function actingMoves(local: LocalMoves): readonly ActingMove[] {
  const quiet = [local.crash, local.loseDisk].filter((move) => move !== undefined);
  return [
    ...local.steps,
    ...local.operations,
    ...local.expirations.map(({ move }) => move),
    ...local.lostForces,
    ...local.failedWrites,
    ...local.restarts,
    ...quiet.map((whole) => ({ whole, interrupted: [] })),
  ];
}

function withMoves(
  local: LocalMoves,
  completed: (moves: readonly ActingMove[]) => readonly ActingMove[],
): LocalMoves {
  return {
    ...local,
    steps: completed(local.steps),
    operations: completed(local.operations),
    expirations: local.expirations.map(({ move, suspects }) => ({
      move: completed([move])[0] as ActingMove,
      suspects,
    })),
    lostForces: completed(local.lostForces),
    failedWrites: completed(local.failedWrites),
    restarts: completed(local.restarts),
  };
}

/** A move that one of the two lacks, with one that the other has instead. */
function firstDifference(
  expected: ReadonlyMap<string, Move>,
  found: ReadonlyMap<string, Move>,
): { readonly expected: Move | undefined; readonly found: Move | undefined } | undefined {
  const missing = [...expected].find(([key]) => !found.has(key));
  const surplus = [...found].find(([key]) => !expected.has(key));
  if (missing === undefined && surplus === undefined) return undefined;
  return { expected: missing?.[1], found: surplus?.[1] };
}
