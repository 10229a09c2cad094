/**
 * The catalogue of faults: for each what it means, which decisions or times it maps to, who else has it,
 * and its fields. Schedules are checked by it, fault files are read by it, and docs/faults.md shows it.
 */
import type { Fault } from '../model/faults.ts';

/** What a field of a fault may hold. */
export interface Field {
  readonly kind:
    | 'node'
    | 'nodes'
    | 'groups'
    | 'links'
    | 'duration'
    | 'shift'
    | 'factor'
    | 'probability'
    | 'boolean'
    | 'word'
    | 'law'
    | 'point'
    | 'repeat';
  readonly required?: true;
  readonly words?: readonly string[];
  readonly meaning: string;
  /** What generated faults draw a number from; see {@link Draws}. */
  readonly draws?: Draws;
}

/** The mildest value, give or take some steps: values to generate, and to shrink towards. */
export interface Draws {
  readonly mildest: number;
  readonly step: number;
  /** The least and the most steps from the mildest value. */
  readonly steps: readonly [least: number, most: number];
}

/** One kind of fault. */
export interface Entry<T> {
  readonly meaning: string;
  /** The decisions that it makes, or the times that it changes. */
  readonly mapsTo: string;
  /** Tools that have it too. */
  readonly alsoIn: string;
  readonly fields: { readonly [K in Exclude<keyof T, 'fault'>]-?: Field };
}

const atMs = { kind: 'duration', meaning: 'when it begins; default 0' } as const;
const forMs = { kind: 'duration', meaning: 'how long it lasts; default: for ever' } as const;
const repeat = {
  kind: 'repeat',
  meaning: '`{ everyMs, times }`: it begins so many times, each so long after the one before',
} as const;
const span = { atMs, forMs, repeat } as const;
const node = { kind: 'node', required: true, meaning: 'the node' } as const;
const probability = {
  kind: 'probability',
  required: true,
  meaning: 'from 0 to 1, rolled at each delivery of each copy',
  // Up to a half: beyond it little arrives, and little is learnt.
  draws: { mildest: 0, step: 0.01, steps: [1, 50] },
} as const;
const ofWrites = {
  kind: 'probability',
  meaning: 'from 0 to 1, rolled for each forced write that ends meanwhile; default 1',
  draws: { mildest: 0, step: 0.01, steps: [1, 99] },
} as const;
const links = {
  kind: 'links',
  meaning: 'pairs of nodes, one direction each; default: all',
} as const;

const chosenLinks = {
  groups: {
    kind: 'groups',
    meaning: 'links between nodes of different groups; nodes in none form one more',
  },
  direction: {
    kind: 'word',
    words: ['out', 'in'],
    meaning: 'with groups: only links out of the first group, or into it; default: both',
  },
  links: { kind: 'links', meaning: 'or exactly these links, one direction each' },
  shape: {
    kind: 'word',
    words: ['isolate-one', 'halves', 'bridge', 'majorities-ring', 'primaries'],
    meaning: 'or the links that a shape over nodes gives',
  },
  nodes: {
    kind: 'nodes',
    meaning:
      'with a shape: the nodes that it divides, in order; default: all, shuffled by the seed',
  },
} as const;

