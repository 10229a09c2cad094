/** Presets: schedules by name, made for a system from a seed, so that each seed meets other faults of one kind. */
import { Digest } from '../model/digest.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Fault, PartitionShape, Schedule, Span } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import { shuffled } from './partitions.ts';
import { createStreams, type Seed } from './random.ts';
import { type Profile, profileOf } from './swarm.ts';

/** A schedule made for a system from a seed. */
export interface Preset {
  readonly description: string;
  /** More than most protocols promise to survive: a violation under it need be no bug. */
  readonly isBeyond?: true;
  readonly make: (instance: Instance, seed: Seed) => Schedule;
  /** The weather that belongs to it, where it has one of its own. */
  readonly weather?: (instance: Instance, seed: Seed) => PresetWeather;
}

/** What a preset decides of a run beside its faults. */
export type PresetWeather = Partial<Omit<Profile, 'faults'>>;

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
  'one-way': {
    description: 'one node is not heard any more, and hears the others, in the first 100 ms',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'one-way');
      return [{ fault: 'partition', groups: [[node()]], direction: 'out', ...soon() }];
    },
  },
  halves: shapePreset('halves', 'two halves, drawn from the seed, are cut off from each other'),
  bridge: shapePreset(
    'bridge',
    'two halves are cut off from each other, and one node talks to both',
  ),
  'majorities-ring': shapePreset(
    'majorities-ring',
    'each node hears from a majority, and no two from the same one',
  ),
  primaries: shapePreset('primaries', 'the coordinators or leaders of the moment are cut off'),
  flapping: {
    description: 'one node is cut off and reconnected again and again during the first second',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'flapping');
      const everyMs = ms(40 + 100 * draw());
      const times = Math.floor(1000 / everyMs);
      const forMs = ms(everyMs * (0.1 + 0.5 * draw()));
      return [
        { fault: 'partition', groups: [[node()]], atMs: 0, forMs, repeat: { everyMs, times } },
      ];
    },
  },
  hold: {
    description: 'the messages of one node are held back in the first 100 ms, and delivered late',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'hold');
      return [{ fault: 'hold', groups: [[node()]], ...soon() }];
    },
  },
  'swizzle-clog': {
    description: 'half of the nodes are held one by one, and released one by one in another order',
    make: (instance, seed) => swizzle(instance, seed),
  },
  delay: {
    description: 'messages take up to 100 ms longer during the first second',
    make: () => [
      { fault: 'delay', by: { kind: 'uniform', minMs: 0, maxMs: 100 }, atMs: 0, forMs: 1000 },
    ],
  },
  pause: {
    description: 'one node handles nothing for a while, and then everything that has come',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'pause');
      return [{ fault: 'pause', node: node(), ...soon() }];
    },
  },
  slow: {
    description:
      'one node takes ten times as long during the first second, and 5 ms for each event',
    make: (instance, seed) => {
      const { node } = drawing(instance, seed, 'slow');
      return [{ fault: 'slow', node: node(), factor: 10, handlingMs: 5, atMs: 0, forMs: 1000 }];
    },
  },
  'slow-disk': {
    description: 'forced writes of one node take fifty times as long during the first second',
    make: (instance, seed) => {
      const { node } = drawing(instance, seed, 'slow-disk');
      return [{ fault: 'slow-disk', node: node(), factor: 50, atMs: 0, forMs: 1000 }];
    },
  },
  clocks: {
    description: 'one clock is wrong, one drifts by up to a tenth, one jumps and one strobes',
    make: (instance, seed) => {
      const { draw, node } = drawing(instance, seed, 'clocks');
      const either = (value: number): number => ms(draw() < 0.5 ? value : -value);
      const forMs = 1000;
      return [
        { fault: 'clock-offset', node: node(), byMs: either(1000 * draw()), atMs: 0, forMs },
        { fault: 'clock-drift', node: node(), rate: hundredth(0.9 + 0.2 * draw()), atMs: 0, forMs },
        { fault: 'clock-jump', node: node(), byMs: either(200 * draw()), atMs: ms(200 * draw()) },
        {
          fault: 'clock-strobe',
          node: node(),
          byMs: either(100 * draw()),
          periodMs: ms(5 + 50 * draw()),
          atMs: 0,
          forMs,
        },
      ];
    },
  },
  'torn-record': {
    description: 'one node crashes in the first 100 ms and finds its last record torn',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'torn-record');
      return [{ fault: 'crash', node: node(), tail: 'torn', ...soon() }];
    },
  },
  'disk-loss': {
    description: 'one node crashes in the first 100 ms and comes back without its disk',
    isBeyond: true,
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'disk-loss');
      return [{ fault: 'crash', node: node(), loseDisk: true, ...soon() }];
    },
  },
  'full-disk': {
    description: 'forced writes of one node fail for a while in the first 100 ms',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'full-disk');
      return [{ fault: 'failed-write', node: node(), ...soon() }];
    },
  },
  'read-error': {
    description: 'one node crashes in the first 100 ms and cannot read its disk for a while',
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'read-error');
      const broken = node();
      const { atMs, forMs } = soon();
      return [
        { fault: 'crash', node: broken, atMs, forMs: ms(forMs / 2) },
        { fault: 'read-error', node: broken, atMs, forMs },
      ];
    },
  },
  'lost-force': {
    description: 'the disk of one node forgets in a crash what it has called safe',
    isBeyond: true,
    make: (instance, seed) => {
      const { node, soon } = drawing(instance, seed, 'lost-force');
      const lying = node();
      const { atMs, forMs } = soon();
      return [
        { fault: 'lost-force', node: lying, atMs: 0, forMs: atMs },
        { fault: 'crash', node: lying, atMs, forMs, tail: 'lost' },
      ];
    },
  },
  swarm: {
    description:
      'a profile drawn whole from the seed: weather, some kinds of faults, then healing and time to recover',
    make: (instance, seed) => profileOf(instance, seed).faults,
    weather: (instance, seed) => {
      const { faults: _, ...weather } = profileOf(instance, seed);
      return weather;
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
  return presetOf(name).make(instance, seed);
}

/** The weather that belongs to the preset, which for most is none of their own. */
export function presetWeather(instance: Instance, name: string, seed: Seed): PresetWeather {
  return presetOf(name).weather?.(instance, seed) ?? {};
}

function presetOf(name: string): Preset {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined)
    throw new UserMistake(
      `there is no fault preset "${name}" and no such file${suggestion(name, Object.keys(presets))}`,
    );
  return preset;
}

