/**
 * What run files and fault files may hold: validated data, never code. The message of a schema says
 * what is legal, as the end of the sentence "... is 5; it must be".
 */
import * as v from 'valibot';
import type { Decision, RunFooter, RunHeader } from '../index.ts';
import { scheduleList } from './fault-schemas.ts';
import { loopList, operationList, typed } from './workload-schemas.ts';

const name = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));
const text = v.string('a text');
const anyNumber = v.number('a number');
const duration = 'a number of milliseconds, zero or more';
const milliseconds = v.pipe(v.number(duration), v.finite(duration), v.minValue(0, duration));
const counting = 'a whole number, zero or more';
const count = v.pipe(v.number(counting), v.safeInteger(counting), v.minValue(0, counting));
const ordinalLegal = 'a whole number, 1 or more';
const ordinal = v.pipe(
  v.number(ordinalLegal),
  v.safeInteger(ordinalLegal),
  v.minValue(1, ordinalLegal),
);

const acting = { crashAfter: v.exactOptional(count), now: v.exactOptional(anyNumber) };
const links = v.array(v.tuple([name, name]), 'a list of pairs of nodes');
const message = { from: name, to: name, message: typed };

const decision = v.variant('type', [
  v.strictObject({
    type: v.literal('deliver'),
    ...message,
    duplicate: v.exactOptional(v.literal(true)),
    ...acting,
  }),
  v.strictObject({
    type: v.literal('drop'),
    ...message,
    cause: v.exactOptional(v.picklist(['loss', 'cut', 'down', 'overflow'])),
    position: v.exactOptional(count),
  }),
  v.strictObject({
    type: v.literal('fire'),
    process: name,
    timer: text,
    waitedMs: v.exactOptional(milliseconds),
    ...acting,
  }),
  v.strictObject({ type: v.literal('choose'), process: name, event: typed, ...acting }),
  v.strictObject({ type: v.literal('invoke'), process: name, operation: typed, ...acting }),
  v.strictObject({ type: v.literal('durable'), node: name, ...acting }),
  v.strictObject({ type: v.literal('loseForce'), node: name, ...acting }),
  v.strictObject({ type: v.literal('failWrite'), node: name, ...acting }),
  v.strictObject({ type: v.literal('crash'), node: name }),
  v.strictObject({ type: v.literal('restart'), node: name, tail: count, ...acting }),
  v.strictObject({ type: v.literal('loseDisk'), node: name }),
  v.strictObject({ type: v.literal('cut'), links }),
  v.strictObject({ type: v.literal('mend'), links: v.exactOptional(links) }),
]) satisfies v.GenericSchema<unknown, Decision>;

const parameter = v.union([v.string(), v.number(), v.boolean()], 'a text, a number or a boolean');
const seed = v.union(
  [v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.nonEmpty())],
  'a whole number or a text',
);
const digest = v.pipe(
  v.string('sixteen hexadecimal digits'),
  v.regex(/^[0-9a-f]{16}$/, 'sixteen hexadecimal digits'),
);

/** The first line of a run file. */
export const headerLine = v.strictObject({
  counterpoint: v.literal('run'),
  version: v.literal(1),
  origin: v.picklist(['run', 'check', 'explorer', 'fuzz']),
  system: name,
  parameters: v.record(v.string(), parameter),
  seed: v.exactOptional(seed),
  scenario: v.exactOptional(text),
  faults: v.exactOptional(scheduleList),
  operations: v.exactOptional(operationList),
  workload: v.exactOptional(loopList),
  property: v.exactOptional(text),
  start: v.exactOptional(count),
  copies: v.exactOptional(ordinal),
  loopsFrom: v.exactOptional(count),
  module: v.exactOptional(text),
}) satisfies v.GenericSchema<unknown, RunHeader>;

/** Every line between the first and the last. */
export const decisionLine = v.strictObject({ atUs: v.exactOptional(count), decision });

/** The last line. */
export const footerLine = v.strictObject({
  state: digest,
  suspended: v.exactOptional(v.literal(true)),
  digest: v.exactOptional(digest),
}) satisfies v.GenericSchema<unknown, RunFooter>;
