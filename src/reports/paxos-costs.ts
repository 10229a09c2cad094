/** What Paxos and Multi-Paxos cost beside the formulas of the papers, and the price of a duel. */
import { constant } from '../model/distribution.ts';
import { multiPaxos } from '../protocols/multi-paxos/system.ts';
import { paxos } from '../protocols/paxos/system.ts';
import type { Metrics } from '../simulator/metrics.ts';
import { run } from '../simulator/run.ts';
import { type Cell, cell } from './cells.ts';

export interface CostRow {
  readonly case: string;
  /** Acceptors. */
  readonly n: number;
  readonly formula: string;
  readonly expected: number;
  readonly messages: number;
  readonly expectedForced: number;
  readonly forced: number;
}

/** A duel of two proposers in which each broadcasts `rounds` 1a. */
export interface ScriptRow {
  readonly n: number;
  readonly rounds: number;
  readonly expected: number;
  readonly prepareMessages: number;
  /** Values chosen before the last 1a is answered. */
  readonly chosen: number;
}

interface CostCase {
  readonly says: string;
  readonly formula: string;
  readonly messages: (n: number) => number;
  readonly forced: (n: number) => number;
  readonly measure: (n: number) => Metrics;
  /** What of it counts; all messages and forced writes where it does not say. */
  readonly counted?: (metrics: Metrics) => readonly [messages: number, forced: number];
}

const majority = (n: number): number => Math.floor((n - 1) / 2) + 1;

/** Formulas of Lamport 2001, as test/calibration/paxos-costs.json has them. */
export const costCases: readonly CostCase[] = [
  {
    says: 'proposer apart',
    formula: '4n',
    messages: (n) => 4 * n,
    forced: (n) => 2 * n,
    measure: (n) => single({ acceptors: n }),
  },
  {
    says: 'proposer apart, thrifty',
    formula: '4(F + 1)',
    messages: (n) => 4 * majority(n),
    forced: (n) => 2 * majority(n),
    measure: (n) => single({ acceptors: n, thrifty: true }),
  },
  {
    says: 'proposer is an acceptor',
    formula: '4(n - 1)',
    messages: (n) => 4 * (n - 1),
    forced: (n) => 2 * n,
    measure: (n) => single({ acceptors: n, placement: 'together' }),
  },
  {
    says: 'all learn',
    formula: '3(n - 1) + n(n - 1)',
    messages: (n) => (n + 3) * (n - 1),
    forced: (n) => 2 * n,
    measure: (n) => single({ acceptors: n, placement: 'together', learners: n }),
  },
  {
    says: 'Multi-Paxos, one slot',
    formula: '2(n - 1)',
    messages: (n) => 2 * (n - 1),
    forced: (n) => n,
    measure: slot,
    counted: (metrics) => [
      sent(metrics, '2a') + sent(metrics, '2b'),
      metrics.writes.forced - sent(metrics, '1b') - 1,
    ],
  },
];

/** Odd numbers of acceptors, of which F + 1 is a majority. */
export const costSizes = [1, 3, 5, 7, 9] as const;

type Given = NonNullable<Parameters<typeof run<typeof paxos>>[1]['parameters']>;

function single(given: Given): Metrics {
  const parameters = { proposers: 1, learners: 0, ...given };
  return run(paxos, { seed: 1, scenario: 'fault-free', parameters }).metrics;
}

/** A leader change, whose promises are forced, the leader's own too, and then one command. */
function slot(n: number): Metrics {
  return run(multiPaxos, {
    seed: 1,
    scenario: 'fault-free',
    parameters: { servers: n, clients: 1, commands: 1, firstLeader: true },
    latency: constant(10),
    forceLatency: constant(5),
  }).metrics;
}

function sent({ messagesByType }: Metrics, type: string): number {
  return messagesByType[type]?.sent ?? 0;
}

export function measureCosts(): readonly CostRow[] {
  return costCases.flatMap(({ says, formula, messages, forced, measure, counted }) =>
    costSizes.map((n): CostRow => {
      const metrics = measure(n);
      const [ours, oursForced] = counted?.(metrics) ?? [
        metrics.messages.sent,
        metrics.writes.forced,
      ];
      return {
        ...{ case: says, n, formula, expected: messages(n), messages: ours },
        ...{ expectedForced: forced(n), forced: oursForced },
      };
    }),
  );
}

/** Duels of so many rounds among so many acceptors; `published` says which are in the table. */
export const scriptPoints: readonly { readonly n: number; readonly rounds: number }[] = [
  3, 5,
].flatMap((n) => [1, 2, 4, 6, 8, 10].map((rounds) => ({ n, rounds })));

/** The scenario `duel`, with as many ballots as the rounds need. */
export function measureScript({ n, rounds }: (typeof scriptPoints)[number]): ScriptRow {
  const parameters = { acceptors: n, ballots: 2 * rounds, backOff: 'fixed', learners: 0 } as const;
  const { metrics, trace } = run(paxos, { seed: 1, scenario: 'duel', parameters, trace: true });
  const effects = trace.flatMap((entry) => entry.effects);
  // What comes after the last 1a is answered is a ballot without a rival.
  const last = effects.findLastIndex((effect) => {
    if (effect.type !== 'send') return false;
    const message = effect.envelope.message as { readonly type: string; readonly ballot?: number };
    return message.type === '1b' && message.ballot === 2 * rounds;
  });
  const chosen = effects
    .slice(0, last + 1)
    .filter((effect) => effect.type === 'mark' && effect.name === 'voted').length;
  const prepareMessages = sent(metrics, '1a');
  return { n, rounds, expected: 2 * n * rounds, prepareMessages, chosen };
}

const source = 'Lamport 2001, as test/calibration/paxos-costs.json has it';

export function costCells(rows: readonly CostRow[]): readonly Cell[] {
  return rows.flatMap((row) => [
    cell(
      'costs',
      `${row.case}, n = ${row.n}: messages`,
      row.expected,
      `${source}: ${row.formula}`,
      row.messages,
    ),
    cell(
      'costs',
      `${row.case}, n = ${row.n}: forced writes`,
      row.expectedForced,
      source,
      row.forced,
    ),
  ]);
}

export function scriptCells(rows: readonly ScriptRow[]): readonly Cell[] {
  return rows.flatMap(({ n, rounds, expected, prepareMessages, chosen }) => [
    cell('script', `n = ${n}, k = ${rounds}: 1a`, expected, '2nk, derived', prepareMessages),
    cell('script', `n = ${n}, k = ${rounds}: chosen`, 0, 'derived', chosen),
  ]);
}
