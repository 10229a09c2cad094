/** What a simulation keeps of a node: what is armed, under way and waiting, and how it will die. */
import type { Address } from '../model/effects.ts';
import type { CrashFault } from '../model/faults.ts';
import { AwaitedChoices } from './choosing.ts';
import type { NodeClock } from './clock.ts';
import type { WatchedCrash } from './crash-points.ts';
import type { Pending, PendingTimer } from './pending.ts';
import type { NodeFacts } from './prepared.ts';

export interface NodeBook extends NodeFacts {
  /** Counts crashes, so that what was scheduled for an earlier life is recognised. */
  life: number;
  /** By process and timer. */
  readonly timers: Map<Address, Map<string, PendingTimer>>;
  /** What came while the node could not handle it. */
  waiting: Pending[];
  /** The completion of the forced write under way. */
  writing: Pending | undefined;
  /** What a slow node is handling. */
  handling: Pending | undefined;
  readonly choices: AwaitedChoices;
  readonly operating: Set<number>;
  /** Crashes whose points have not come. */
  crashes: readonly WatchedCrash[];
  /** What the next restart finds of the unforced tail. */
  tail: CrashFault['tail'];
  /** Whether it would be up if its disk worked: a failed write has stopped it, or it could not restart. */
  awaitsDisk: boolean;
  /** Only of a node whose clock has been wrong. */
  clock: NodeClock | undefined;
}

export function bookOf(facts: NodeFacts): NodeBook {
  const { definition, hasChoices, hasImmediate, hasOperations, hasClock, start } = facts;
  return {
    definition,
    hasChoices,
    hasImmediate,
    hasOperations,
    hasClock,
    start,
    life: 0,
    timers: new Map(),
    waiting: [],
    writing: undefined,
    handling: undefined,
    choices: new AwaitedChoices(),
    operating: new Set(),
    crashes: [],
    tail: undefined,
    awaitsDisk: false,
    clock: undefined,
  };
}

/**
 * Forgets what a crash destroys. Messages that waited for the node find it down, and so does the one that
 * it was handling, which is returned.
 */
export function bury(book: NodeBook): Pending | undefined {
  const { handling } = book;
  book.life++;
  book.timers.clear();
  book.choices.clear();
  book.operating.clear();
  book.writing = undefined;
  if (handling !== undefined) book.waiting.unshift(handling);
  book.handling = undefined;
  book.waiting = book.waiting.filter(({ kind }) => kind === 'arrival');
  // The record whose durability a point awaited may be lost: the point will not come.
  book.crashes = book.crashes.map((crash) =>
    crash.watch.awaitsDurable > 0
      ? {
          ...crash,
          watch: { ...crash.watch, awaitsDurable: 0, remaining: Number.POSITIVE_INFINITY },
        }
      : crash,
  );
  return handling;
}
