/**
 * Time in doubt against the moment of the coordinator's crash. With a constant delay d of messages and w
 * of forced writes the protocol's own timetable gives what to expect, moment by moment.
 */
import type { TopLevelSpec } from 'vega-lite';
import { constant } from '../model/distribution.ts';
import { twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import type { Run } from '../simulator/options.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { colour } from './palette.ts';

export interface DoubtRow {
  readonly crashAtMs: number;
  /** Longest time in doubt of a participant when the coordinator comes back, and what is claimed. */
  readonly returnsMs: number;
  readonly returnsClaimedMs: number;
  /** The same when it stays down; the horizon of the run ends it. */
  readonly staysMs: number;
  readonly staysClaimedMs: number;
  readonly blocked: boolean;
}

/** The weather of the sweep, and the delays of the machines that the timetable needs. */
export const sweep = {
  delayMs: 10,
  writeMs: 5,
  downMs: 500,
  horizonMs: 3000,
  doubtMs: 150,
  participants: 3,
} as const;

const { delayMs: d, writeMs: w, downMs, horizonMs, doubtMs } = sweep;

/** In a fault-free run the participants are in doubt from d + w, when their yes is on disk, ... */
export const doubtFromMs = d + w;
/** ... until 3d + 2w, when COMMIT arrives. */
export const doubtUntilMs = 3 * d + 2 * w;
/** COMMIT is sent at 2d + 2w, when the decision is on disk; a crash after that changes nothing. */
export const commitSentMs = 2 * d + 2 * w;

export function measureDoubt(crashTimesMs: readonly number[], seed: Seed): readonly DoubtRow[] {
  return crashTimesMs.map((crashAtMs) => {
    const returns = crashing(crashAtMs, downMs, seed);
    const stays = crashing(crashAtMs, undefined, seed);
    return {
      crashAtMs,
      returnsMs: longestDoubt(returns),
      returnsClaimedMs: returningClaimed(crashAtMs, survivedRecords(returns)),
      staysMs: longestDoubt(stays),
      staysClaimedMs: stayingClaimed(crashAtMs),
      blocked: stays.outcome === 'blocked',
    };
  });
}

function crashing(atMs: number, forMs: number | undefined, seed: Seed): Run {
  const fault = { fault: 'crash', node: 'coordinator', atMs } as const;
  return run(twoPhaseCommit, {
    seed,
    scenario: 'fault-free',
    parameters: { participants: sweep.participants },
    latency: constant(d),
    forceLatency: constant(w),
    horizonMs,
    faults: [forMs === undefined ? fault : { ...fault, forMs }],
    trace: true,
  });
}

function longestDoubt({ metrics }: Run): number {
  return metrics.spans.inDoubt?.maxMs ?? 0;
}

/** Whether the decision, being written at the crash, was found on disk: that is drawn by chance. */
function survivedRecords({ trace }: Run): boolean {
  return trace.some(({ decision }) => decision.type === 'restart' && decision.tail > 0);
}

/** A crash at time zero comes before the first PREPARE, so nobody is ever asked to promise. */
function stayingClaimed(crashAtMs: number): number {
  if (crashAtMs <= 0) return 0;
  return crashAtMs <= commitSentMs ? horizonMs - doubtFromMs : doubtUntilMs - doubtFromMs;
}

/**
 * The decision found on disk is sent at once and arrives d after the return. Otherwise the coordinator
 * answers the first inquiry that finds it up; inquiries leave every `doubtMs` since the vote, at d.
 */
function returningClaimed(crashAtMs: number, decisionSurvived: boolean): number {
  if (crashAtMs <= 0) return 0;
  if (crashAtMs > commitSentMs) return doubtUntilMs - doubtFromMs;
  const backAtMs = crashAtMs + downMs;
  if (decisionSurvived) return backAtMs + d - doubtFromMs;
  let inquiryMs = d + doubtMs;
  while (inquiryMs + d < backAtMs) inquiryMs += doubtMs;
  return inquiryMs + 2 * d - doubtFromMs;
}

export function doubtChart(rows: readonly DoubtRow[]): TopLevelSpec {
  const names = {
    stays: `stays down (run ends at ${horizonMs} ms)`,
    returns: `comes back after ${downMs} ms`,
  };
  const values = rows.flatMap((row) => [
    { crashAtMs: row.crashAtMs, case: names.stays, ms: row.staysMs, claimed: row.staysClaimedMs },
    {
      crashAtMs: row.crashAtMs,
      case: names.returns,
      ms: row.returnsMs,
      claimed: row.returnsClaimedMs,
    },
  ]);
  const lastMs = Math.max(...rows.map(({ crashAtMs }) => crashAtMs));
  const x = {
    field: 'crashAtMs',
    type: 'quantitative',
    title: 'moment of the coordinator’s crash (ms)',
    scale: { domainMin: 0, domainMax: lastMs, nice: false },
    axis: { grid: false },
  } as const;
  const y = {
    type: 'quantitative',
    title: 'longest time in doubt (ms)',
    scale: { domainMin: 0, domainMax: horizonMs + 200, nice: false },
  } as const;
  const domain = [names.stays, names.returns];
  const color = {
    field: 'case',
    type: 'nominal',
    sort: null,
    scale: { domain, range: [colour('red'), colour('amber')] },
  } as const;
  const shape = {
    field: 'case',
    type: 'nominal',
    sort: null,
    scale: { domain, range: ['triangle-up', 'circle'] },
  } as const;
  const window = [{ from: doubtFromMs, until: doubtUntilMs }];
  return {
    width: 330,
    height: 240,
    data: { values },
    layer: [
      {
        data: { values: window },
        mark: { type: 'rect', color: colour('amber'), opacity: 0.14 },
        encoding: {
          x: { field: 'from', type: 'quantitative', title: x.title, scale: x.scale, axis: x.axis },
          x2: { field: 'until' },
        },
      },
      {
        data: { values: [{ at: commitSentMs, label: 'COMMIT is sent' }] },
        layer: [
          {
            mark: { type: 'rule', color: colour('faint'), strokeDash: [4, 3] },
            encoding: { x: { field: 'at', type: 'quantitative' } },
          },
          {
            mark: { type: 'text', align: 'left', dx: 5, y: 90, color: colour('ink') },
            encoding: { x: { field: 'at', type: 'quantitative' }, text: { field: 'label' } },
          },
        ],
      },
      {
        mark: { type: 'line', strokeWidth: 1.2, interpolate: 'step-before' },
        encoding: { x, y: { ...y, field: 'claimed' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 34, opacity: 1 },
        encoding: {
          x,
          y: { ...y, field: 'ms' },
          color,
          shape,
        },
      },
    ],
  };
}
