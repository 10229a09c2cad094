/** What a fault-free commit costs: messages and forced writes against the number of participants. */
import type { TopLevelSpec } from 'vega-lite';
import { twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { colour } from './palette.ts';

export interface CostRow {
  readonly participants: number;
  readonly messages: number;
  readonly forcedWrites: number;
  /** 4N: PREPARE, VOTE, COMMIT and ACK for each participant. */
  readonly messagesClaimed: number;
  /** 2N + 1: prepared and commit of each participant, commit of the coordinator. */
  readonly forcedWritesClaimed: number;
}

const messagesClaimed = (participants: number): number => 4 * participants;
const forcedWritesClaimed = (participants: number): number => 2 * participants + 1;

/** Measures one fault-free run per count of participants. */
export function measureCost(counts: readonly number[], seed: Seed): readonly CostRow[] {
  return counts.map((participants) => {
    const { metrics } = run(twoPhaseCommit, {
      seed,
      scenario: 'fault-free',
      parameters: { participants },
    });
    return {
      participants,
      messages: metrics.messages.sent,
      forcedWrites: metrics.writes.forced,
      messagesClaimed: messagesClaimed(participants),
      forcedWritesClaimed: forcedWritesClaimed(participants),
    };
  });
}

/** Points are measured, lines are the formulas. */
export function costChart(rows: readonly CostRow[]): TopLevelSpec {
  const series = [
    { name: 'messages: measured, and 4N', measured: 'messages', claimed: 'messagesClaimed' },
    {
      name: 'forced writes: measured, and 2N + 1',
      measured: 'forcedWrites',
      claimed: 'forcedWritesClaimed',
    },
  ] as const;
  const values = series.flatMap(({ name, measured, claimed }) =>
    rows.map((row) => ({
      series: name,
      participants: row.participants,
      measured: row[measured],
      claimed: row[claimed],
    })),
  );
  const x = {
    field: 'participants',
    type: 'quantitative',
    title: 'participants N',
    axis: { tickMinStep: 1, grid: false },
    scale: { domainMin: 0, domainMax: Math.max(...rows.map((row) => row.participants)) },
  } as const;
  const color = {
    field: 'series',
    type: 'nominal',
    sort: null,
    scale: { domain: series.map(({ name }) => name), range: [colour('blue'), colour('violet')] },
  } as const;
  const shape = {
    field: 'series',
    type: 'nominal',
    sort: null,
    scale: { domain: series.map(({ name }) => name), range: ['circle', 'square'] },
  } as const;
  const y = (field: string) => ({ field, type: 'quantitative', title: 'per transaction' }) as const;
  return {
    width: 330,
    height: 230,
    data: { values },
    layer: [
      { mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y: y('claimed'), color } },
      {
        mark: { type: 'point', filled: true, size: 55, opacity: 1 },
        encoding: { x, y: y('measured'), color, shape },
      },
    ],
  };
}
