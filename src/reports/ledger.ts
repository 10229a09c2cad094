/**
 * What a reader of a trace has to remember while reading: which timers are armed and since when, and
 * what stands on each disk. Decisions name timers by id and disks not at all; people want both told.
 */
import { type Address, type NodeId, nodeOfAddress } from '../model/effects.ts';
import type { Executed } from '../model/node.ts';
import {
  acknowledged,
  appended,
  completed,
  type Disk,
  emptyDisk,
  forced,
  oldestWrite,
  recordsOf,
  refused,
  survived,
  tailLength,
} from '../model/storage.ts';
import type { TraceEntry } from '../model/trace.ts';

interface Armed {
  readonly delay: string;
  readonly atUs: number | undefined;
}

export interface Ledger {
  /** Takes note of what an entry did. To be called for each entry, in order. */
  note(entry: TraceEntry): void;
  /** The delay by which a timer is known, and how long it has been running if that is known. */
  timer(process: Address, id: string, atUs: number | undefined): { delay: string; ranMs?: number };
  /** The record whose forced write completes next on the node. */
  nextDurable(node: NodeId): unknown;
  /** The records that the node's processes would find now, with `tail` of the unforced ones. */
  found(node: NodeId, tail: number): readonly unknown[];
  /** How many records a crash may still take from the node. */
  unforced(node: NodeId): number;
  /** How many records that the disk had said to be safe it would lose, with `tail` of the unforced ones. */
  forgotten(node: NodeId, tail: number): number;
}

/** A ledger for a trace whose nodes started with these effects. */
export function openLedger(start: readonly Executed[]): Ledger {
  const timers = new Map<string, Armed>();
  const disks = new Map<NodeId, Disk>();
  const diskOf = (node: NodeId): Disk => disks.get(node) ?? emptyDisk;
  /** Of a disk that has lied, how many entries it said to be safe. */
  const said = new Map<NodeId, number>();

  const answered = (
    node: NodeId,
    effect: Extract<Executed, { readonly type: 'durable' | 'failed' }>,
  ): Disk => {
    const disk = diskOf(node);
    if (effect.type === 'failed') return effect.stops === true ? disk : refused(disk);
    if (effect.lies === true) {
      said.set(node, oldestWrite(disk).upTo);
      return acknowledged(disk);
    }
    said.delete(node);
    return completed(disk);
  };
  const carriedOut = (effect: Executed, atUs: number | undefined): void => {
    switch (effect.type) {
      case 'arm':
        timers.set(`${effect.process}|${effect.timer.id}`, { delay: effect.timer.delay, atUs });
        return;
      case 'write': {
        const { process, record, durability } = effect;
        const node = nodeOfAddress(process);
        const disk = appended(diskOf(node), { kind: 'record', process, record });
        disks.set(node, durability === 'forced' ? forced(disk, process) : disk);
        return;
      }
      case 'replace': {
        const { process, records } = effect;
        const node = nodeOfAddress(process);
        const disk = appended(diskOf(node), { kind: 'replace', process, records });
        disks.set(node, forced(disk, process));
        return;
      }
      case 'durable':
      case 'failed': {
        const node = nodeOfAddress(effect.process);
        if (diskOf(node).writes.length > 0) disks.set(node, answered(node, effect));
      }
    }
  };
  for (const effect of start) carriedOut(effect, 0);

  return {
    note({ decision, effects, atUs }) {
      if (decision.type === 'restart' || decision.type === 'loseDisk') said.delete(decision.node);
      if (decision.type === 'restart')
        disks.set(decision.node, survived(diskOf(decision.node), decision.tail));
      if (decision.type === 'loseDisk') disks.set(decision.node, emptyDisk);
      for (const effect of effects) carriedOut(effect, atUs);
    },
    timer(process, id, atUs) {
      const armed = timers.get(`${process}|${id}`);
      const delay = armed?.delay ?? id;
      if (armed?.atUs === undefined || atUs === undefined) return { delay };
      return { delay, ranMs: (atUs - armed.atUs) / 1000 };
    },
    nextDurable(node) {
      const { log, writes } = diskOf(node);
      const entry = log[(writes[0]?.upTo ?? 0) - 1];
      if (entry === undefined) return undefined;
      return entry.kind === 'record' ? entry.record : entry.records;
    },
    found(node, tail) {
      const disk = survived(diskOf(node), tail);
      const writers = [...new Set(disk.log.map(({ process }) => process))];
      return writers.flatMap((process) => recordsOf(disk, process));
    },
    unforced: (node) => tailLength(diskOf(node)),
    forgotten: (node, tail) => Math.max(0, (said.get(node) ?? 0) - diskOf(node).durable - tail),
  };
}
