/** What the commit protocols claim, asked of the checker: what is claimed to hold and what is not. */
import { check } from '../checker/check.ts';
import type { Timing, Verdict } from '../model/property.ts';
import { describeScope } from '../model/scope.ts';
import type { RunFile } from '../model/trace.ts';
import type { Claim, CommitProtocol } from '../protocols/atomic-commitment/contract.ts';
import { withNonBlocking } from '../protocols/atomic-commitment/questions.ts';
import { type Replay, replay } from '../simulator/replay.ts';
import type { Cell } from './cells.ts';

export interface ClaimRow {
  readonly protocol: string;
  readonly says: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly timing: Timing | undefined;
  readonly scope: string;
  readonly distinct: number;
  readonly complete: boolean;
  readonly verdict: Verdict;
  /** Names of properties. */
  readonly claimed: readonly string[];
  readonly violated: readonly string[];
  readonly isEqual: boolean;
  /** A shortest way into the first violation. */
  readonly counterexample?: RunFile;
}

/** A row with its counterexample replayed, so that it can be told. */
export interface ShownClaim extends ClaimRow {
  readonly told?: Replay;
}

export function claimCount(protocols: readonly CommitProtocol[]): number {
  return protocols.reduce((sum, { claims }) => sum + claims.length, 0);
}

/** Asks the checker each claim; `progress` is called before each and about every thousand states. */
export function checkClaims(
  protocols: readonly CommitProtocol[],
  maxStates: number | undefined,
  progress: (what: string, distinct: number | undefined) => void,
): readonly ShownClaim[] {
  return protocols.flatMap((protocol) =>
    protocol.claims.map((claim) => {
      const what = `${protocol.title}: ${claim.says}`;
      progress(what, undefined);
      return ask(protocol, claim, maxStates, (distinct) => progress(what, distinct));
    }),
  );
}

function ask(
  { title, system, parameters }: CommitProtocol,
  claim: Claim,
  budget: number | undefined,
  pulse: (distinct: number) => void,
): ShownClaim {
  const { says, violated: claimed, maxStates = budget, ...question } = claim;
  const asked = withNonBlocking(system);
  const result = check(asked, {
    ...question,
    parameters: { ...parameters, ...question.parameters },
    stopAtViolation: false,
    ...(maxStates === undefined ? {} : { maxStates: Math.min(maxStates, budget ?? maxStates) }),
    pulse({ distinct }) {
      pulse(distinct);
      return true;
    },
  });
  const broken = result.properties.filter(({ verdict }) => verdict === 'violated');
  const violated = broken.map(({ name }) => name);
  const file = broken.find(({ counterexample }) => counterexample !== undefined)?.counterexample;
  const isRun = file !== undefined && 'decisions' in file;
  const isKnown = result.complete || claim.maxStates !== undefined;
  return {
    protocol: title,
    says,
    parameters: result.parameters,
    timing: result.timing,
    scope: result.scope === undefined ? '' : describeScope(result.scope),
    distinct: result.distinct,
    complete: result.complete,
    verdict: result.verdict,
    claimed,
    violated,
    isEqual: isKnown && sameNames(claimed, violated),
    ...(isRun ? { counterexample: file, told: replay(asked, file) } : {}),
  };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** `holds`, or what is violated. */
export function answerWords(violated: readonly string[]): string {
  return violated.length === 0 ? 'holds' : `violated: ${violated.toSorted().join(', ')}`;
}

/** The rows for the list of all numbers and verdicts. */
export function claimCells(rows: readonly ClaimRow[]): readonly Cell[] {
  return rows.map(({ protocol, says, claimed, violated, isEqual, complete }) => ({
    figure: 'claims',
    what: `${protocol}: ${says}`,
    claim: answerWords(claimed),
    source: 'what the protocol claims (its claims.ts)',
    found: isEqual || complete || violated.length > 0 ? answerWords(violated) : 'no data',
    isEqual,
  }));
}
