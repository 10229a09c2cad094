/**
 * What a fault file may hold, by the catalogue of faults. The message of a schema says what is legal, as
 * the end of the sentence "... is 5; it must be". What only a system can tell (which nodes there are) is
 * checked when it runs.
 */
import * as v from 'valibot';
import { catalogue, type Fault, faultKinds } from '../index.ts';

const aText = 'a text that is not empty';
const node = v.pipe(v.string('a text'), v.nonEmpty(aText));
const nodes = v.array(node, 'a list of nodes');
const duration = 'a number of milliseconds, zero or more';
const milliseconds = v.pipe(v.number(duration), v.finite(duration), v.minValue(0, duration));
const shift = v.pipe(v.number('a number of milliseconds'), v.finite('a number of milliseconds'));
const above = 'a number above zero';
const factor = v.pipe(v.number(above), v.finite(above), v.gtValue(0, above));
const chance = 'a number from 0 to 1';
const ordinalLegal = 'a whole number, 1 or more';
const ordinal = v.pipe(
  v.number(ordinalLegal),
  v.safeInteger(ordinalLegal),
  v.minValue(1, ordinalLegal),
);

/** A distribution as data: what `uniform(5, 15)` makes. */
export const law = v.variant('kind', [
  v.strictObject({ kind: v.literal('constant'), ms: milliseconds }),
  v.strictObject({ kind: v.literal('uniform'), minMs: milliseconds, maxMs: milliseconds }),
  v.strictObject({ kind: v.literal('exponential'), meanMs: milliseconds, minMs: milliseconds }),
  v.strictObject({
    kind: v.literal('logNormal'),
    medianMs: milliseconds,
    sigma: milliseconds,
    offsetMs: milliseconds,
  }),
  v.strictObject({ kind: v.literal('pareto'), minMs: milliseconds, shape: factor }),
  v.strictObject({ kind: v.literal('empirical'), samplesMs: v.array(milliseconds, 'a list') }),
]);

type Field = (typeof catalogue)['crash']['fields']['node'];

function schemaOf({ kind, words = [] }: Field): v.GenericSchema {
  switch (kind) {
    case 'node':
      return node;
    case 'nodes':
      return nodes;
    case 'groups':
      return v.array(nodes, 'a list of groups of nodes');
    case 'links':
      return v.array(v.tuple([node, node], 'a pair of nodes'), 'a list of pairs of nodes');
    case 'duration':
      return milliseconds;
    case 'shift':
      return shift;
    case 'factor':
      return factor;
    case 'probability':
      return v.pipe(v.number(chance), v.minValue(0, chance), v.maxValue(1, chance));
    case 'boolean':
      return v.boolean('true or false');
    case 'word':
      return v.picklist(words);
    case 'law':
      return law;
    case 'point':
      return v.strictObject({
        moment: v.picklist(['before', 'after']),
        nth: ordinal,
        message: v.exactOptional(node),
        any: v.exactOptional(v.picklist(['send', 'receive', 'write', 'decision'])),
      });
    case 'repeat':
      return v.strictObject({ everyMs: factor, times: ordinal });
  }
}

type FaultSchema = v.StrictObjectSchema<
  { readonly fault: v.LiteralSchema<Fault['fault'], undefined> } & v.ObjectEntries,
  undefined
>;

function faultSchema(kind: Fault['fault']): FaultSchema {
  const fields = Object.entries(catalogue[kind].fields).map(([key, field]) => {
    const schema = schemaOf(field);
    return [key, field.required === true ? schema : v.exactOptional(schema)] as const;
  });
  return v.strictObject({ fault: v.literal(kind), ...Object.fromEntries(fields) });
}

// The compiler cannot follow fields that are computed; the catalogue's own type holds them complete.
const fault = v.variant('fault', faultKinds.map(faultSchema)) as unknown as v.GenericSchema<
  unknown,
  Fault
>;

/** A fault file: the list of faults, or an object that carries a version beside it. */
export const scheduleList = v.array(fault, 'a list of faults');
export const scheduleObject = v.strictObject({ version: v.literal(1), faults: scheduleList });
