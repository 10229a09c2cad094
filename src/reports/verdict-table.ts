/** The checker's verdicts on two-phase commit, each under the timing and scope of its claim. */
import { check } from '../checker/check.ts';
import type { CheckResult } from '../checker/check-contract.ts';
import type { Progress } from '../checker/search.ts';
import type { Timing, Verdict } from '../model/property.ts';
import { describeScope } from '../model/scope.ts';
import type { AnySystem } from '../model/system.ts';
import type { RunFile } from '../model/trace.ts';
import { nonBlockingQuestion, twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import { type Replay, replay } from '../simulator/replay.ts';

export interface VerdictRow {
  readonly property: string;
  readonly description: string;
  readonly system: string;
  readonly timing: Timing | undefined;
  readonly scope: string;
  readonly distinct: number;
  readonly complete: boolean;
  readonly verdict: Verdict;
  readonly exercised: boolean;
  readonly claim: Verdict;
  readonly source: string;
  readonly command: string;
  readonly counterexample?: RunFile;
}

interface Question {
  readonly system: AnySystem;
  readonly timing?: Timing;
  readonly scope?: Readonly<Record<string, number | boolean>>;
  readonly claims: Readonly<Record<string, { readonly verdict: Verdict; readonly source: string }>>;
}

const bhg = (place: string): string => `Bernstein, Hadzilacos and Goodman 1987, ${place}`;
const holds = (source: string) => ({ verdict: 'holds', source }) as const;

const questions: readonly Question[] = [
  {
    system: twoPhaseCommit,
    claims: {
      'AC1 agreement': holds(bhg('7.3')),
      'AC2 finality': holds(bhg('7.3')),
      'AC3 commit validity': holds(bhg('7.3')),
      durability: holds(bhg('7.4, logging')),
      'AC5 termination': holds(bhg('7.3')),
    },
  },
  {
    system: twoPhaseCommit,
    timing: 'synchronous',
    scope: { crashes: 0, loss: false },
    claims: { 'AC4 non-triviality': holds(bhg('7.3')) },
  },
  {
    system: nonBlockingQuestion,
    claims: {
      'non-blocking': { verdict: 'violated', source: bhg('7.4; Skeen 1981') },
    },
  },
];

/** How many checks {@link checkVerdicts} makes, for a progress bar. */
export const verdictChecks = questions.length;

/** Asks the checker, with so many participants. `pulse` is called before and during each check. */
export function checkVerdicts(
  participants: number,
  maxStates: number | undefined,
  pulse: (question: number, progress: Progress | undefined) => void,
): readonly VerdictRow[] {
  const rows = questions.flatMap((question, index) => {
    pulse(index, undefined);
    const result = check(question.system, {
      parameters: { participants },
      ...(question.timing === undefined ? {} : { timing: question.timing }),
      ...(question.scope === undefined ? {} : { scope: question.scope }),
      ...(maxStates === undefined ? {} : { maxStates }),
      stopAtViolation: false,
      pulse(progress) {
        pulse(index, progress);
        return true;
      },
    });
    return rowsOf(question, result, participants);
  });
  return rows.sort((a, b) => (a.property < b.property ? -1 : 1));
}

function rowsOf(
  { system, claims, timing, scope = {} }: Question,
  result: CheckResult,
  participants: number,
): readonly VerdictRow[] {
  const flags = [
    ...(timing === undefined ? [] : [`--timing ${timing}`]),
    ...Object.entries(scope).map(([key, value]) => `--scope ${key}=${value}`),
  ];
  const command = ['check', system.name, `--set participants=${participants}`, ...flags].join(' ');
  return Object.entries(claims).map(([name, { verdict: claim, source }]): VerdictRow => {
    const judged = result.properties.find((property) => property.name === name);
    const specified = (system.properties ?? []).find(
      (property: { readonly name: string }) => property.name === name,
    );
    const path = judged?.counterexample;
    return {
      property: name,
      description: specified?.description ?? '',
      system: system.name,
      timing: result.timing,
      scope: result.scope === undefined ? '' : describeScope(result.scope),
      distinct: result.distinct,
      complete: result.complete,
      verdict: judged?.verdict ?? 'unknown',
      exercised: judged?.exercised ?? false,
      claim,
      source,
      command,
      ...(path !== undefined && 'decisions' in path ? { counterexample: path } : {}),
    };
  });
}

/** The shortest path on which somebody is left without a decision, replayed so that it can be told. */
export function blockingPath(rows: readonly VerdictRow[]): Replay | undefined {
  const file = rows.find(({ property }) => property === 'non-blocking')?.counterexample;
  return file === undefined ? undefined : replay(nonBlockingQuestion, file);
}
