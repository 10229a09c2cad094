/** The sentences of the command that are not a mistake's: verdicts, scopes, notes. */
import {
  type CheckResult,
  type Durations,
  describeScope,
  type MessageCounts,
  type Outcome,
  type PropertyVerdict,
  type Run,
  type Verdict,
} from '../index.ts';
import { joint } from './layout.ts';

export function runVerdictWords({ verdict, properties }: Run): string {
  if (verdict === 'holds')
    return properties.length === 0
      ? 'holds: the system states no property that a run could violate'
      : 'holds: no property was violated in this run';
  if (verdict === 'unknown')
    return 'unknown: the budget for judging its history was spent, and nothing was violated';
  const violated = violatedNames(properties);
  return violated.length === 0
    ? 'violated: the run is stuck'
    : // A history is judged when the run is over.
      properties.some((one) => one.verdict === 'violated' && one.kind !== 'linearizable')
      ? `violated in this run, which ends there: ${violated.join(', ')}`
      : `violated in this run: ${violated.join(', ')}`;
}

export function violatedNames(properties: readonly PropertyVerdict[]): readonly string[] {
  return properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
}

export function outcomeWords(outcome: Outcome, reason: string | undefined): string {
  switch (outcome) {
    case 'recovered':
      return 'recovered: nothing is left to wait for';
    case 'blocked':
      return `blocked: ${reason ?? 'for no reason given'}`;
    case 'stuck':
      return 'stuck: something waits although it could go on';
  }
}

/** The verdict of a check with the question that it answers. */
export function checkVerdictWords(result: CheckResult, stoppedBy: string | undefined): string {
  const { verdict, complete, scope, timing, fairness, properties } = result;
  const within =
    scope === undefined
      ? ''
      : ` within ${describeScope(scope).replaceAll(' <= ', `${joint}<=${joint}`)}`;
  const fair = fairness === undefined ? '' : `; fairness: ${fairness}`;
  const under = `${timing === undefined ? '' : `, ${timing} timing`}${fair}`;
  switch (verdict) {
    case 'holds':
      return properties.length === 0
        ? `holds, since nothing was asked: no property is claimed here${within}${under}`
        : `holds in every reachable state${within}${under}`;
    case 'violated':
      return `violated${within}${under}${complete ? '' : '; the search stopped there'}`;
    case 'unknown':
      return `unknown${within}${under}: ${stoppedBy ?? 'the budget was spent'}, and nothing was violated in what was covered`;
  }
}

/** What a property asks, by its kind. */
export function kindWords(kind: string): string {
  return kinds[kind] ?? kind;
}

const kinds: Readonly<Record<string, string>> = {
  invariant: 'in every state',
  transition: 'in every step',
  reachable: 'can happen',
  alwaysPossible: 'always possible',
  eventually: 'happens at last',
  leadsTo: 'follows always',
  infinitelyOften: 'again and again',
  linearizable: 'of every history',
};

/** What a property's verdict leaves unsaid. */
export function propertyNote({ verdict, exercised, kind }: PropertyVerdict): string {
  if (!exercised && kind === 'linearizable') return 'no operation was ever answered';
  if (!exercised)
    return verdict === 'unknown'
      ? 'its premise has not occurred yet'
      : 'its premise never occurred';
  if (kind === 'reachable') {
    if (verdict === 'holds') return 'it was reached';
    return verdict === 'unknown' ? 'not reached' : 'it cannot happen';
  }
  return '';
}

export function messagesWords({ sent, delivered, duplicated, dropped }: MessageCounts): string {
  const parts = [`${sent} sent`, `${delivered} delivered`];
  if (duplicated > 0) parts.push(`${duplicated} duplicated`);
  if (dropped > 0) parts.push(`${dropped} lost`);
  return parts.join(', ');
}

export function countsWords(result: Pick<CheckResult, 'distinct' | 'generated' | 'depth'>): string {
  return `${grouped(result.distinct)} distinct states, ${grouped(result.generated)} generated, depth ${result.depth}`;
}

/** 1234567 as 1,234,567. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `name=value` for each, as `--set` and `--scope` take them. */
export function settings(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}

/** `mean 40 ms, p50 39 ms, p99 71 ms, max 80 ms`; one duration is just itself. */
export function durationsWords({ count, meanMs, maxMs, percentilesMs }: Durations): string {
  if (count === 1 || meanMs === maxMs) return milliseconds(maxMs ?? 0);
  const shares = Object.entries(percentilesMs ?? {}).map(
    ([name, value]) => `${name} ${milliseconds(value)}`,
  );
  const words = [`mean ${milliseconds(meanMs ?? 0)}`, ...shares, `max ${milliseconds(maxMs ?? 0)}`];
  return words.join(', ');
}

/** `99.95 %`: a share between 0 and 1; only what is all is 100 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 10_000) / 100;
  if (share < 1 && rounded === 100) return '> 99.99 %';
  if (share > 0 && rounded === 0) return '< 0.01 %';
  return `${rounded} %`;
}

/** A millisecond value without a tail of zeros. */
export function milliseconds(value: number): string {
  return `${Math.round(value * 1000) / 1000} ms`;
}

export const exitOf = { holds: 0, violated: 1, unknown: 3 } as const satisfies Record<
  Verdict,
  number
>;

export const notes = {
  moduleChanged: (typed: string): string =>
    `warning: ${typed} has changed since this run was recorded`,
  moduleUnknown: (typed: string): string =>
    `warning: the file does not say which version of ${typed} it was recorded with`,
  bug: 'this is a bug in counterpoint, please report it with the command that you ran:',
} as const;

/** `1 decision`, `7 decisions`. */
export function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Why a check ended early. */
export const stopWords = {
  interrupt: 'it was interrupted',
  seconds: 'its time was spent',
  memory: 'its memory was spent',
} as const;
