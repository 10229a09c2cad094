/** Schedules: faults as data, checked against a system, and the presets by name. */

import { Digest } from '../model/digest.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Fault, Schedule } from '../model/scenario.ts';
import { createStreams, type Seed } from './random.ts';

/** Checks that the faults name nodes of the system and have legal numbers. Throws UserMistakes. */
export function legalSchedule(instance: Instance, schedule: Schedule): Schedule {
  const pointed = new Set<string>();
  for (const [index, fault] of schedule.entries()) {
    legalFault(instance, fault, `fault ${index + 1}`);
    if (fault.fault !== 'crash' || fault.point === undefined) continue;
    // The second would silently replace the first.
    if (pointed.has(fault.node))
      throw new UserMistake(
        `fault ${index + 1} (crash of ${fault.node}): ${fault.node} has a crash point already, and a run takes one a node; leave one of the two out`,
      );
    pointed.add(fault.node);
  }
  return schedule;
}

function legalFault(instance: Instance, fault: Fault, what: string): void {
  const time = (key: 'atMs' | 'forMs', value: number | undefined): void => {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      throw new UserMistake(
        `${what} (${fault.fault}): ${key} is ${value}; it must be a number of milliseconds, zero or more`,
      );
  };
  time('atMs', fault.atMs);
  time('forMs', fault.forMs);
  switch (fault.fault) {
    case 'crash': {
      instance.node(fault.node);
      if ((fault.atMs === undefined) === (fault.point === undefined))
        throw new UserMistake(
          `${what} (crash of ${fault.node}): give either atMs or point, to say when it crashes`,
        );
      const nth = fault.point?.nth;
      if (nth !== undefined && !(Number.isInteger(nth) && nth >= 1))
        throw new UserMistake(`${what} (crash of ${fault.node}): nth is ${nth}; it counts from 1`);
      return;
    }
    case 'partition': {
      const seen = new Set<string>();
      for (const id of fault.groups.flat()) {
        instance.node(id);
        if (seen.has(id))
          throw new UserMistake(
            `${what} (partition): node ${id} is in two groups; a node is in one`,
          );
        seen.add(id);
      }
      return;
    }
    case 'loss':
    case 'duplication':
      if (!(fault.probability >= 0 && fault.probability <= 1))
        throw new UserMistake(
          `${what} (${fault.fault}): the probability is ${fault.probability}; it must be between 0 and 1`,
        );
      return;
    default: {
      const kind: unknown = (fault as { readonly fault?: unknown }).fault;
      const known = ['crash', 'partition', 'loss', 'duplication'];
      throw new UserMistake(
        `${what}: there is no fault ${JSON.stringify(kind)}${suggestion(String(kind), known)}`,
      );
    }
  }
}

/** A schedule made for a system from a seed, so that each seed meets other faults of one kind. */
export interface Preset {
  readonly description: string;
  readonly make: (instance: Instance, seed: Seed) => Schedule;
}

/** The presets by name. Faults end by 1 s, so that what can recover has the time to. */
export const presets: Readonly<Record<string, Preset>> = {
  none: { description: 'no faults', make: () => [] },
  loss: {
    description: 'a fifth of all messages is lost during the first second',
    make: () => [{ fault: 'loss', probability: 0.2, atMs: 0, forMs: 1000 }],
  },
  duplication: {
    description: 'a third of all messages arrives again during the first second',
    make: () => [{ fault: 'duplication', probability: 0.33, atMs: 0, forMs: 1000 }],
  },
  'loss-and-duplication': {
    description: 'both of the above',
    make: () => [
      { fault: 'loss', probability: 0.2, atMs: 0, forMs: 1000 },
      { fault: 'duplication', probability: 0.33, atMs: 0, forMs: 1000 },
    ],
  },
  crash: {
    description: 'one node, drawn from the seed, crashes in the first 100 ms and comes back',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'crash');
      return [
        { fault: 'crash', node: node(), atMs: ms(100 * draw()), forMs: ms(50 + 500 * draw()) },
      ];
    },
  },
  'crash-for-ever': {
    description: 'one node, drawn from the seed, crashes in the first 100 ms and stays down',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'crash');
      return [{ fault: 'crash', node: node(), atMs: ms(100 * draw()) }];
    },
  },
  partition: {
    description: 'one node, drawn from the seed, is cut off in the first 100 ms and reconnected',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'partition');
      const alone = node();
      return [
        {
          fault: 'partition',
          groups: [[alone]],
          atMs: ms(100 * draw()),
          forMs: ms(50 + 500 * draw()),
        },
      ];
    },
  },
  chaos: {
    description: 'loss, duplication, a crash with restart and a partition, all drawn from the seed',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'chaos');
      const fault = (chance: number, made: () => Fault): Fault[] =>
        draw() < chance ? [made()] : [];
      return [
        ...fault(0.5, () => ({ fault: 'loss', probability: 0.3 * draw(), atMs: 0, forMs: 1000 })),
        ...fault(0.5, () => ({
          fault: 'duplication',
          probability: 0.5 * draw(),
          atMs: 0,
          forMs: 1000,
        })),
        ...fault(0.7, () => ({
          fault: 'crash',
          node: node(),
          atMs: ms(100 * draw()),
          forMs: ms(50 + 700 * draw()),
        })),
        ...fault(0.3, () => ({
          fault: 'crash',
          node: node(),
          atMs: ms(800 * draw()),
          forMs: ms(50 + 700 * draw()),
        })),
        ...fault(0.5, () => ({
          fault: 'partition',
          groups: [[node()]],
          atMs: ms(100 * draw()),
          forMs: ms(50 + 500 * draw()),
        })),
      ];
    },
  },
};

/** The preset's schedule for the system. Throws a {@link UserMistake} for an unknown name. */
export function presetSchedule(instance: Instance, name: string, seed: Seed): Schedule {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined)
    throw new UserMistake(
      `there is no fault preset "${name}" and no such file${suggestion(name, Object.keys(presets))}`,
    );
  return preset.make(instance, seed);
}

function drawing(instance: Instance, seed: Seed, preset: string) {
  const streams = createStreams(seed, new Digest());
  const draw = (): number => streams.draw('preset', preset);
  const node = (): string => instance.nodes[Math.floor(draw() * instance.nodes.length)]?.id ?? '';
  return { draw, node };
}

/** Schedules are read by people: a tenth of a millisecond is fine enough. */
function ms(value: number): number {
  return Math.round(value * 10) / 10;
}
