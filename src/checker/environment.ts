/** What nobody in a system decides: losses, crashes, restarts, disks that fail, partitions and their mending. */
import type { Decision, DropCause } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import { mayBeLost } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { FullScope } from '../model/scope.ts';
import type { Columns, Link } from './columns.ts';
import { Drops } from './drops.ts';
import type { ActingMove, LocalMoves } from './moves.ts';
import type { Decisions } from './space.ts';
import type { StepWriter } from './step-writer.ts';

/** The expanded state, overwritten by the next: the values of its columns, the moves of its nodes. */
export interface Expanded {
  readonly now: Int32Array;
  readonly locals: readonly LocalMoves[];
}

export class Environment {
  readonly #instance: Instance;
  readonly #scope: FullScope;
  readonly #columns: Columns;
  readonly #writer: StepWriter;
  readonly #now: Int32Array;
  readonly #locals: readonly LocalMoves[];
  /** Whether losing everything in flight stands for all losses. */
  readonly #losesAll: boolean;
  readonly #isSynchronous: boolean;
  /** Whether anything can happen to a node. */
  readonly #hasFaults: boolean;
  readonly #drops = new Drops();
  /** By envelope, whether the network may lose it. */
  readonly #mayBeLost: (boolean | undefined)[] = [];

  constructor(
    columns: Columns,
    writer: StepWriter,
    { now, locals }: Expanded,
    {
      scope,
      losesAll,
      isSynchronous,
    }: {
      readonly scope: FullScope;
      readonly losesAll: boolean;
      readonly isSynchronous: boolean;
    },
  ) {
    const { crashes, restarts, diskLosses, lostForces, failedWrites } = scope;
    this.#isSynchronous = isSynchronous;
    this.#instance = columns.instance;
    this.#scope = scope;
    this.#columns = columns;
    this.#writer = writer;
    this.#now = now;
    this.#locals = locals;
    this.#losesAll = losesAll;
    this.#hasFaults = crashes + restarts + diskLosses + lostForces + failedWrites > 0;
  }

  /**
   * All that the environment may do. `cut` is the number of the set of cut links, and `isUrgent` says that
   * a step is under way which synchronous timing does first.
   */
  act(cut: number, isUrgent: boolean): void {
    // In a set nothing is lost but by not being delivered.
    if (this.#instance.network.order !== 'set') {
      if (this.#losesAll) this.#loseAll(cut);
      else this.#lose(cut);
    }
    if (this.#hasFaults) this.#fail(isUrgent);
    if (this.#scope.partitions > 0) this.#partition(cut);
  }

  /** Each message that may be lost, on its own. */
  #lose(cut: number): void {
    const { links } = this.#columns;
    const anyPlace = this.#instance.network.loses === 'any';
    for (let at = 0; at < links.length; at++) {
      const { target, column, contents } = links[at] as Link;
      const content = this.#now[column] as number;
      if (content === 0) continue;
      const isDown = !(this.#locals[target] as LocalMoves).up;
      if (cut === 0 && !isDown && !this.#scope.loss) continue;
      const candidates = anyPlace ? contents.content(content) : contents.takeable(content);
      for (let position = 0; position < candidates.length; position++) {
        const envelope = candidates[position] as number;
        const cause = this.#causeOfLoss(envelope, cut, isDown);
        if (cause === undefined) continue;
        const left = anyPlace
          ? contents.withoutAt(content, position)
          : contents.without(content, envelope);
        const drop = this.#drop(envelope, cause, anyPlace ? position : undefined);
        this.#writer.change(drop, column, left);
      }
    }
  }

  /** Everything in flight at once, except what cannot be lost. */
  #loseAll(cut: number): void {
    const lost: Decision[] = [];
    for (const { target, column, contents } of this.#columns.links) {
      const content = this.#now[column] as number;
      if (content === 0) continue;
      const isDown = !(this.#locals[target] as LocalMoves).up;
      for (const envelope of contents.content(content)) {
        const cause = this.#causeOfLoss(envelope, cut, isDown);
        if (cause !== undefined) lost.push(...this.#drop(envelope, cause, undefined));
      }
      this.#writer.set(column, 0);
    }
    if (lost.length > 0) this.#writer.emit(lost);
    else this.#writer.alone();
  }

  /** Why the envelope may be lost, or undefined where it may not. */
  #causeOfLoss(envelope: number, cut: number, isDown: boolean): DropCause | undefined {
    if (cut !== 0 && this.#columns.cuts.isCut(cut, this.#sent(envelope))) return 'cut';
    if (isDown) return 'down';
    if (!this.#scope.loss) return undefined;
    let mayBe = this.#mayBeLost[envelope];
    if (mayBe === undefined) {
      mayBe = mayBeLost(this.#instance.network, this.#sent(envelope));
      this.#mayBeLost[envelope] = mayBe;
    }
    return mayBe ? 'loss' : undefined;
  }

  #drop(envelope: number, cause: DropCause, position: number | undefined): Decisions {
    return (
      this.#drops.find(envelope, cause, position) ??
      this.#drops.make(envelope, this.#sent(envelope), cause, position)
    );
  }

  #sent(envelope: number): RoutedEnvelope {
    return this.#columns.moves.envelopes[envelope] as RoutedEnvelope;
  }

  #fail(isUrgent: boolean): void {
    const writer = this.#writer;
    const { faults: column, digits } = this.#columns;
    const room = digits.room(this.#now[column] as number);
    for (let node = 0; node < this.#locals.length; node++) {
      const { crash, restarts, loseDisk, lostForces, failedWrites } = this.#locals[
        node
      ] as LocalMoves;
      if (room.lostForces) this.#each(node, lostForces);
      if (room.failedWrites) this.#each(node, failedWrites);
      if (crash !== undefined && writer.mayCrash) writer.take(node, crash);
      if (restarts.length > 0 && room.restarts && !isUrgent && !this.#isAwaited(node))
        this.#each(node, restarts);
      if (loseDisk !== undefined && room.diskLosses) writer.take(node, loseDisk);
    }
  }

  #each(node: number, moves: readonly ActingMove[]): void {
    for (let i = 0; i < moves.length; i++) this.#writer.act(node, moves[i] as ActingMove);
  }

  /** Under synchronous timing a node stays down until the time-outs on it have told what they can. */
  #isAwaited(down: number): boolean {
    if (!this.#isSynchronous) return false;
    return this.#locals.some(({ expirations }, node) =>
      expirations.some(
        ({ move, suspects }) =>
          suspects?.includes(down) === true && move.whole.next !== this.#now[node],
      ),
    );
  }

  #partition(cut: number): void {
    const { cut: column, faults, digits, cuts } = this.#columns;
    if (cut !== 0) return this.#writer.change(mend, column, 0);
    if (!digits.room(this.#now[faults] as number).partitions) return;
    for (const partition of cuts.partitions)
      this.#writer.change([partition.decision], column, partition.cut, 'partitions');
  }
}

const mend: Decisions = [{ type: 'mend' }];
