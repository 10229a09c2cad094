/**
 * How long messages are on their way, as data: one law for all links, measured times between regions,
 * and rules for single links.
 */
import type { Distribution } from './distribution.ts';
import type { NodeId } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import { awsRegions } from './regions-aws.ts';
import { gcpRegions } from './regions-gcp.ts';

/** Round trips between regions, in ms; row = source, column = target. */
export interface RegionTable {
  readonly provider: string;
  readonly date: string;
  readonly regions: readonly string[];
  readonly meanMs: readonly (readonly number[])[];
  readonly minMs: readonly (readonly number[])[];
  readonly deviationMs: readonly (readonly number[])[];
}

/** Nodes placed in regions. Made by {@link regions}. */
export interface RegionalLatency {
  readonly kind: 'regions';
  readonly places: Readonly<Record<NodeId, string>>;
  /** The region of every node that has no place of its own. */
  readonly otherwise?: string;
  readonly scatter: boolean;
}

/** The one-way delay of messages between nodes. */
export type Latency = Distribution | RegionalLatency;

/**
 * What holds of the links from some nodes to some nodes, whose messages it concerns one direction at a
 * time. Of several rules about a link the last one that says something counts.
 */
export interface LinkRule {
  /** Default: from every node. */
  readonly from?: NodeId | readonly NodeId[];
  /** Default: to every node. */
  readonly to?: NodeId | readonly NodeId[];
  readonly latency?: Distribution;
  /** How long a byte keeps the link busy: the inverse of its bandwidth. Default 0. */
  readonly msPerByte?: number;
  /**
   * How many messages the sender keeps that have not left yet, the one being sent included; the next one
   * is dropped (drop tail). Default: no bound.
   */
  readonly capacity?: number;
  /** Messages never overtake each other. Default: as the network's order says. */
  readonly fifo?: boolean;
}

const tables: readonly RegionTable[] = [awsRegions, gcpRegions];

/**
 * Nodes in regions, with measured latencies between them: AWS (19 regions, 2020) and Google Cloud (20
 * regions, 2019), told apart by the regions' names.
 *
 *     latency: regions({ coordinator: 'eu-west-1', p1: 'us-east-1' }, { otherwise: 'us-east-2' })
 *
 * What was measured is the round trip; that both ways take half of it is an assumption. With `scatter`
 * (default) a delay is log-normal above half the shortest round trip, with the measured mean and
 * deviation, the two ways being independent; without it, half the mean. Throws a {@link UserMistake} for
 * an unknown region, or regions that were not measured together.
 */
export function regions(
  places: Readonly<Record<NodeId, string>>,
  options: { readonly otherwise?: string; readonly scatter?: boolean } = {},
): RegionalLatency {
  const { otherwise, scatter = true } = options;
  const latency: RegionalLatency = { kind: 'regions', places: { ...places }, scatter };
  const placed = otherwise === undefined ? latency : { ...latency, otherwise };
  tableOf(placed);
  return placed;
}

/** The law of a link between two nodes in regions. Throws a {@link UserMistake} for a node without a place. */
export function regionalLaw(latency: RegionalLatency, from: NodeId, to: NodeId): Distribution {
  const { regions, meanMs, minMs, deviationMs } = tableOf(latency);
  const row = regions.indexOf(placeOf(latency, from));
  const column = regions.indexOf(placeOf(latency, to));
  const of = (table: RegionTable['meanMs']): number => table[row]?.[column] ?? 0;
  const mean = of(meanMs) / 2;
  const offsetMs = of(minMs) / 2;
  const beyond = mean - offsetMs;
  if (!latency.scatter || beyond <= 0) return { kind: 'constant', ms: mean };
  // By moments: mean and deviation of what lies beyond the offset. Variances of the two ways add up.
  const spread = 1 + (of(deviationMs) / Math.SQRT2 / beyond) ** 2;
  return {
    kind: 'logNormal',
    medianMs: beyond / Math.sqrt(spread),
    sigma: Math.sqrt(Math.log(spread)),
    offsetMs,
  };
}

function placeOf({ places, otherwise }: RegionalLatency, node: NodeId): string {
  const place = Object.hasOwn(places, node) ? places[node] : otherwise;
  if (place === undefined)
    throw new UserMistake(
      `the latency places no node "${node}" in a region; place it, or give the others a region with { otherwise: REGION }`,
    );
  return place;
}

/** The table in which all the regions were measured. */
function tableOf({ places, otherwise }: RegionalLatency): RegionTable {
  const named = [...Object.values(places), ...(otherwise === undefined ? [] : [otherwise])];
  const [first] = named;
  if (first === undefined)
    throw new UserMistake(
      'the latency places no node in a region; write regions({ node: REGION })',
    );
  const table = tables.find(({ regions }) => regions.includes(first));
  const known = table?.regions ?? tables.flatMap(({ regions }) => regions);
  for (const region of named)
    if (!known.includes(region)) {
      const elsewhere = tables.find(({ regions }) => regions.includes(region));
      if (table !== undefined && elsewhere !== undefined)
        throw new UserMistake(
          `${first} is a region of ${table.provider} and ${region} one of ${elsewhere.provider}, between which nothing was measured; take all from one of them`,
        );
      throw new UserMistake(`there is no measured region "${region}"${suggestion(region, known)}`);
    }
  if (table === undefined) throw new Error('broken promise: a known region is in no table');
  return table;
}