export const catalogue: {
  readonly [K in Fault['fault']]: Entry<Extract<Fault, { readonly fault: K }>>;
} = {
  crash: {
    meaning: 'a node dies: processes, timers and what it had still to do are gone',
    mapsTo: '(crash) or `crashAfter`; (lose disk); then (restart) with a tail',
    alsoIn: 'VOPR, FoundationDB, turmoil, madsim, Jepsen, etcd; points: etcd; torn records: VOPR',
    fields: {
      node,
      atMs: { kind: 'duration', meaning: 'when; either this or `point`' },
      point: {
        kind: 'point',
        meaning:
          '`{ moment, nth, message }`: right before or after the n-th message or record of that name; or `any`: "send", "receive", "write", "decision" instead of a name',
      },
      forMs: { kind: 'duration', meaning: 'how long it is down; default: for ever' },
      loseDisk: { kind: 'boolean', meaning: 'the disk is lost too; default false' },
      tail: {
        kind: 'word',
        words: ['drawn', 'lost', 'kept', 'torn'],
        meaning:
          'what a restart finds of the unforced tail: a drawn prefix (default), nothing, all, or a drawn prefix before a torn record, which its checksum reveals',
      },
    },
  },
  restart: {
    meaning: 'a node that is down comes back',
    mapsTo: '(restart) with a tail drawn evenly',
    alsoIn: 'all that have crashes',
    fields: { node, atMs },
  },
  pause: {
    meaning:
      'a node handles nothing; on resuming, messages that waited and timers that are overdue come in either order',
    mapsTo: 'when (deliver), (fire), (durable), (choose) and (invoke) come',
    alsoIn: 'VOPR, madsim, Jepsen, Antithesis',
    fields: { node, ...span },
  },
  slow: {
    meaning:
      'forced writes, choices, operations and declared work of a node take longer, and so does each event',
    mapsTo: 'when (durable), (choose), (invoke), (deliver) and (fire) come',
    alsoIn: 'FoundationDB, Antithesis, etcd',
    fields: {
      node,
      factor: {
        kind: 'factor',
        meaning: 'so many times as long; default 1',
        draws: { mildest: 1, step: 1, steps: [1, 19] },
      },
      handlingMs: {
        kind: 'duration',
        meaning: 'each event occupies the node for so long before it is handled; default 0',
        draws: { mildest: 0, step: 1, steps: [1, 20] },
      },
      ...span,
    },
  },
  'clock-offset': {
    meaning: 'the clock of a node is wrong by a constant; its timers are not',
    mapsTo: 'the reading `now`',
    alsoIn: 'Jepsen',
    fields: {
      node,
      byMs: {
        kind: 'shift',
        required: true,
        meaning: 'ahead by so much, or behind',
        draws: { mildest: 0, step: 1, steps: [-1000, 1000] },
      },
      ...span,
    },
  },
  'clock-drift': {
    meaning: 'the clock of a node runs fast or slow, and its timers with it',
    mapsTo: 'the readings `now` and `waitedMs`; when (fire) comes',
    alsoIn: 'Jepsen; a model in VOPR that no run uses',
    fields: {
      node,
      rate: {
        kind: 'factor',
        required: true,
        meaning: 'seconds of the clock in a second; what it has gained by the end stays',
        draws: { mildest: 1, step: 0.01, steps: [-50, 50] },
      },
      ...span,
    },
  },
  'clock-jump': {
    meaning: 'the clock of a node is set while its timers watch it',
    mapsTo: 'the readings `now` and `waitedMs`; when (fire) comes',
    alsoIn: 'Jepsen',
    fields: {
      node,
      byMs: {
        kind: 'shift',
        required: true,
        meaning: 'forwards by so much, or backwards',
        draws: { mildest: 0, step: 1, steps: [-300, 300] },
      },
      ...span,
    },
  },
  'clock-strobe': {
    meaning: 'the clock of a node jumps forth and back again and again',
    mapsTo: 'the readings `now` and `waitedMs`; when (fire) comes',
    alsoIn: 'Jepsen',
    fields: {
      node,
      byMs: {
        kind: 'shift',
        required: true,
        meaning: 'how far it jumps',
        draws: { mildest: 0, step: 1, steps: [-200, 200] },
      },
      periodMs: {
        kind: 'duration',
        required: true,
        meaning: 'how long it stays before it jumps the other way; above 0',
        draws: { mildest: 0, step: 1, steps: [1, 80] },
      },
      ...span,
      forMs: { kind: 'duration', required: true, meaning: 'how long it lasts' },
    },
  },
  'slow-disk': {
    meaning: 'forced writes of a node take longer',
    mapsTo: 'when (durable) comes',
    alsoIn: 'VOPR, FoundationDB',
    fields: {
      node,
      factor: {
        kind: 'factor',
        required: true,
        meaning: 'so many times as long',
        draws: { mildest: 1, step: 1, steps: [1, 49] },
      },
      ...span,
    },
  },
  'lost-force': {
    meaning:
      'the disk of a node says that forced writes are safe, and has not done them: a crash may forget them, unless a later force does them',
    mapsTo: '(lose force) instead of (durable); (restart) with a tail',
    alsoIn: 'VOPR, FoundationDB, turmoil, Jepsen, etcd',
    fields: { node, probability: ofWrites, ...span },
  },
  'failed-write': {
    meaning:
      'forced writes of a node fail, as on a full disk: a machine that named a failure event is told, any other node stops until the fault ends',
    mapsTo: '(fail write) instead of (durable); (restart) at the end',
    alsoIn: 'FoundationDB, turmoil',
    fields: { node, probability: ofWrites, ...span },
  },
  'read-error': {
    meaning:
      'a node cannot read its log, as checksums reveal, so that it does not come back before the fault ends',
    mapsTo: 'when (restart) comes',
    alsoIn: 'VOPR, turmoil, Jepsen',
    fields: { node, ...span },
  },
  partition: {
    meaning: 'nothing is delivered over some links; what arrives over them is dropped',
    mapsTo: '(cut), (mend); (drop) of what arrives',
    alsoIn: 'all; directions, bridge, majorities-ring and primaries: Jepsen',
    fields: { ...chosenLinks, ...span },
  },
  hold: {
    meaning: 'nothing is delivered over some links; what arrives is kept, and delivered at the end',
    mapsTo: 'when (deliver) comes',
    alsoIn: 'VOPR and FoundationDB (clog), turmoil, madsim',
    fields: { ...chosenLinks, ...span },
  },
  loss: {
    meaning: 'messages are lost',
    mapsTo: '(drop)',
    alsoIn: 'VOPR, FoundationDB, turmoil, madsim, Jepsen, Maelstrom, etcd',
    fields: { probability, links, ...span },
  },
  duplication: {
    meaning: 'a delivered message leaves a copy, which enters its link again',
    mapsTo: '(duplicate)',
    alsoIn: 'VOPR, Jepsen',
    fields: { probability, links, ...span },
  },
  delay: {
    meaning: 'messages that are sent meanwhile take longer',
    mapsTo: 'when (deliver) comes',
    alsoIn: 'FoundationDB, Jepsen, etcd, Namazu',
    fields: {
      by: {
        kind: 'law',
        required: true,
        meaning: 'the law of what is added to their latency',
        draws: { mildest: 0, step: 1, steps: [1, 150] },
      },
      links,
      ...span,
    },
  },
  heal: {
    meaning:
      'the faults of a core end: its nodes restart and resume, its links work, its clocks are right; nothing more begins',
    mapsTo: '(restart), (mend); when the rest comes',
    alsoIn: 'VOPR (liveness phase)',
    fields: {
      atMs,
      nodes: {
        kind: 'nodes',
        meaning: 'the core; what has failed outside stays failed; default: every node',
      },
    },
  },
};

/** The names of all kinds of faults. */
export const faultKinds = Object.keys(catalogue) as readonly Fault['fault'][];
