/**
 * Swarm testing (Groce and others 2012; TigerBeetle's VOPR, FoundationDB): each seed draws a whole profile,
 * in which most kinds of faults do not occur at all, so that a quiet system meets a single fault as often
 * as a storm. A hostile phase, then healing, then time enough to recover.
 */
import { Digest } from '../model/digest.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Fault, Schedule, Span } from '../model/faults.ts';
import type { Instance } from '../model/instance.ts';
import type { LinkRule } from '../model/latency.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import { pick, shuffled } from './partitions.ts';
import { promisesOf } from './promises.ts';
import { createStreams, legalSeed, type Seed } from './random.ts';
import { situationOf } from './weather.ts';

/** What a seed draws: options of `run`, as they stand. */
export interface Profile {
  readonly latency: Distribution;
  readonly forceLatency: Distribution;
  readonly links: readonly LinkRule[];
  /** The last fault heals the system; the hostile phase ends there. */
  readonly faults: Schedule;
  readonly horizonMs: number;
}

/**
 * A profile for the system from one seed, beyond nothing that the system promises to survive:
 *
 *     run(system, { seed, ...swarm(system, seed) }).outcome   // 'recovered', 'blocked' or 'stuck'
 *
 * - Messages are lost, and links cut, where the network declares loss; duplicated where it declares that.
 * - Nodes crash whose processes all say how they recover.
 * - Disks fail, lie or are lost where the system's own scope has failed writes, lost forces or disk losses.
 * - What changes only times (pauses, held links, slow nodes, wrong clocks) strikes systems that claim
 *   something under asynchronous timing.
 * - A part of the nodes is healed only where the system says when it is rightly blocked.
 *
 * Every fault lasts for a drawn while, so that nothing flaps. Throws a UserMistake for a wrong parameter.
 */
export function swarm<TSystem extends AnySystem>(
  system: TSystem,
  seed: Seed,
  options?: {
    readonly parameters?: GivenParameters<TSystem>;
    /** The scenario whose parameters count. Default: the first that the system declares, if any. */
    readonly scenario?: string;
  },
): Profile;
export function swarm(
  system: AnySystem,
  seed: Seed,
  options: { readonly parameters?: object; readonly scenario?: string } = {},
): Profile {
  return profileOf(situationOf(system, options).instance, seed);
}

/** The profile of a seed for a system whose parameters are filled in. */
export function profileOf(instance: Instance, seed: Seed): Profile {
  const chance = chances(legalSeed(seed));
  const isTimely = instance.timing !== 'asynchronous';
  const hostileMs = Math.round(chance.between('hostile', 150, 900));
  // Under a timing that bounds delays the weather stays mild.
  const calm = isTimely ? 0.1 : 1;
  return {
    latency: drawnLaw(chance, 'latency', 40 * calm, 10 * calm),
    forceLatency: drawnLaw(chance, 'disk', 30 * calm, 5 * calm),
    links: chance.happens('bandwidth', isTimely ? 0 : 0.2)
      ? [{ msPerByte: tenThousandth(chance.between('bandwidth', 0.0005, 0.05)) }]
      : [],
    faults: [...hostilePhase(instance, chance, hostileMs), healing(instance, chance, hostileMs)],
    horizonMs: hostileMs + recoveryMs(instance),
  };
}

type Chances = ReturnType<typeof chances>;

/** One stream a knob, so that a kind of fault that is added moves no other. */
function chances(seed: Seed) {
  const streams = createStreams(seed, new Digest());
  const draw = (knob: string) => () => streams.draw('swarm', knob);
  return {
    draw,
    between: (knob: string, min: number, max: number): number => min + draw(knob)() * (max - min),
    happens: (knob: string, probability: number): boolean => draw(`${knob}?`)() < probability,
  };
}

function drawnLaw(chance: Chances, knob: string, meanMs: number, minMs: number): Distribution {
  const mean = tenth(chance.between(knob, 0.05 * meanMs, meanMs));
  const min = tenth(chance.between(knob, 0, Math.min(minMs, mean)));
  const kind = chance.draw(`${knob} law`)();
  if (kind < 0.7) return { kind: 'exponential', meanMs: mean, minMs: min };
  if (kind < 0.85) return { kind: 'uniform', minMs: min, maxMs: tenth(2 * mean) };
  return { kind: 'logNormal', medianMs: tenth(mean / 2), sigma: 1.2, offsetMs: min };
}

