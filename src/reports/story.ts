/** Stories: a trace told in sentences for people, one paragraph per moment. */
import { UserMistake } from '../model/errors.ts';
import type { Executed } from '../model/node.ts';
import type { TraceEntry } from '../model/trace.ts';
import { describeValue, type View } from '../model/view.ts';
import type { Run } from '../simulator/options.ts';
import type { Replay } from '../simulator/replay.ts';
import { actsOf } from './acts.ts';
import { folded } from './folding.ts';
import { openLedger } from './ledger.ts';
import {
  actSentence,
  faultSentence,
  inFlightSentence,
  outcomeSentence,
  repeatedSentence,
  replaySentence,
  statesSentence,
  titleSentence,
  unreachedSentence,
  verdictsSentence,
} from './sentences.ts';
import { messageInWords, ms } from './words.ts';

/** What a story or a diagram can be made of: a run that kept its trace, or a replayed file. */
export type Told = Run | Replay;

/** A story in parts, for callers that lay it out themselves. */
export interface Telling {
  readonly opening: readonly string[];
  readonly paragraphs: readonly Paragraph[];
  readonly ending: readonly string[];
}

interface Paragraph {
  /** `10 ms`, `3.` where there is no time, empty where repetitions are folded. */
  readonly when: string;
  readonly sentences: readonly string[];
}

/** A moment of a trace: the entries at one time, or one entry where there are no times. */
export interface Moment {
  readonly when: string;
  readonly entries: readonly TraceEntry[];
  readonly sentences: readonly string[];
}

export interface StoryOptions {
  /** Columns. Default 100. */
  readonly width?: number;
}

/**
 * The story of a run or replay as text.
 *
 *     story(run(system, { seed: 1, scenario: 'coordinator-crash', trace: true }))
 */
export function story(source: Told, { width = 100 }: StoryOptions = {}): string {
  const { opening, paragraphs, ending } = telling(source);
  const margin = Math.max(6, ...paragraphs.map(({ when }) => when.length)) + 2;
  const wrapped = wrappingAt(width);
  const lines = [...opening.flatMap((sentence) => wrapped(sentence, '', 0)), ''];
  for (const { when, sentences } of paragraphs)
    for (const [index, sentence] of sentences.entries())
      lines.push(...wrapped(sentence, (index === 0 ? when : '').padStart(margin - 2), margin));
  lines.push('', ...ending.flatMap((sentence) => wrapped(sentence, '', 0)));
  return `${lines.join('\n')}\n`;
}

/** The story in parts. */
export function telling(source: Told): Telling {
  const moments = momentsOf(source);
  const paragraphs = folded(moments.map(({ sentences }) => sentences.join('\n'))).map(
    (part): Paragraph => {
      if (part.kind === 'moment') {
        const { when = '', sentences = [] } = moments[part.index] ?? {};
        return { when, sentences };
      }
      const until = moments[part.last]?.when ?? '';
      const at = until.endsWith('.') ? `step ${until.slice(0, -1)}` : until;
      return { when: '', sentences: [repeatedSentence(part.times, at)] };
    },
  );
  return { opening: openingOf(source), paragraphs, ending: endingOf(source) };
}

/** The moments of a trace, with what is told of each. Throws a UserMistake for a run without a trace. */
export function momentsOf(source: Told): readonly Moment[] {
  refuseWithoutTrace(source);
  const { trace, start } = source;
  const ledger = openLedger(start);
  const groups: TraceEntry[][] = [];
  for (const entry of trace) {
    const last = groups.at(-1);
    if (entry.atUs !== undefined && last?.[0]?.atUs === entry.atUs) last.push(entry);
    else groups.push([entry]);
  }
  return groups.map((entries, index) => {
    const atUs = entries[0]?.atUs;
    return {
      when: atUs === undefined ? `${index + 1}.` : `${ms(atUs / 1000)} ms`,
      entries,
      sentences: actsOf(entries, ledger).map(actSentence),
    };
  });
}

/** Throws a UserMistake for a run that did not keep the effects of its decisions. */
export function refuseWithoutTrace(source: Told): void {
  if ('traceLevel' in source && source.traceLevel !== 'full')
    throw new UserMistake(
      `the run kept ${source.traceLevel === 'off' ? 'no trace' : 'its decisions without their effects'}; run it with \`trace: true\` to tell its story`,
    );
}

/** `blocked: p1 is in doubt`: how a run ended; undefined for a counterexample, which just stops. */
export function endWords(source: Told): string | undefined {
  // The first violation ends a run: who still waits there might have gone on.
  const violated =
    'outcome' in source
      ? source.properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name)
      : source.violated;
  if (violated.length > 0) return `${violated.join(', ')} violated`;
  const ending = 'outcome' in source ? source : source.ending;
  if (ending === undefined) return undefined;
  const { outcome, reason } = ending;
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}

function openingOf(source: Told): readonly string[] {
  const faults = 'faults' in source ? source.faults.map(faultSentence) : [];
  return [
    titleSentence(source),
    ...faults,
    `At first ${statesSentence(firstStates(source.start))}`,
  ];
}

function firstStates(start: readonly Executed[]): readonly (readonly [string, string])[] {
  const states = new Map<string, string>();
  for (const effect of start)
    if (effect.type === 'step') states.set(effect.process, describeValue(effect.after));
  return [...states];
}

function endingOf(source: Told): readonly string[] {
  const { end } = source;
  const when = 'virtualMs' in source ? `, after ${ms(source.virtualMs)} ms,` : '';
  const told = [
    `In the end${when} ${statesSentence(lastStates(end))}`,
    inFlightSentence(flight(end)),
  ];
  if ('outcome' in source) {
    // The first violation ends a run: who still waits there might have gone on.
    const isCutShort = source.properties.some(({ verdict }) => verdict === 'violated');
    told.push(
      ...source.unreached.map(unreachedSentence),
      isCutShort
        ? 'The run ends at its first violation.'
        : outcomeSentence(source.outcome, source.reason),
      verdictsSentence(source.properties),
    );
  } else {
    if (source.ending !== undefined)
      told.push(outcomeSentence(source.ending.outcome, source.ending.reason));
    told.push(replaySentence(source));
  }
  return told.filter((sentence) => sentence !== undefined);
}

function lastStates(end: View): readonly (readonly [string, string | undefined])[] {
  return end.all.map((process) => [
    process.address,
    process.up ? describeValue(process.value) : undefined,
  ]);
}

function flight(end: View) {
  return end.inFlight.map(({ message, from, to }) => ({
    message: messageInWords(message),
    from,
    to,
  }));
}

/** Breaks a sentence at blanks; later lines are indented to the first one's text. */
function wrappingAt(width: number) {
  return (sentence: string, when: string, margin: number): readonly string[] => {
    const lines: string[] = [];
    let line = when === '' && margin === 0 ? '' : `${when}  `;
    let empty = true;
    for (const word of sentence.split(' ')) {
      if (!empty && line.length + 1 + word.length > width) {
        lines.push(line);
        line = ' '.repeat(margin);
        empty = true;
      }
      line += empty ? word : ` ${word}`;
      empty = false;
    }
    lines.push(line);
    return lines;
  };
}
