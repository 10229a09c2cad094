/**
 * What a workload file may hold: a list of operations, or of loops that generate them. The message of a
 * schema says what is legal, as the end of the sentence "... is 5; it must be". What only a system can tell
 * (which clients there are, what they can be asked) is checked when it runs.
 */
import * as v from 'valibot';
import type { Loop, PlannedOperation } from '../index.ts';
import { law } from './fault-schemas.ts';

const name = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));
const duration = 'a number of milliseconds, zero or more';
const milliseconds = v.pipe(v.number(duration), v.finite(duration), v.minValue(0, duration));
const above = 'a number above zero';
const positive = v.pipe(v.number(above), v.finite(above), v.gtValue(0, above));
const least = 'a number, zero or more';
const weight = v.pipe(v.number(least), v.finite(least), v.minValue(0, least));
const share = 'a number from 0 to 1';
const ordinalLegal = 'a whole number, 1 or more';
const ordinal = v.pipe(
  v.number(ordinalLegal),
  v.safeInteger(ordinalLegal),
  v.minValue(1, ordinalLegal),
);

/** A message, an event, an operation: an object with a type, beside it whatever the machine knows. */
export const typed = v.looseObject({ type: name });

/** A planned operation of a workload. */
export const planned = v.strictObject({
  process: name,
  operation: typed,
  afterMs: v.exactOptional(milliseconds),
  atMs: v.exactOptional(milliseconds),
}) satisfies v.GenericSchema<unknown, PlannedOperation>;

const keys = { keys: ordinal, prefix: v.exactOptional(v.string('a text')) };

const field = v.variant('kind', [
  v.strictObject({ kind: v.literal('uniform'), ...keys }),
  v.strictObject({ kind: v.literal('zipf'), ...keys, exponent: v.exactOptional(weight) }),
  v.strictObject({
    kind: v.literal('values'),
    values: v.array(v.unknown(), 'a list of values'),
    weights: v.exactOptional(v.array(weight, 'a list of numbers')),
  }),
  v.strictObject({ kind: v.literal('serial') }),
]);
const fields = v.record(v.string(), field);

const arrivals = v.variant('kind', [
  v.strictObject({ kind: v.literal('poisson'), perSecond: positive }),
  v.strictObject({ kind: v.literal('constant'), everyMs: positive }),
  v.strictObject({ kind: v.literal('renewal'), gap: law }),
  v.strictObject({
    kind: v.literal('bursts'),
    perSecond: positive,
    on: law,
    off: law,
    offPerSecond: v.exactOptional(weight),
  }),
  v.strictObject({
    kind: v.literal('diurnal'),
    perSecond: positive,
    amplitude: v.exactOptional(v.pipe(v.number(share), v.minValue(0, share), v.maxValue(1, share))),
    periodMs: v.exactOptional(positive),
    peakAtMs: v.exactOptional(milliseconds),
  }),
]);

const common = {
  name: v.exactOptional(name),
  processes: v.exactOptional(v.array(name, 'a list of processes')),
  mix: v.exactOptional(
    v.array(
      v.strictObject({
        operation: typed,
        weight: v.exactOptional(weight),
        fields: v.exactOptional(fields),
      }),
      'a list of operations with weights',
    ),
  ),
  fields: v.exactOptional(fields),
  operations: v.exactOptional(ordinal),
  fromMs: v.exactOptional(milliseconds),
  untilMs: v.exactOptional(milliseconds),
  retries: v.exactOptional(
    v.strictObject({
      attempts: ordinal,
      timeoutMs: v.exactOptional(positive),
      pause: v.exactOptional(law),
    }),
  ),
};

const loop = v.variant('loop', [
  v.strictObject({
    loop: v.literal('closed'),
    ...common,
    users: v.exactOptional(ordinal),
    think: v.exactOptional(law),
  }),
  v.strictObject({ loop: v.literal('open'), ...common, arrivals }),
]) satisfies v.GenericSchema<unknown, Loop>;

export const operationList = v.array(planned, 'a list of operations');
export const loopList = v.array(loop, 'a list of loops');
export const operationObject = v.strictObject({ version: v.literal(1), operations: operationList });
export const workloadObject = v.strictObject({ version: v.literal(1), workload: loopList });
