/** What `run` prints: a run in words and as JSON, and the table of crashes. */
import { describeDistribution, type PresetWeather, type Run } from '../index.ts';
import { type CrashRow, faultClause } from '../reports/index.ts';
import type { Io } from './io.ts';
import { paint, paintVerdict, table, wrapped } from './layout.ts';
import { propertyTable } from './property-table.ts';
import {
  counted,
  durationsWords,
  messagesWords,
  milliseconds,
  outcomeWords,
  percent,
  runVerdictWords,
  settings,
  violatedNames,
} from './words.ts';

/** The contract of `run --json`. */
export function runJson(done: Run, weather: PresetWeather | undefined) {
  const { system, scenario, parameters, seed, faults, verdict, outcome, reason } = done;
  const { properties, metrics, digest, virtualMs } = done;
  return {
    system,
    scenario: scenario ?? null,
    parameters,
    seed,
    faults,
    verdict,
    outcome,
    reason: reason ?? null,
    properties,
    metrics,
    digest,
    virtualMs,
    // Beside the contract's fields, where the preset of the faults has a weather of its own.
    ...(weather === undefined ? {} : { weather }),
  };
}

interface Telling {
  readonly command: string;
  readonly weather: PresetWeather | undefined;
  readonly told: string | undefined;
  readonly trace: string | undefined;
}

export function runText(done: Run, { command, weather, told, trace }: Telling, io: Io): string {
  const { width, hasColour } = io;
  const parts = [
    `${paint('dim', command, hasColour)}\n\n`,
    wrapped(situation(done), width, 0, 2),
    ...weatherLines(weather).map((line) => wrapped(`- ${line}`, width, 2, 2)),
    ...done.faults.map((fault) => wrapped(`- ${faultClause(fault)}`, width, 2, 2)),
    '\n',
    wrapped(paintVerdict(done.verdict, runVerdictWords(done), hasColour), width),
    // A run that ends at a violation had no time to recover.
    violatedNames(done.properties).length > 0
      ? ''
      : wrapped(outcomeWords(done.outcome, done.reason), width),
    '\n',
    told === undefined ? '' : `${told}\n`,
    propertyTable(done.properties, io),
    '\n',
    table(undefined, metricRows(done), io),
  ];
  if (trace !== undefined) parts.push('\n', wrapped(`The run is in ${trace}.`, width));
  return parts.join('');
}

function weatherLines(weather: PresetWeather | undefined): readonly string[] {
  const { latency, forceLatency, links = [], horizonMs } = weather ?? {};
  const lines: string[] = [];
  if (latency !== undefined) lines.push(`latency: ${describeDistribution(latency)}`);
  if (forceLatency !== undefined)
    lines.push(`forced writes: ${describeDistribution(forceLatency)}`);
  for (const { msPerByte } of links)
    if (msPerByte !== undefined) lines.push(`links: ${msPerByte} ms a byte`);
  if (horizonMs !== undefined) lines.push(`horizon: ${milliseconds(horizonMs)}`);
  return lines;
}

