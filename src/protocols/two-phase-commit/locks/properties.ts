/**
 * What transactions over locked rows promise: agreement on each, serializability and strictness (Bernstein,
 * Hadzilacos and Goodman 1987, chapters 2 and 3), no lock beyond the end, and money that neither comes nor goes.
 */
import type { Address } from '../../../model/effects.ts';
import { alwaysPossible, invariant } from '../../../model/property.ts';
import type { Observer } from '../../../model/system.ts';
import type { ProcessView, View } from '../../../model/view.ts';
import type { Decision } from '../../atomic-commitment/properties.ts';
import type { CoordinatorContext } from './coordinator.ts';
import { conflict, type Mode, type Table } from './locking.ts';

interface Accessed {
  readonly transaction: string;
  readonly mode: Mode;
}

/** What the observer knows; participants by address, rows as `p1 r1`. */
export interface Observed {
  /** Who has worked on each row, in this order. */
  readonly accesses: Readonly<Record<string, readonly Accessed[]>>;
  readonly decided: Readonly<Record<string, Decision | 'both'>>;
  /** Of audits that committed: what they have found in all. */
  readonly sums: Readonly<Record<string, number>>;
  /** The transactions that each participant has heard the end of. */
  readonly ended: Readonly<Record<Address, readonly string[]>>;
  /** Rows that somebody saw or changed while one who had changed them was still open. */
  readonly dirty: readonly string[];
}

export const observer: Observer<Observed> = {
  initial: { accesses: {}, decided: {}, sums: {}, ended: {}, dirty: [] },
  on(observed, { name, process, data }) {
    if (name === 'accessed') return accessed(observed, process, data as Accessed & { row: string });
    if (name === 'restarted') return restarted(observed, process, data as { open: string[] });
    if (name !== 'decided' && name !== 'ended') return observed;
    const { transaction, decision, sum } = data as {
      readonly transaction: string;
      readonly decision: Decision;
      readonly sum?: number;
    };
    const before = observed.decided[transaction];
    const now: Decision | 'both' = before === undefined || before === decision ? decision : 'both';
    const decided = { ...observed.decided, [transaction]: now };
    const sums = sum === undefined ? observed.sums : { ...observed.sums, [transaction]: sum };
    return name === 'decided'
      ? { ...observed, decided, sums }
      : { ...observed, decided, ended: withEnded(observed, process, [transaction]) };
  },
};

function accessed(
  observed: Observed,
  process: Address,
  { transaction, row, mode }: Accessed & { readonly row: string },
): Observed {
  const place = `${process} ${row}`;
  const before = observed.accesses[place] ?? [];
  const ended = observed.ended[process] ?? [];
  const isDirty = before.some(
    (one) =>
      one.mode === 'write' && one.transaction !== transaction && !ended.includes(one.transaction),
  );
  return {
    ...observed,
    accesses: { ...observed.accesses, [place]: [...before, { transaction, mode }] },
    dirty: isDirty && !observed.dirty.includes(place) ? [...observed.dirty, place] : observed.dirty,
  };
}

/** A crash has ended what it made the participant forget, and opened again what it found in doubt. */
function restarted(
  observed: Observed,
  process: Address,
  { open }: { readonly open: readonly string[] },
): Observed {
  const here = Object.entries(observed.accesses).flatMap(([place, list]) =>
    place.startsWith(`${process} `) ? list.map(({ transaction }) => transaction) : [],
  );
  const ended = [...new Set(here)].filter((transaction) => !open.includes(transaction)).sort();
  return { ...observed, ended: { ...observed.ended, [process]: ended } };
}

function withEnded({ ended }: Observed, process: Address, transactions: readonly string[]) {
  const all = new Set([...(ended[process] ?? []), ...transactions]);
  return { ...ended, [process]: [...all].sort() };
}

type LocksView = Pick<
  View<Record<never, never>, Observed>,
  'all' | 'observed' | 'isUp' | 'isConnected'
>;

/** Whether messages pass between two nodes both ways. */
const reaches = (view: LocksView, a: Address, b: Address): boolean =>
  view.isConnected(a, b) && view.isConnected(b, a);

const tables = ({ all }: LocksView): readonly { address: Address; table: Table }[] =>
  all.flatMap((process) =>
    process.up && /^p\d+$/.test(process.address)
      ? [{ address: process.address, table: process.context as Table }]
      : [],
  );

const coordinators = ({ all }: LocksView): readonly ProcessView[] =>
  all.filter(({ address }) => /^c\d+$/.test(address));

const someCommitted = ({ observed }: LocksView): boolean =>
  Object.values(observed.decided).includes('commit');

export const agreement = invariant<LocksView>(
  'AC1 agreement',
  ({ observed }) => !Object.values(observed.decided).includes('both'),
  { description: 'No two processes end a transaction differently.', premise: someCommitted },
);