function shapePreset(shape: PartitionShape, description: string): Preset {
  return {
    description,
    make: (instance, seed) => {
      const { soon } = drawing(instance, seed, shape);
      return [{ fault: 'partition', shape, ...soon() }];
    },
  };
}

/**
 * FoundationDB's swizzle, which it reports to be unusually good at deep bugs: what comes back first meets
 * a world in which others are still away.
 */
function swizzle(instance: Instance, seed: Seed): Schedule {
  const { draw } = drawing(instance, seed, 'swizzle-clog');
  const ids = instance.nodes.map(({ id }) => id);
  const clogged = shuffled(ids, draw).slice(0, Math.ceil(ids.length / 2));
  const back = shuffled(clogged, draw);
  const beginsMs = ms(100 * draw());
  const stepMs = ms(5 + 25 * draw());
  const heldMs = ms(20 + 200 * draw());
  return clogged.map((id, place): Fault => {
    const atMs = ms(beginsMs + place * stepMs);
    const untilMs = beginsMs + clogged.length * stepMs + heldMs + back.indexOf(id) * stepMs;
    return { fault: 'hold', groups: [[id]], atMs, forMs: ms(untilMs - atMs) };
  });
}

function drawing(instance: Instance, seed: Seed, preset: string) {
  const streams = createStreams(seed, new Digest());
  const draw = (): number => streams.draw('preset', preset);
  const node = (): string => instance.nodes[Math.floor(draw() * instance.nodes.length)]?.id ?? '';
  /** From some time in the first 100 ms on, for up to half a second. */
  const soon = (): Required<Pick<Span, 'atMs' | 'forMs'>> => ({
    atMs: ms(100 * draw()),
    forMs: ms(50 + 500 * draw()),
  });
  return { draw, node, soon };
}

/** Schedules are read by people: a tenth of a millisecond is fine enough. */
function ms(value: number): number {
  return Math.round(value * 10) / 10;
}

function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