/** The kinds that the system promises to survive, each there with a probability of its own. */
function hostilePhase(instance: Instance, chance: Chances, hostileMs: number): Schedule {
  const ids = instance.nodes.map(({ id }) => id);
  const { survives, recovering, losesDisks } = promisesOf(instance);
  const faults: Fault[] = [];
  const kindIf = (
    isAllowed: boolean,
    knob: string,
    make: (span: Drawn, knob: string) => Fault,
  ): void => {
    if (!isAllowed || !chance.happens(knob, 0.3)) return;
    for (const span of spans(chance, knob, hostileMs)) faults.push(make(span, knob));
  };
  const kind = (name: Fault['fault'], make: (span: Drawn, knob: string) => Fault): void =>
    kindIf(survives(name), name, make);
  const one = (knob: string, among: readonly string[] = ids): string =>
    pick(among, chance.draw(knob));
  kind('loss', ({ atMs, forMs }, knob) => ({
    fault: 'loss',
    probability: hundredth(chance.between(knob, 0.01, 0.3)),
    atMs,
    forMs,
  }));
  kind('duplication', ({ atMs, forMs }, knob) => ({
    fault: 'duplication',
    probability: hundredth(chance.between(knob, 0.01, 0.5)),
    atMs,
    forMs,
  }));
  kind('partition', (span, knob) => ({
    fault: 'partition',
    ...chosen(instance, chance, knob),
    ...span,
  }));
  kind('hold', (span, knob) => ({
    fault: 'hold',
    ...chosen(instance, chance, knob),
    ...span,
  }));
  kind('delay', (span, knob) => ({
    fault: 'delay',
    by: { kind: 'exponential', meanMs: tenth(chance.between(knob, 5, 150)), minMs: 0 },
    ...span,
  }));
  kind('crash', ({ atMs, forMs }, knob) => ({
    fault: 'crash',
    node: one(knob, recovering),
    atMs,
    forMs,
  }));
  kindIf(recovering.length > 0, 'crash point', ({ forMs }, knob) =>
    crashPoint(one(knob, recovering), chance, knob, forMs),
  );
  kind('pause', (span, knob) => ({ fault: 'pause', node: one(knob), ...span }));
  kind('slow', (span, knob) => ({
    fault: 'slow',
    node: one(knob),
    factor: tenth(chance.between(knob, 1, 20)),
    handlingMs: tenth(chance.between(knob, 0, 10)),
    ...span,
  }));
  kind('slow-disk', (span, knob) => ({
    fault: 'slow-disk',
    node: one(knob),
    factor: tenth(chance.between(knob, 2, 50)),
    ...span,
  }));
  kind('failed-write', (span, knob) => ({
    fault: 'failed-write',
    node: one(knob, recovering),
    probability: hundredth(chance.between(knob, 0.1, 1)),
    ...span,
  }));
  kind('read-error', (span, knob) => ({
    fault: 'read-error',
    node: one(knob, recovering),
    ...span,
  }));
  kind('lost-force', (span, knob) => ({
    fault: 'lost-force',
    node: one(knob),
    probability: hundredth(chance.between(knob, 0.1, 1)),
    ...span,
  }));
  kindIf(losesDisks, 'disk loss', ({ atMs, forMs }, knob) => ({
    fault: 'crash',
    node: one(knob, recovering),
    loseDisk: true,
    atMs,
    forMs,
  }));
  kind('clock-offset', (span, knob) => ({
    fault: 'clock-offset',
    node: one(knob),
    byMs: tenth(chance.between(knob, -1000, 1000)),
    ...span,
  }));
  kind('clock-drift', (span, knob) => ({
    fault: 'clock-drift',
    node: one(knob),
    rate: hundredth(chance.between(knob, 0.5, 1.5)),
    ...span,
  }));
  kind('clock-jump', ({ atMs }, knob) => ({
    fault: 'clock-jump',
    node: one(knob),
    byMs: tenth(chance.between(knob, -300, 300)),
    atMs,
  }));
  kind('clock-strobe', ({ atMs, forMs }, knob) => ({
    fault: 'clock-strobe',
    node: one(knob),
    byMs: tenth(chance.between(knob, -200, 200)),
    periodMs: tenth(chance.between(knob, 2, 80)),
    atMs,
    forMs,
  }));
  return faults;
}

type Drawn = Required<Pick<Span, 'atMs' | 'forMs'>>;

