/** Stable storage against a naive reference that keeps everything that was ever asked of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acknowledged,
  appended,
  completed,
  type Disk,
  emptyDisk,
  forced,
  recordsOf,
  refused,
  survived,
  tailLength,
} from '../../src/model/storage.ts';

type Command =
  | { readonly do: 'write'; readonly process: string; readonly force: boolean }
  | { readonly do: 'replace'; readonly process: string; readonly count: number }
  | { readonly do: 'complete' | 'lie' | 'refuse' }
  | { readonly do: 'crash'; readonly tail: number };

const process = fc.constantFrom('a', 'b');
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write'), process, force: fc.boolean() }) },
  fc.record({ do: fc.constant('replace'), process, count: fc.nat(2) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('complete') }) },
  fc.record({ do: fc.constantFrom('lie', 'refuse') }),
  fc.record({ do: fc.constant('crash'), tail: fc.nat(20) }),
);

/**
 * The reference: the list of all writes, how many of them are durable, and which forces are under way.
 * Compactions are carried out only when records are read.
 */
interface Reference {
  writes: { readonly process: string; readonly record?: number; readonly records?: number[] }[];
  durable: number;
  forces: number[];
}

function read(writes: Reference['writes'], process: string): number[] {
  let records: number[] = [];
  for (const write of writes) {
    if (write.process !== process) continue;
    if (write.records !== undefined) records = write.records;
    else if (write.record !== undefined) records = [...records, write.record];
  }
  return records;
}

/** Carries out one command on both; the number of the command is the record. */
function carryOut(disk: Disk, reference: Reference, command: Command, number: number): Disk {
  switch (command.do) {
    case 'write': {
      const { process } = command;
      reference.writes.push({ process, record: number });
      const written = appended(disk, { kind: 'record', process, record: number });
      if (!command.force) return written;
      reference.forces.push(reference.writes.length);
      return forced(written, process);
    }
    case 'replace': {
      const records = Array.from({ length: command.count }, (_, i) => number * 100 + i);
      const { process } = command;
      reference.writes.push({ process, records });
      reference.forces.push(reference.writes.length);
      return forced(appended(disk, { kind: 'replace', process, records }), process);
    }
    case 'lie': {
      if (reference.forces.shift() === undefined) return disk;
      return acknowledged(disk);
    }
    case 'refuse': {
      const force = reference.forces.shift();
      if (force === undefined) return disk;
      reference.writes = reference.writes.toSpliced(force - 1, 1);
      reference.forces = reference.forces.map((other) => other - 1);
      return refused(disk);
    }
    case 'complete': {
      const force = reference.forces.shift();
      if (force === undefined) return disk;
      reference.durable = Math.max(reference.durable, force);
      return completed(disk);
    }
    case 'crash': {
      // The tails count different things once a compaction was carried out, so both keep a number of
      // entries from the end of the tail, which they have in common.
      const lost = command.tail % (tailLength(disk) + 1);
      reference.writes = reference.writes.slice(0, reference.writes.length - lost);
      reference.durable = reference.writes.length;
      reference.forces = [];
      return survived(disk, tailLength(disk) - lost);
    }
  }
}

const commands = fc.array(command, { maxLength: 40 });

test('a disk holds the same records as the list of everything that was ever written', () => {
  let compactions = 0;
  fc.assert(
    fc.property(commands, (list) => {
      let disk = emptyDisk;
      const reference: Reference = { writes: [], durable: 0, forces: [] };
      for (const [number, command] of list.entries()) {
        disk = carryOut(disk, reference, command, number);
        if (disk.log.length < reference.writes.length) compactions++;
        for (const name of ['a', 'b']) {
          expect(recordsOf(disk, name)).toEqual(read(reference.writes, name));
          const durable = reference.writes.slice(0, reference.durable);
          expect(recordsOf(disk, name, disk.durable)).toEqual(read(durable, name));
        }
        expect(tailLength(disk)).toBe(reference.writes.length - reference.durable);
        expect(disk.writes).toHaveLength(reference.forces.length);
      }
    }),
    { seed: 11, numRuns: 400 },
  );
  expect(compactions).toBeGreaterThan(100);
});

test('a crash keeps every durable record and a prefix of the tail after it', () => {
  fc.assert(
    fc.property(commands, (list) => {
      let disk = emptyDisk;
      const reference: Reference = { writes: [], durable: 0, forces: [] };
      for (const [number, command] of list.entries())
        disk = carryOut(disk, reference, command, number);
      for (let tail = 0; tail <= tailLength(disk); tail++) {
        const after = survived(disk, tail);
        expect(after.writes).toEqual([]);
        expect(tailLength(after)).toBe(0);
        const kept = reference.writes.slice(0, reference.durable + tail);
        for (const name of ['a', 'b']) expect(recordsOf(after, name)).toEqual(read(kept, name));
      }
    }),
    { seed: 12, numRuns: 300 },
  );
});

test('a compaction is all or nothing: a crash finds the old records or the new ones', () => {
  let disk = emptyDisk;
  for (const record of [1, 2]) disk = appended(disk, { kind: 'record', process: 'a', record });
  disk = completed(forced(disk, 'a'));
  disk = forced(appended(disk, { kind: 'replace', process: 'a', records: [12] }), 'a');
  expect(recordsOf(survived(disk, 0), 'a')).toEqual([1, 2]);
  expect(recordsOf(survived(disk, 1), 'a')).toEqual([12]);
  expect(recordsOf(survived(completed(disk), 0), 'a')).toEqual([12]);
});

test('disks that hold the same after a compaction are the same disk', () => {
  const compacted = (records: readonly number[]): Disk => {
    let disk = emptyDisk;
    for (const record of records) disk = appended(disk, { kind: 'record', process: 'a', record });
    return completed(forced(appended(disk, { kind: 'replace', process: 'a', records: [7] }), 'a'));
  };
  expect(compacted([1, 2, 3])).toEqual(compacted([4]));
});

test('forcing a record makes every earlier one durable, those of other processes too', () => {
  let disk = appended(emptyDisk, { kind: 'record', process: 'a', record: 'lingers' });
  disk = forced(appended(disk, { kind: 'record', process: 'b', record: 'forced' }), 'b');
  expect(recordsOf(survived(disk, 0), 'a')).toEqual([]);
  expect(recordsOf(survived(completed(disk), 0), 'a')).toEqual(['lingers']);
});
