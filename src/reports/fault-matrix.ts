/**
 * The fault matrix: what each commit protocol does under each fault, measured over seeds, beside what the
 * literature says. Each cell keeps a run of each of its scenarios, which can be replayed.
 */
import {
  type CommitProtocol,
  type FaultOutcome,
  type MatrixFault,
  matrixFaults,
} from '../protocols/atomic-commitment/contract.ts';
import { faultOutcomeOf } from '../protocols/atomic-commitment/questions.ts';
import type { Run } from '../simulator/options.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import type { Cell } from './cells.ts';

export interface MatrixCell {
  readonly fault: MatrixFault;
  readonly protocol: string;
  readonly system: string;
  /** What may be seen by the literature; none where the situation does not arise. */
  readonly claimed: readonly FaultOutcome[];
  /** Where all decide, perhaps to abort. */
  readonly mayAbort: boolean;
  /** In how many runs each outcome was seen. */
  readonly found: Readonly<Record<string, number>>;
  readonly isEqual: boolean;
  /** The longest time in doubt of a participant in any of the runs, in ms. */
  readonly longestDoubtMs: number;
  /** Whether somebody was still in doubt when a run ended. */
  readonly endsInDoubt: boolean;
  readonly scenarios: readonly string[];
}

/** A cell with a run of each scenario, with its trace. */
export interface ShownCell extends MatrixCell {
  readonly shown: readonly Run[];
}

/** A vote or a request that is lost makes the decision abort, whatever the protocol. */
const lossy = 'lost-messages';

/** Runs each scenario of each cell under so many seeds, from 1 on. */
export function measureMatrix(
  protocols: readonly CommitProtocol[],
  seeds: number,
  progress: (protocol: string) => void = () => {},
): readonly ShownCell[] {
  return protocols.flatMap((protocol) => {
    progress(protocol.title);
    return (Object.keys(matrixFaults) as MatrixFault[]).map((fault) =>
      measureCell(protocol, fault, seeds),
    );
  });
}

function measureCell(protocol: CommitProtocol, fault: MatrixFault, seeds: number): ShownCell {
  const { system, title, parameters = {} } = protocol;
  const claim = protocol.underFaults[fault];
  const scenarios = claim === undefined ? [] : (claim.scenarios ?? matrixFaults[fault].scenarios);
  const claimed = claim?.outcomes ?? [];
  const mayAbort = claim?.mayAbort === true;
  const found: Record<string, number> = {};
  const shown: Run[] = [];
  let longestDoubtMs = 0;
  let endsInDoubt = false;
  let isEqual = true;
  for (const scenario of scenarios) {
    const aborts = scenario === lossy || mayAbort;
    const legal: readonly string[] = aborts ? [...claimed, 'abort'] : claimed;
    for (let seed: Seed & number = 1; seed <= seeds; seed++) {
      const done = run(system, {
        seed,
        scenario,
        parameters: { ...parameters, votes: 'yes' },
        trace: seed === 1,
      });
      const outcome = faultOutcomeOf(done);
      found[outcome] = (found[outcome] ?? 0) + 1;
      isEqual &&= legal.includes(outcome);
      const { inDoubt } = done.metrics.spans;
      longestDoubtMs = Math.max(longestDoubtMs, inDoubt?.maxMs ?? 0);
      endsInDoubt ||= (inDoubt?.open ?? 0) > 0;
      if (seed === 1) shown.push(done);
    }
  }
  return {
    fault,
    protocol: title,
    system: system.name,
    claimed,
    found,
    isEqual: isEqual && (mayAbort || claimed.every((outcome) => found[outcome] !== undefined)),
    mayAbort,
    longestDoubtMs,
    endsInDoubt,
    scenarios,
    shown,
  };
}

/** What is claimed of a cell, in words. */
export function claimWords({ claimed, scenarios, mayAbort }: MatrixCell): string {
  if (claimed.length === 0) return 'does not arise';
  const words = claimed.join(' or ');
  if (mayAbort) return `${words}, or all abort`;
  return scenarios.includes(lossy) && !claimed.includes('abort')
    ? `${words}, or abort where a vote is lost`
    : words;
}

/** What was found in a cell, in words. */
export function foundWords({ found, claimed }: MatrixCell): string {
  if (claimed.length === 0) return 'does not arise';
  return Object.keys(found).sort(byClaim(claimed)).join(' or ');
}

const byClaim =
  (claimed: readonly string[]) =>
  (a: string, b: string): number =>
    rank(claimed, a) - rank(claimed, b);

const rank = (claimed: readonly string[], outcome: string): number => {
  const index = claimed.indexOf(outcome);
  return index < 0 ? claimed.length : index;
};

const literature =
  'Bernstein, Hadzilacos and Goodman 1987; Skeen 1981; Keidar and Dolev 1998; Gray and Lamport 2006';

/** The cells for the list of all numbers and verdicts. */
export function matrixCells(cells: readonly MatrixCell[]): readonly Cell[] {
  return cells
    .filter(({ claimed }) => claimed.length > 0)
    .map((one) => ({
      figure: 'fault matrix',
      what: `${one.protocol}: ${matrixFaults[one.fault].says}`,
      claim: claimWords(one),
      source: literature,
      found: foundWords(one),
      isEqual: one.isEqual,
    }));
}
