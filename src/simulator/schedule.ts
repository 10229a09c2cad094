/** Schedules checked against a system: known fields, legal values, nodes that there are. */

import { type Distribution, validDistribution } from '../model/distribution.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { CrashPoint, Fault, LinkChoice, Schedule, Span } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import { catalogue, type Field, faultKinds } from './catalogue.ts';

/** Checks that the faults name nodes of the system and have legal values. Throws UserMistakes. */
export function legalSchedule(instance: Instance, schedule: Schedule): Schedule {
  for (const [index, fault] of schedule.entries())
    legalFault(instance, fault, `fault ${index + 1}`);
  return schedule;
}

function legalFault(instance: Instance, fault: Fault, what: string): void {
  const kind: unknown = (fault as { readonly fault?: unknown } | null)?.fault;
  if (typeof kind !== 'string' || !Object.hasOwn(catalogue, kind))
    throw new UserMistake(
      `${what}: there is no fault ${JSON.stringify(kind)}${suggestion(String(kind), faultKinds)}`,
    );
  const { node } = fault as { readonly node?: unknown };
  const named = typeof node === 'string' ? `${what} (${kind} of ${node})` : `${what} (${kind})`;
  const fields: Readonly<Record<string, Field>> = catalogue[fault.fault].fields;
  for (const [key, value] of Object.entries(fault)) {
    if (key === 'fault' || value === undefined) continue;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined)
      throw new UserMistake(
        `${named}: there is no field "${key}"${suggestion(key, Object.keys(fields))}`,
      );
    legalValue(instance, field, key, value, named);
  }
  for (const [key, { required }] of Object.entries(fields))
    if (required === true && (fault as unknown as Record<string, unknown>)[key] === undefined)
      throw new UserMistake(`${named}: ${key} is missing`);
  const refuse = (problem: string): never => {
    throw new UserMistake(`${named}: ${problem}`);
  };
  if (fault.fault === 'crash' && (fault.atMs === undefined) === (fault.point === undefined))
    refuse('give either atMs or point, to say when it crashes');
  if (fault.fault === 'partition' || fault.fault === 'hold') legalChoice(instance, fault, refuse);
  if (fault.fault === 'slow' && fault.factor === undefined && fault.handlingMs === undefined)
    refuse('give factor or handlingMs, to say how it is slow');
  if (fault.fault === 'clock-strobe' && fault.periodMs === 0)
    refuse('periodMs is 0; it must be above 0');
  if ('repeat' in fault && fault.repeat !== undefined) legalRepeat(fault, refuse);
}

type Refuse = (problem: string) => never;

function legalValue(
  instance: Instance,
  { kind, words = [] }: Field,
  key: string,
  value: unknown,
  what: string,
): void {
  const refuse = (legal: string): never => {
    throw new UserMistake(`${what}: ${key} is ${JSON.stringify(value)}; it must be ${legal}`);
  };
  const list = (one: unknown, legal: string): readonly unknown[] =>
    Array.isArray(one) ? one : refuse(legal);
  const nodes = (some: unknown): void => {
    for (const id of list(some, 'a list of nodes')) instance.node(id as string);
  };
  switch (kind) {
    case 'node':
      if (typeof value !== 'string') refuse('the name of a node');
      instance.node(value as string);
      return;
    case 'nodes':
      return nodes(value);
    case 'groups':
      for (const group of list(value, 'a list of groups of nodes')) nodes(group);
      return;
    case 'links':
      for (const pair of list(value, 'a list of pairs of nodes')) {
        if (list(pair, 'a list of pairs of nodes').length !== 2) refuse('a list of pairs of nodes');
        nodes(pair);
      }
      return;
    case 'duration':
      if (!isNumber(value) || value < 0) refuse('a number of milliseconds, zero or more');
      return;
    case 'shift':
      if (!isNumber(value)) refuse('a number of milliseconds');
      return;
    case 'factor':
      if (!isNumber(value) || value <= 0) refuse('a number above zero');
      return;
    case 'probability':
      if (!isNumber(value) || value < 0 || value > 1)
        throw new UserMistake(
          `${what}: the probability is ${JSON.stringify(value)}; it must be between 0 and 1`,
        );
      return;
    case 'boolean':
      if (typeof value !== 'boolean') refuse('true or false');
      return;
    case 'word':
      if (!words.includes(value as string)) refuse(`one of ${words.join(', ')}`);
      return;
    case 'law':
      validDistribution(value as Distribution, `${what}: ${key}`);
      return;
    case 'point':
      return legalPoint(value as CrashPoint, what);
    case 'repeat': {
      const { everyMs, times } = value as NonNullable<Span['repeat']>;
      if (!isNumber(everyMs) || everyMs <= 0)
        throw new UserMistake(
          `${what}: everyMs is ${JSON.stringify(everyMs)}; it must be a number of milliseconds above zero`,
        );
      if (!Number.isInteger(times) || times < 1)
        throw new UserMistake(
          `${what}: times is ${JSON.stringify(times)}; it must be a whole number, 1 or more`,
        );
    }
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function legalPoint({ moment, nth, message, any }: CrashPoint, what: string): void {
  if (moment !== 'before' && moment !== 'after')
    throw new UserMistake(
      `${what}: the moment is ${JSON.stringify(moment)}; it must be before or after`,
    );
  if (!(Number.isInteger(nth) && nth >= 1))
    throw new UserMistake(`${what}: nth is ${nth}; it counts from 1`);
  const known = ['send', 'receive', 'write', 'decision'];
  if ((message === undefined) === (any === undefined))
    throw new UserMistake(`${what}: give the point either a message or any (${known.join(', ')})`);
  if (any !== undefined && !known.includes(any))
    throw new UserMistake(`${what}: any is ${JSON.stringify(any)}${suggestion(any, known)}`);
}

function legalChoice(
  instance: Instance,
  { groups, links, shape, direction, nodes }: LinkChoice,
  refuse: Refuse,
): void {
  const given = [groups, links, shape].filter((one) => one !== undefined).length;
  if (given !== 1) refuse('give one of groups, links and shape, to say which links');
  if (direction !== undefined && groups === undefined) refuse('direction goes with groups');
  if (nodes !== undefined && shape === undefined) refuse('nodes goes with a shape');
  const isPrimaries = shape === 'primaries';
  if (isPrimaries && nodes !== undefined) refuse('primaries are found in the run; leave nodes out');
  if (isPrimaries && instance.system.primaries === undefined)
    refuse(`"${instance.system.name}" does not declare its primaries`);
  for (const [what, list] of [
    ['groups', groups?.flat()],
    ['nodes', nodes],
  ] as const) {
    const twice = list?.find((id, index) => list.indexOf(id) !== index);
    if (twice === undefined) continue;
    refuse(
      what === 'groups'
        ? `node ${twice} is in two groups; a node is in one`
        : `nodes names ${twice} twice`,
    );
  }
}

function legalRepeat({ forMs, repeat }: Span, refuse: Refuse): void {
  const everyMs = repeat?.everyMs ?? 0;
  if (forMs === undefined) refuse('a fault that repeats must end; give forMs');
  else if (forMs >= everyMs)
    refuse(
      `it lasts ${forMs} ms and repeats every ${everyMs} ms; it must end before it comes again`,
    );
}
