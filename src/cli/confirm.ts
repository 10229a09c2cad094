/** `check --confirm spin`: whether Spin, asked about the exported model, says the same. */
import type { CheckResult, ExportedProperty, PromelaModel } from '../index.ts';
import { runSpin, type SpinAnswer, type SpinLimits, type SpinResult } from './spin.ts';
import { grouped } from './words.ts';

/** A second opinion, as `check --json` has it. */
export interface Confirmation {
  readonly tool: 'spin';
  readonly version: string;
  /** Null when there is no second opinion, for the reason given. */
  readonly agreed: boolean | null;
  readonly reason?: string;
  /** What Spin counted, without the state in which no start is chosen yet. */
  readonly distinct?: number;
  /** Spin's own figure, without compiling. */
  readonly seconds?: number;
  /** Spin's verdict on each property that the model speaks of. */
  readonly properties: readonly { readonly name: string; readonly verdict: 'holds' | 'violated' }[];
  readonly leftOut: PromelaModel['leftOut'];
}

export async function confirmation(
  result: CheckResult,
  model: PromelaModel | undefined,
  version: string,
  limits: SpinLimits,
): Promise<Confirmation> {
  if (model === undefined || !result.complete) {
    const reason = result.complete
      ? 'the budget was spent on visiting the states once more for the model; raise --max-seconds'
      : 'this check did not see all states, so that its tables have holes';
    return { tool: 'spin', version, agreed: null, reason, properties: [], leftOut: [] };
  }
  return compared(result, model, version, await runSpin(model, limits));
}

/** What Spin saw beside what the check says. */
export function compared(
  result: CheckResult,
  model: PromelaModel,
  version: string,
  answer: SpinAnswer,
): Confirmation {
  const { leftOut } = model;
  const common = { tool: 'spin', version, leftOut } as const;
  if (answer.kind === 'unknown')
    return { ...common, agreed: null, reason: answer.reason, properties: [] };
  const distinct = answer.stored - model.extraStates;
  const properties = model.properties.map((property) => ({
    name: property.name,
    verdict: verdictOf(property, answer),
  }));
  const differences: string[] = [];
  if (answer.gaveUp !== undefined) differences.push(answer.gaveUp);
  if (distinct !== result.distinct)
    differences.push(
      `it stores ${grouped(distinct)} states where this check counts ${grouped(result.distinct)}`,
    );
  for (const { name, verdict } of properties) {
    const own = result.properties.find((property) => property.name === name)?.verdict;
    if (own !== verdict) differences.push(`${name} is ${verdict} there and ${own} here`);
  }
  const agreed = differences.length === 0;
  const told = agreed ? {} : { reason: differences.join('; ') };
  return { ...common, agreed, ...told, distinct, seconds: answer.seconds, properties };
}

/** What shall be reachable is asserted never to be reached, so that its violation is the good news. */
function verdictOf(
  { kind, assertion }: ExportedProperty,
  { violated }: SpinResult,
): 'holds' | 'violated' {
  return violated.has(assertion) === (kind === 'reachable') ? 'holds' : 'violated';
}

/** The second opinion in sentences. */
export function confirmationWords(confirmed: Confirmation): string {
  const { version, agreed, reason, distinct = 0, seconds = 0, properties, leftOut } = confirmed;
  const spin = `Spin ${version}`;
  if (agreed === null) return `No second opinion from ${spin}: ${reason}.`;
  if (!agreed)
    return `${spin} does not agree: ${reason}. One of the two is wrong; this is a bug in counterpoint, please report it with the command that you ran.`;
  const same =
    properties.length === 0
      ? ''
      : `, and the same verdict on ${properties.map(({ name }) => name).join(', ')}`;
  const silent =
    leftOut.length === 0
      ? ''
      : ` It was not asked about ${leftOut.map(({ name, reason: why }) => `${name} (${why})`).join(', ')}.`;
  return `${spin} agrees: ${grouped(distinct)} states (in ${seconds} s)${same}.${silent}`;
}