/** One to three comings of a kind, apart from each other and each of a shortest length (stability). */
function spans(chance: Chances, kind: string, hostileMs: number): readonly Drawn[] {
  const knob = `${kind} times`;
  const wanted = 1 + Math.floor(chance.draw(knob)() * 3);
  const found: Drawn[] = [];
  let freeFrom = 0;
  for (let i = 0; i < wanted && freeFrom < hostileMs; i++) {
    const atMs = tenth(chance.between(knob, freeFrom, freeFrom + (hostileMs - freeFrom) / 2));
    const forMs = tenth(chance.between(knob, 20, Math.max(40, hostileMs / 2)));
    found.push({ atMs, forMs });
    freeFrom = atMs + forMs + 20;
  }
  return found;
}

/** Links of any shape that the system's nodes can have. */
function chosen(instance: Instance, chance: Chances, knob: string) {
  const ids = instance.nodes.map(({ id }) => id);
  const draw = chance.draw(`${knob} links`);
  const order = shuffled(ids, draw);
  const side = order.slice(0, 1 + Math.floor(draw() * (ids.length - 1)));
  const hasPrimaries = instance.system.primaries !== undefined;
  const which = Math.floor(draw() * (hasPrimaries ? 6 : 5));
  switch (which) {
    case 0:
      return { groups: [side] };
    case 1:
      return { groups: [side], direction: draw() < 0.5 ? ('out' as const) : ('in' as const) };
    case 2: {
      const pairs = ids.flatMap((a) => ids.flatMap((b) => (a === b ? [] : [[a, b] as const])));
      return { links: shuffled(pairs, draw).slice(0, 1 + Math.floor(draw() * (pairs.length / 2))) };
    }
    case 3:
      return { shape: 'bridge' as const, nodes: order };
    case 4:
      return { shape: 'majorities-ring' as const, nodes: order };
    default:
      return { shape: 'primaries' as const };
  }
}

/** Towards pending writes and half-finished broadcasts, where VOPR crashes ten times as often. */
function crashPoint(node: string, chance: Chances, knob: string, forMs: number): Fault {
  const draw = chance.draw(knob);
  const any = pick(['send', 'send', 'write', 'write', 'receive', 'decision'] as const, draw);
  const moment = draw() < 0.5 ? 'before' : 'after';
  const point = { moment, nth: 1 + Math.floor(draw() * 6), any } as const;
  const tail = pick(['drawn', 'lost', 'kept', 'torn'] as const, draw);
  return { fault: 'crash', node, point, forMs, tail };
}

/** At a drawn moment, not at a quiet one. */
function healing(instance: Instance, chance: Chances, atMs: number): Fault {
  const ids = instance.nodes.map(({ id }) => id);
  const isWhole = instance.system.blocked === undefined || !chance.happens('core', 0.25);
  if (isWhole || ids.length < 2) return { fault: 'heal', atMs };
  const draw = chance.draw('core');
  const size = 1 + Math.floor(draw() * (ids.length - 1));
  const core = shuffled(ids, draw).slice(0, size);
  return { fault: 'heal', atMs, nodes: ids.filter((id) => core.includes(id)) };
}

/** Many times the longest delay that the processes declare, of timers and choices, and never less than three seconds. */
function recoveryMs({ nodes }: Instance): number {
  let longest = 0;
  for (const { processes, families } of nodes) {
    for (const { process, stepper } of processes) {
      const delays = Object.values(process.delays ?? {});
      if (!delays.some((delay) => typeof delay === 'function')) continue;
      // One that depends on the context counts as it is at the start.
      const { context } = stepper.start(process.input).state.snapshot;
      for (const delay of delays)
        if (typeof delay === 'function') longest = Math.max(longest, upperMs(delay({ context })));
    }
    for (const { process } of [...processes, ...families.values()])
      for (const law of [
        ...Object.values(process.delays ?? {}),
        ...(process.choices ?? []).map(({ after }) => after),
      ])
        if (typeof law === 'object') longest = Math.max(longest, upperMs(law));
  }
  return Math.max(3000, Math.ceil(20 * longest));
}

/** A duration that few draws exceed. */
function upperMs(law: Distribution): number {
  switch (law.kind) {
    case 'constant':
      return law.ms;
    case 'uniform':
      return law.maxMs;
    case 'exponential':
      return Math.max(law.minMs, 3 * law.meanMs);
    case 'logNormal':
      return law.offsetMs + law.medianMs * Math.exp(2 * law.sigma);
    case 'pareto':
      return law.minMs * 20 ** (1 / law.shape);
    case 'empirical':
      return Math.max(...law.samplesMs);
  }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}

function tenThousandth(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
