/**
 * The finite step tables of a system whose states have all been visited: what each node can do in each of
 * its states, as numbered moves. They are all that XState has to say about the system.
 */
import { describeDecision } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import type { FaultCount } from '../model/state.ts';
import type { ActingMove, Move, Moves } from './moves.ts';

/** One move of a node. */
export interface MoveRow {
  readonly move: Move;
  /** Whether it takes one of the crashes and restarts of the scope. */
  readonly crash: number;
  readonly restart: number;
  /** Whether it takes one of the disk losses, lost forces and failed writes. */
  readonly storage: readonly [diskLoss: number, lostForce: number, failedWrite: number];
  /** 0 for no time-out, 1 for one that suspects nobody, else 2 and the number of the set that it suspects. */
  readonly timeout: number;
  readonly meaning: string;
}

/** A run of rows: alternatives of which one may be taken. */
export interface Alternatives {
  readonly first: number;
  readonly count: number;
}

export interface NodeStateTable {
  readonly up: boolean;
  readonly ready: boolean;
  /** Whether steps are possible that time-outs wait for under synchronous timing. */
  readonly urgent: boolean;
  /** Whether operations wait to be started. */
  readonly asked: boolean;
  readonly own: Alternatives;
  /** The delivery of each envelope, by its number; absent where it is no transition. */
  readonly deliveries: ReadonlyMap<number, Alternatives>;
}

export interface StepTables {
  readonly rows: readonly MoveRow[];
  /** By node, then by its state. */
  readonly nodes: readonly (readonly NodeStateTable[])[];
  /** Sets of nodes that time-outs suspect. */
  readonly suspects: readonly (readonly number[])[];
}

/** Reads the tables. To be called when the whole space has been searched. */
export function stepTables(instance: Instance, moves: Moves): StepTables {
  const rows: MoveRow[] = [];
  const suspects: (readonly number[])[] = [];
  const row = (move: Move, { timeout = 0, isCutShort = false } = {}): void => {
    const is = (kind: keyof FaultCount): number => (move.fault === kind ? 1 : 0);
    rows.push({
      move,
      crash: is('crashes') + (isCutShort ? 1 : 0),
      restart: is('restarts'),
      storage: [is('diskLosses'), is('lostForces'), is('failedWrites')],
      timeout,
      meaning: meaningOf(move),
    });
  };
  const acting = ({ whole, interrupted }: ActingMove, timeout = 0): void => {
    row(whole, { timeout });
    for (const move of interrupted) row(move, { timeout, isCutShort: true });
  };
  const numberOfSuspects = (peers: readonly number[] | undefined): number => {
    if (peers === undefined) return 1;
    const known = suspects.findIndex((other) => other.join() === peers.join());
    return 2 + (known < 0 ? suspects.push(peers) - 1 : known);
  };
  const alternatives = (list: () => void): Alternatives => {
    const first = rows.length;
    list();
    return { first, count: rows.length - first };
  };
  const nodes = instance.nodes.map((_, index) =>
    Array.from({ length: moves.statesOf(index) }, (_unused, state): NodeStateTable => {
      const { local, deliveries } = moves.known(index, state);
      const own = alternatives(() => {
        if (local === undefined) return;
        for (const move of [...local.steps, ...local.operations]) acting(move);
        for (const { move, suspects: peers } of local.expirations)
          acting(move, numberOfSuspects(peers));
        for (const move of [...local.lostForces, ...local.failedWrites]) acting(move);
        if (local.crash !== undefined) row(local.crash);
        for (const move of local.restarts) acting(move);
        if (local.loseDisk !== undefined) row(local.loseDisk);
      });
      const delivered = new Map<number, Alternatives>();
      for (const [envelope, list] of deliveries.entries())
        if (list !== undefined && list.length > 0)
          delivered.set(
            envelope,
            alternatives(() => {
              for (const move of list) acting(move);
            }),
          );
      return {
        up: local?.up ?? false,
        ready: local?.ready ?? false,
        urgent: (local?.steps.length ?? 0) > 0,
        asked: (local?.operations.length ?? 0) > 0,
        own,
        deliveries: delivered,
      };
    }),
  );
  return { rows, nodes, suspects };
}

function meaningOf({ label }: Move): string {
  return label.map(describeDecision).join(', then ');
}
