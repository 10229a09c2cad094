/** What nobody in a system decides: losses, crashes, restarts, disks that fail, partitions and their mending. */
import type { Decision, Drop, DropCause } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import { mayBeLost } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { FullScope } from '../model/scope.ts';
import type { FaultCount } from '../model/state.ts';
import type { Columns } from './columns.ts';
import type { LocalMoves } from './moves.ts';
import type { PackedRows } from './packed-rows.ts';
import type { Decisions } from './space.ts';
import type { StepWriter } from './step-writer.ts';

/** The expanded state: the values of its columns, and the moves of its nodes. */
export interface Expanded {
  readonly now: Int32Array;
  readonly locals: readonly LocalMoves[];
  /** The number of the set of cut links. */
  readonly cut: number;
  /** Whether a step is under way that synchronous timing does first. */
  readonly urgent: boolean;
}

export class Environment {
  readonly #instance: Instance;
  readonly #scope: FullScope;
  readonly #columns: Columns;
  readonly #rows: PackedRows;
  readonly #writer: StepWriter;
  /** Whether losing everything in flight stands for all losses. */
  readonly #losesAll: boolean;
  readonly #isSynchronous: boolean;

  constructor(
    columns: Columns,
    rows: PackedRows,
    writer: StepWriter,
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
    this.#isSynchronous = isSynchronous;
    this.#instance = columns.instance;
    this.#scope = scope;
    this.#columns = columns;
    this.#rows = rows;
    this.#writer = writer;
    this.#losesAll = losesAll;
  }

  /** All that the environment may do. */
  act(state: Expanded): void {
    const { crashes, restarts, partitions, diskLosses, lostForces, failedWrites } = this.#scope;
    // In a set nothing is lost but by not being delivered.
    if (this.#instance.network.order !== 'set') this.#lose(state);
    if (crashes + restarts + diskLosses + lostForces + failedWrites > 0) this.#fail(state);
    if (partitions > 0) this.#partition(state);
  }

  #lose({ now, locals, cut }: Expanded): void {
    const rows = this.#rows;
    const anyPlace = this.#instance.network.loses === 'any';
    const lost: Decision[] = [];
    rows.reset();
    for (const { target, column, contents } of this.#columns.links) {
      const content = now[column] as number;
      if (content === 0) continue;
      const isDown = !(locals[target] as LocalMoves).up;
      if (cut === 0 && !isDown && !this.#scope.loss) continue;
      if (this.#losesAll) {
        for (const envelope of contents.content(content)) {
          const cause = this.#causeOfLoss(envelope, cut, isDown);
          if (cause !== undefined) lost.push(this.#drop(envelope, cause));
        }
        rows.set(column, 0);
        continue;
      }
      const candidates = anyPlace ? contents.content(content) : contents.takeable(content);
      for (const [position, envelope] of candidates.entries()) {
        const cause = this.#causeOfLoss(envelope, cut, isDown);
        if (cause === undefined) continue;
        const left = anyPlace
          ? contents.withoutAt(content, position)
          : contents.without(content, envelope);
        const drop = this.#drop(envelope, cause);
        this.#writer.change([anyPlace ? { ...drop, position } : drop], column, left);
      }
    }
    if (lost.length > 0) this.#writer.emit(lost);
  }

  /** Why the envelope may be lost, or undefined where it may not. */
  #causeOfLoss(envelope: number, cut: number, isDown: boolean): DropCause | undefined {
    const sent = this.#columns.moves.envelopes[envelope] as RoutedEnvelope;
    if (this.#columns.cuts.isCut(cut, sent)) return 'cut';
    if (isDown) return 'down';
    return this.#scope.loss && mayBeLost(this.#instance.network, sent) ? 'loss' : undefined;
  }

  #drop(envelope: number, cause: DropCause): Drop {
    const { from, to, message } = this.#columns.moves.envelopes[envelope] as RoutedEnvelope;
    return { type: 'drop', from, to, message, cause };
  }

  #fail({ now, locals, urgent }: Expanded): void {
    const writer = this.#writer;
    const { faults: column, digits } = this.#columns;
    const faults = now[column] as number;
    // Most scopes allow none of most kinds, and then nothing has to be read.
    const mayCome = (kind: keyof FaultCount): boolean =>
      this.#scope[kind] > 0 && digits.of(faults, kind) < this.#scope[kind];
    const mayRestart = mayCome('restarts') && !urgent;
    const mayLoseDisk = mayCome('diskLosses');
    const mayLoseForce = mayCome('lostForces');
    const mayFailWrite = mayCome('failedWrites');
    for (const [node, moves] of locals.entries()) {
      const { crash, restarts, loseDisk } = moves;
      if (mayLoseForce) for (const move of moves.lostForces) writer.act(node, move);
      if (mayFailWrite) for (const move of moves.failedWrites) writer.act(node, move);
      if (crash !== undefined && writer.mayCrash) writer.take(node, crash);
      if (mayRestart && restarts.length > 0 && !this.#isAwaited(now, locals, node))
        for (const move of restarts) writer.act(node, move);
      if (loseDisk !== undefined && mayLoseDisk) writer.take(node, loseDisk);
    }
  }

  /** Under synchronous timing a node stays down until the time-outs on it have told what they can. */
  #isAwaited(now: Int32Array, locals: readonly LocalMoves[], down: number): boolean {
    if (!this.#isSynchronous) return false;
    return locals.some(({ expirations }, node) =>
      expirations.some(
        ({ move, suspects }) => suspects?.includes(down) === true && move.whole.next !== now[node],
      ),
    );
  }

  #partition({ now, cut }: Expanded): void {
    const { cut: column, faults, digits, cuts } = this.#columns;
    if (cut !== 0) return this.#writer.change(mend, column, 0);
    if (digits.of(now[faults] as number, 'partitions') >= this.#scope.partitions) return;
    for (const partition of cuts.partitions)
      this.#writer.change([partition.decision], column, partition.cut, 'partitions');
  }
}

const mend: Decisions = [{ type: 'mend' }];
