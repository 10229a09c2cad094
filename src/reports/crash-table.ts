/**
 * "What if it dies right here?": one run for every crash point of a node's fault-free run, twice: the node
 * stays down, or comes back. The points are before and after each message and record.
 */
import type { NodeId } from '../model/effects.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { CrashFault, CrashPoint } from '../model/faults.ts';
import type { AnySystem } from '../model/system.ts';
import { describeValue } from '../model/view.ts';
import { crashPointsOf } from '../simulator/crash-points.ts';
import type { Outcome, Run, RunOptions } from '../simulator/options.ts';
import { run } from '../simulator/run.ts';

export interface CrashTableOptions {
  readonly seed: RunOptions['seed'];
  /** The node that dies, or each of them in turn. Default: all. */
  readonly node?: NodeId | 'all';
  readonly parameters?: RunOptions['parameters'];
  /** A scenario of the system; its own faults happen too. */
  readonly scenario?: string;
  /** What clients are asked for, in place of what the scenario says. */
  readonly operations?: RunOptions['operations'];
  readonly workload?: RunOptions['workload'];
  /** How long the node is down where it comes back. Default 500. */
  readonly forMs?: number;
}

export interface CrashRow {
  readonly node: NodeId;
  readonly point: CrashPoint;
  /** How long the node is down; null when it stays down. */
  readonly forMs: number | null;
  readonly verdict: Run['verdict'];
  readonly outcome: Outcome;
  /** Why the run is blocked. */
  readonly reason: string | undefined;
  /** The state of every process in the end; `down` where its node is. */
  readonly states: Readonly<Record<string, string>>;
  /** The longest of each span that the system declares, in ms; open ones until the end of the run. */
  readonly longestMs: Readonly<Record<string, number>>;
  /** Spans that had not ended when the run did. */
  readonly openSpans: Readonly<Record<string, number>>;
}

/**
 * The rows in the order of the points, each point first for ever and then with a return.
 *
 *     crashTable(system, { node: 'coordinator', seed: 1, scenario: 'fault-free' })
 */
export function crashTable(system: AnySystem, options: CrashTableOptions): readonly CrashRow[] {
  const { seed, node: wanted = 'all', parameters, scenario, forMs = 500 } = options;
  const { operations, workload } = options;
  const common: RunOptions = {
    seed,
    ...(parameters === undefined ? {} : { parameters }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(operations === undefined ? {} : { operations }),
    ...(workload === undefined ? {} : { workload }),
  };
  const undisturbed = run(system, { ...common, trace: true });
  const nodes = [...new Set(undisturbed.end.all.map(({ node }) => node))];
  if (wanted !== 'all' && !nodes.includes(wanted))
    throw new UserMistake(`"${system.name}" has no node "${wanted}"${suggestion(wanted, nodes)}`);
  const chosen = wanted === 'all' ? nodes : [wanted];
  return chosen.flatMap((node) =>
    crashPointsOf(undisturbed.trace, node).flatMap((point) =>
      [null, forMs].map((down): CrashRow => {
        const fault: CrashFault = { fault: 'crash', node, point };
        const faults = [down === null ? fault : { ...fault, forMs: down }];
        return rowOf(run(system, { ...common, faults }), node, point, down);
      }),
    ),
  );
}

function rowOf(done: Run, node: NodeId, point: CrashPoint, forMs: number | null): CrashRow {
  const longestMs: Record<string, number> = {};
  const openSpans: Record<string, number> = {};
  for (const [name, { maxMs, open }] of Object.entries(done.metrics.spans)) {
    longestMs[name] = maxMs ?? 0;
    openSpans[name] = open;
  }
  return {
    node,
    point,
    forMs,
    verdict: done.verdict,
    outcome: done.outcome,
    reason: done.reason,
    states: Object.fromEntries(
      done.end.all.map((process) => [
        process.address,
        process.up ? describeValue(process.value) : 'down',
      ]),
    ),
    longestMs,
    openSpans,
  };
}
