/**
 * Orbits by brute force: every state as plain data, under every permutation of the names, by its least text.
 * It knows which lists of the random systems are sets, and nothing of the checker.
 */
import type { Instance, State } from '../../src/index.ts';
import { canonical } from '../../src/model/plain-data.ts';

/** Lists that are sets, by the key under which they stand. */
const sets: readonly string[] = ['peers', 'seen', 'to'];

export function permutationsOf<T>(things: readonly T[]): readonly (readonly T[])[] {
  if (things.length < 2) return [things];
  return things.flatMap((first, index) =>
    permutationsOf(things.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}

/** The number of orbits, of versions in all of them, and of levels in which orbits are first reached. */
export function naiveOrbits(
  instance: Instance,
  states: readonly { readonly state: State; readonly depth: number }[],
  names: readonly string[],
): { readonly orbits: number; readonly versions: number; readonly depth: number } {
  const permutations = permutationsOf(names).map(
    (images) => new Map(names.map((name, index) => [name, images[index] as string])),
  );
  const orbits = new Map<string, number>();
  const versions = new Set<string>();
  for (const { state, depth } of states) {
    const texts = permutations.map((to) => textOf(instance, state, to));
    for (const text of texts) versions.add(text);
    const least = texts.reduce((one, other) => (other < one ? other : one));
    orbits.set(least, Math.min(depth, orbits.get(least) ?? depth));
  }
  const depth = Math.max(...orbits.values()) + 1;
  return { orbits: orbits.size, versions: versions.size, depth };
}

function textOf(instance: Instance, state: State, to: ReadonlyMap<string, string>): string {
  const ids = instance.nodes.map(({ id }) => id);
  const isQueue = ['fifo', 'mailbox'].includes(instance.network.order);
  const name = (index: number): string => ids[index] as string;
  const plain = {
    nodes: Object.fromEntries(
      state.nodes.map(({ up, running, operations, disk, agenda }, index) => [
        name(index),
        {
          up,
          running: running.map(({ address, state: { snapshot, timers } }) => ({
            address,
            value: snapshot.value,
            context: snapshot.context,
            timers: timers.map(({ id }) => id),
          })),
          ...{ operations, disk, agenda },
        },
      ]),
    ),
    flight: state.flight.flatMap((row, lane) =>
      row.flatMap((link, target) =>
        link.length === 0
          ? []
          : [
              {
                lane: name(lane),
                target: name(target),
                link: link.map((envelope) => [envelope.from, envelope.to, envelope.message]),
              },
            ],
      ),
    ),
    cuts: state.cuts.map((cut) => [name(Math.floor(cut / ids.length)), name(cut % ids.length)]),
    delivered:
      state.delivered === undefined
        ? null
        : [state.delivered.from, state.delivered.to, state.delivered.message],
    faults: state.faults,
    observed: state.observed,
  };
  const renamed = rename(plain, to) as typeof plain;
  const byText = <T>(things: readonly T[]): readonly T[] =>
    things.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  return canonical({
    ...renamed,
    cuts: byText(renamed.cuts),
    flight: byText(
      renamed.flight.map((one) => (isQueue ? one : { ...one, link: byText(one.link) })),
    ),
  });
}

function rename(value: unknown, to: ReadonlyMap<string, string>, key = ''): unknown {
  if (typeof value === 'string') return to.get(value) ?? value;
  if (Array.isArray(value)) {
    const renamed = value.map((element) => rename(element, to));
    return sets.includes(key) ? renamed.sort() : renamed;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [to.get(name) ?? name, rename(inner, to, name)]),
  );
}