export const serializability = invariant<LocksView>(
  'serializability',
  ({ observed }) => !hasUnexplained(observed),
  {
    description: 'The committed transactions can be put in an order that explains every conflict.',
    premise: someCommitted,
  },
);

export const strictness = invariant<LocksView>(
  'strictness',
  ({ observed }) => observed.dirty.length === 0,
  {
    description: 'No row is read or changed while a transaction that has changed it is open there.',
    premise: ({ observed }) => Object.values(observed.accesses).some((list) => list.length > 1),
  },
);

export const exclusion = invariant<LocksView>(
  'locks exclude',
  (view) =>
    tables(view).every(({ table }) => {
      const held = Object.values(table.open).map(({ locks }) => locks);
      return held.every((one, place) =>
        held.slice(place + 1).every((other) =>
          Object.entries(one).every(([row, mode]) => {
            const against = other[row];
            return against === undefined || !conflict(mode, against);
          }),
        ),
      );
    }),
  { description: 'No two transactions hold conflicting locks on a row.' },
);

export const locksEnd = invariant<LocksView>(
  'locks end with their transaction',
  (view) =>
    tables(view).every(({ address, table }) =>
      Object.keys(table.open).every(
        (transaction) => !(view.observed.ended[address] ?? []).includes(transaction),
      ),
    ),
  { description: 'No participant holds a lock for a transaction that has ended there.' },
);

/** Nothing is under way anywhere. */
const isQuiet = (view: LocksView): boolean =>
  view.all.every(({ up }) => up) &&
  coordinators(view).every((process) => process.in('idle')) &&
  tables(view).every(
    ({ table }) => Object.keys(table.open).length === 0 && table.queue.length === 0,
  );

export const money = invariant<LocksView>(
  'money',
  (view) => {
    if (Object.values(view.observed.sums).some((sum) => sum !== 0)) return false;
    if (!isQuiet(view)) return true;
    const values = tables(view).flatMap(({ table }) => Object.values(table.rows));
    return values.reduce((sum, value) => sum + value, 0) === 0;
  },
  {
    description: 'What transfers take they also give, whenever all is over and whoever looks.',
    premise: someCommitted,
  },
);

export const termination = alwaysPossible<LocksView>('AC5 termination', isQuiet, {
  description:
    'Whatever has happened, when failures are repaired all transactions end and all locks are free.',
});

/** No coordinator waits for anybody it reaches, and nobody is in doubt or waits for a lock. */
export function settled(view: LocksView): boolean {
  return (
    coordinators(view).every((process) => !isAtWork(view, process)) &&
    tables(view).every(
      ({ table }) => Object.keys(table.open).length === 0 && table.queue.length === 0,
    )
  );
}

function isAtWork(view: LocksView, process: ProcessView): boolean {
  if (!process.up || process.in('idle')) return false;
  const { awaiting } = process.context as CoordinatorContext;
  return !process.in('committing') || awaiting.some((one) => reaches(view, process.address, one));
}

/** Why locks may rightly stay: those in doubt reach no coordinator, and only they hold any. */
export function blocked(view: LocksView): string | undefined {
  if (coordinators(view).some((process) => isAtWork(view, process))) return undefined;
  const held: string[] = [];
  for (const { address, table } of tables(view))
    for (const [transaction, { coordinator, prepared }] of Object.entries(table.open)) {
      if (!prepared || reaches(view, address, coordinator)) return undefined;
      const rows = Object.keys(table.open[transaction]?.locks ?? {}).join(', ');
      const why = view.isUp(coordinator) ? 'cut off' : 'down';
      held.push(
        `${address} holds ${rows} for ${transaction} in doubt and ${coordinator} is ${why}`,
      );
    }
  return held.length === 0 ? undefined : held.join('; ');
}

/** Which committed transaction must come before which: conflicts, in the order in which they happened. */
function precedence({ accesses, decided }: Observed): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, Set<string>>();
  for (const list of Object.values(accesses)) {
    const committed = list.filter(({ transaction }) => decided[transaction] === 'commit');
    committed.forEach((first, place) => {
      for (const second of committed.slice(place + 1)) {
        if (first.transaction === second.transaction || !conflict(first.mode, second.mode))
          continue;
        const later = before.get(first.transaction) ?? new Set();
        before.set(first.transaction, later.add(second.transaction));
      }
    });
  }
  return before;
}

const unexplained = new WeakMap<Observed, boolean>();

/** Most steps add nothing to what is observed, and to look again would find the same. */
function hasUnexplained(observed: Observed): boolean {
  let found = unexplained.get(observed);
  if (found === undefined) {
    found = hasCycle(precedence(observed));
    unexplained.set(observed, found);
  }
  return found;
}

function hasCycle(before: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const done = new Set<string>();
  const visit = (one: string, path: readonly string[]): boolean => {
    if (path.includes(one)) return true;
    if (done.has(one)) return false;
    done.add(one);
    return [...(before.get(one) ?? [])].some((next) => visit(next, [...path, one]));
  };
  return [...before.keys()].some((one) => visit(one, []));
}