/** To three digits. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function situation({ system, scenario, seed, parameters }: Run): string {
  const where = scenario === undefined ? '' : `, scenario ${scenario}`;
  const set = settings(parameters);
  return `${system}${where}, seed ${seed}${set === '' ? '' : `, ${set}`}`;
}

function metricRows({ metrics, virtualMs, digest }: Run): string[][] {
  const { messages, writes, crashes, restarts, operations, availability, spans } = metrics;
  const { failedWrites, lostForces } = metrics;
  const failed = failedWrites === 0 ? '' : `, ${failedWrites} failed`;
  const lost = lostForces === 0 ? '' : `, ${lostForces} only said to be done`;
  const rows = [
    ['messages', messagesWords(messages)],
    ['log writes', `${writes.forced} forced, ${writes.unforced} unforced${failed}${lost}`],
  ];
  if (crashes > 0) rows.push(['crashes', `${crashes}, with ${counted(restarts, 'restart')}`]);
  const { arrived, invoked, returned, attempts, latency, wait } = operations;
  if (arrived > 0) {
    const more = attempts > invoked ? `, in ${counted(attempts, 'attempt')}` : '';
    const unstarted = arrived > invoked ? `, ${arrived - invoked} not started yet` : '';
    rows.push(['operations', `${returned} of ${arrived} returned${more}${unstarted}`]);
  }
  if (operations.degraded > 0) rows.push(['', `${operations.degraded} degraded`]);
  if (operations.errors > 0) rows.push(['', `${operations.errors} failed`]);
  if (latency.count > 0) rows.push(['latency', durationsWords(latency)]);
  if (wait !== null && (wait.maxMs ?? 0) > 0) rows.push(['wait', durationsWords(wait)]);
  // Of operations that arrive by themselves: what is asked in turn yields to a system that is slow.
  if (wait !== null && virtualMs > 0) {
    const goodput = operations.inTime / (virtualMs / 1000);
    rows.push(['goodput', `${rounded(goodput)} answers in time a second`]);
  }
  for (const [name, ratio] of Object.entries(metrics.ratios))
    if (ratio !== null) rows.push([name, rounded(ratio)]);
  const { inRequests, everyClient, answerWithinMs } = availability;
  if (inRequests !== null && everyClient !== null)
    rows.push([
      'availability',
      `${percent(inRequests)} of the operations answered within ${milliseconds(answerWithinMs)}; all clients served ${percent(everyClient)} of the time`,
    ]);
  for (const [name, { open, ...durations }] of Object.entries(spans)) {
    if (durations.count === 0) continue;
    const unended = open === 0 ? '' : `, ${open} of ${durations.count} without an end`;
    rows.push([`time ${name}`, `${durationsWords(durations)}${unended}`]);
  }
  rows.push(['virtual time', milliseconds(virtualMs)], ['digest', digest]);
  return rows;
}

export function crashTableJson(undisturbed: Run, crashes: readonly CrashRow[]) {
  const { system, scenario, parameters, seed } = undisturbed;
  return { system, scenario: scenario ?? null, parameters, seed, crashes };
}

/** "What if it dies right here?" */
export function crashTableText(
  undisturbed: Run,
  rows: readonly CrashRow[],
  command: string,
  io: Io,
): string {
  const { width, hasColour } = io;
  const back = rows.find(({ forMs }) => forMs !== null)?.forMs ?? 0;
  const points = new Map<string, CrashRow[]>();
  for (const row of rows) {
    const point = `${row.node}@${row.point.moment}:${row.point.nth}:${row.point.message}`;
    points.set(point, [...(points.get(point) ?? []), row]);
  }
  const body = [...points].map(([point, [stays, returns]]) => [
    point,
    ending(stays, hasColour),
    ending(returns, hasColour),
  ]);
  return [
    `${paint('dim', command, hasColour)}\n\n`,
    wrapped(`${situation(undisturbed)}: what if it dies right here?`, width, 0, 2),
    '\n',
    table(['dies', 'and stays down', `and is back after ${milliseconds(back)}`], body, io),
    '\n',
    ...reasons(rows).map((line) => wrapped(line, width, 0, 2)),
    wrapped('One of them as a run: --crash NODE@before:1:MESSAGE [--for MS] --story', width),
  ].join('');
}

/** `blocked, inDoubt without an end on 3`, `recovered, inDoubt 615 ms`. */
function ending(row: CrashRow | undefined, hasColour: boolean): string {
  if (row === undefined) return 'no data';
  const outcome = row.verdict === 'violated' && row.outcome !== 'stuck' ? 'violated' : row.outcome;
  const spans = Object.entries(row.longestMs).flatMap(([name, longestMs]) => {
    const open = row.openSpans[name] ?? 0;
    if (open > 0) return [`${name} without an end on ${open}`];
    return longestMs === 0 ? [] : [`${name} ${milliseconds(longestMs)}`];
  });
  return [paintVerdict(row.verdict, outcome, hasColour), ...spans].join(', ');
}

/** Each reason once, with how many of the runs are blocked for it. */
function reasons(rows: readonly CrashRow[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { outcome, reason = 'for no reason given' } of rows)
    if (outcome === 'blocked') times.set(reason, (times.get(reason) ?? 0) + 1);
  return [...times].map(
    ([reason, count]) => `blocked (${count} of ${rows.length} runs): ${reason}`,
  );
}
