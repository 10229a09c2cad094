/** Faults of every kind as generated data, made of what the catalogue says of their fields. */
import fc from 'fast-check';
import type { NodeId } from '../model/effects.ts';
import type { Fault } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import { catalogue, type Draws, type Field } from '../simulator/catalogue.ts';

/** When faults begin and how long they last, and whether disks may be lost. */
export interface Bounds {
  readonly beginsBeforeMs: number;
  readonly lastsAtMostMs: number;
  readonly everyFaultEnds: boolean;
  readonly diskLosses: boolean;
}

type Kind = Fault['fault'];
type Data = Readonly<Record<string, unknown>>;

/** What only delays is over some time: for ever it would be something else. */
const delaying: readonly Kind[] = ['hold', 'delay', 'pause', 'slow', 'slow-disk'];

const plain = { noNullPrototype: true } as const;

/**
 * A fault of that kind at a time, legal for the system. Fields that may be left out are left out mostly.
 * Shrinks to few fields, mild values, and early and short times.
 */
export function faultOf(kind: Kind, instance: Instance, bounds: Bounds): fc.Arbitrary<Fault> {
  const fields: Readonly<Record<string, Field>> = catalogue[kind].fields;
  const own: Record<string, fc.Arbitrary<unknown>> = { fault: fc.constant(kind) };
  for (const [key, field] of Object.entries(fields)) {
    if (linkFields.includes(key) && 'shape' in fields) continue;
    if (key === 'loseDisk' && !bounds.diskLosses) continue;
    const value = fieldOf(field, instance);
    if (value === undefined) continue;
    // A slow node is slow in one way at least.
    const isGiven = field.required === true || key === 'factor';
    own[key] = isGiven ? value : seldom(value, key === 'loseDisk' ? 1 : 5);
  }
  const chosen = 'shape' in fields ? linksOf(instance) : fc.constant({});
  return fc
    .tuple(fc.record(own, plain), chosen, timesOf(kind, fields, bounds))
    .map(([data, links, times]) => {
      // Few systems know a reason to wait for ever where some links work and others do not.
      const isPartial = 'direction' in links || 'shape' in links;
      const end = isPartial && 'forMs' in fields ? { forMs: bounds.lastsAtMostMs } : {};
      return given({ ...data, ...links, ...end, ...times }) as unknown as Fault;
    });
}

/** Fields that say together which links a fault concerns. */
const linkFields: readonly string[] = ['groups', 'direction', 'links', 'shape', 'nodes'];

/** Undefined for what is no value of its own: times, and points. */
function fieldOf(field: Field, instance: Instance): fc.Arbitrary<unknown> | undefined {
  const { kind, words = [], draws } = field;
  const ids = instance.nodes.map(({ id }) => id);
  switch (kind) {
    case 'node':
      return fc.constantFrom(...ids);
    case 'nodes':
      return fc.subarray(ids, { minLength: 1 });
    case 'links':
      return ids.length > 1 ? fc.subarray(pairs(ids), { minLength: 1 }) : undefined;
    case 'boolean':
      return fc.constant(true);
    case 'word':
      return fc.constantFrom(...words);
    case 'law':
      return draws && number(draws).map((maxMs) => ({ kind: 'uniform', minMs: 0, maxMs }));
    default:
      return draws && number(draws);
  }
}

function number({ mildest, step, steps: [min, max] }: Draws): fc.Arbitrary<number> {
  return fc.integer({ min, max }).map((steps) => Math.round((mildest + steps * step) * 100) / 100);
}

function pairs(ids: readonly NodeId[]): (readonly [NodeId, NodeId])[] {
  return ids.flatMap((from) =>
    ids.flatMap((to): (readonly [NodeId, NodeId])[] => (from === to ? [] : [[from, to]])),
  );
}

/** Some nodes against the rest, both ways; seldom one way, or another shape. */
function linksOf({ nodes, system }: Instance): fc.Arbitrary<Data> {
  const ids = nodes.map(({ id }) => id);
  const side = fc.subarray(ids, { minLength: 1, maxLength: ids.length - 1 });
  const shapes = catalogue.partition.fields.shape.words?.filter(
    (shape) => shape !== 'primaries' || system.primaries !== undefined,
  );
  return fc.oneof(
    { withCrossShrink: true },
    { arbitrary: side.map((one) => ({ groups: [one] })), weight: 6 },
    fc.record({ groups: side.map((one) => [one]), direction: fc.constantFrom('out', 'in') }, plain),
    fc.record({ shape: fc.constantFrom(...(shapes ?? [])) }, plain),
  );
}

/** The beginning and, unless it is for ever, the duration; seldom it comes again. */
function timesOf(
  kind: Kind,
  fields: Readonly<Record<string, Field>>,
  { beginsBeforeMs, lastsAtMostMs, everyFaultEnds }: Bounds,
): fc.Arbitrary<Data> {
  const atMs = fc.integer({ min: 0, max: beginsBeforeMs - 1 });
  if (!('forMs' in fields)) return fc.record({ atMs }, plain);
  const forMs = fc.integer({ min: 1, max: lastsAtMostMs });
  const again = fc.record(
    { gapMs: fc.integer({ min: 1, max: lastsAtMostMs }), times: comings },
    plain,
  );
  const ending = fc
    .record({ atMs, forMs, again: 'repeat' in fields ? seldom(again) : never }, plain)
    .map(({ again: more, ...span }) => {
      if (more === undefined) return span;
      return { ...span, repeat: { everyMs: span.forMs + more.gapMs, times: more.times } };
    });
  const mustEnd = everyFaultEnds || delaying.includes(kind) || fields.forMs?.required === true;
  if (mustEnd) return ending;
  // A fault that ends is the lesser one, so shrinking tries it in place of one that does not.
  const forEver = fc.record({ atMs }, plain);
  return fc.oneof({ withCrossShrink: true }, { arbitrary: ending, weight: 2 }, forEver);
}

const comings = fc.integer({ min: 2, max: 5 });
const never = fc.constant(undefined);

/** Mostly nothing: so many times as often as something. */
function seldom<T>(value: fc.Arbitrary<T>, times = 5): fc.Arbitrary<T | undefined> {
  return fc.oneof({ withCrossShrink: true }, { arbitrary: never, weight: times }, value);
}

function given(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
