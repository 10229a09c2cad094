/**
 * Every sentence of a story, to be read in one sitting. The sentences know no protocol: names of
 * messages, records, marks, states and delays are the machines' own.
 */

import type { CrashFault, Fault, Span } from '../model/faults.ts';
import type { HistoryExplanation, PropertyVerdict } from '../model/property.ts';
import type { Outcome } from '../simulator/options.ts';
import type { Replay } from '../simulator/replay.ts';
import type { Act, Change, Deed, Opening } from './acts.ts';
import { faultClause, pointWords } from './fault-words.ts';
import { listed, ms } from './words.ts';

/** One act in a sentence, without the time. */
export function actSentence(act: Act): string {
  const { opening, actors, change, deeds } = act;
  const many = actors.length > 1;
  const verbs = deeds.map((deed) => deedWords(deed, many));
  const moved = movement(change);
  const end = crashWords(act);
  const start = openingWords(opening, actors);
  if (isAbout(opening)) {
    const rest = joined([
      ...(moved === '' ? [] : [`${many ? 'go' : 'goes'} ${journey(change)}`]),
      ...verbs,
    ]);
    return `${start}${rest === '' ? '' : `; ${many ? 'they' : 'it'} ${rest}`}${end}.`;
  }
  const parenthesis = moved === '' ? '' : ` (${moved})`;
  if (verbs.length === 0 && moved === '' && end === '' && change !== undefined)
    return `${start}; ${many ? 'they stay' : 'it stays'} ${placeOf(change)}.`;
  const [first, ...others] = verbs;
  if (first === undefined) return `${start}${parenthesis}${end}.`;
  return `${joined([`${start}${parenthesis}`, first, ...others])}${end}.`;
}

/** Whether the opening's subject is a thing, so that the process must be named again by a pronoun. */
function isAbout({ kind }: Opening): boolean {
  return (
    kind === 'fire' ||
    kind === 'durable' ||
    kind === 'loseForce' ||
    kind === 'failWrite' ||
    kind === 'restart'
  );
}

function openingWords(opening: Opening, actors: readonly string[]): string {
  const who = listed(actors);
  const many = actors.length > 1;
  switch (opening.kind) {
    case 'deliver': {
      const copy = opening.duplicate ? ', of which a copy stays on its way' : '';
      return `${who} ${many ? 'receive' : 'receives'} ${opening.message} from ${listed(opening.from)}${copy}`;
    }
    case 'drop': {
      const { message, from, to, cause } = opening;
      const down = `${listed(to)} ${to.length > 1 ? 'are' : 'is'} down`;
      const cut = `the link is cut`;
      const why = cause === 'down' ? `: ${down}` : cause === 'cut' ? `: ${cut}` : ' by the network';
      return `${message} from ${listed(from)} to ${listed(to)} is lost${cause === undefined ? '' : why}`;
    }
    case 'fire': {
      const ran = opening.ranMs === undefined ? '' : ` (${ms(opening.ranMs)} ms)`;
      return many
        ? `The ${opening.delay}${ran} of ${who} runs out`
        : `${who}'s ${opening.delay}${ran} runs out`;
    }
    case 'choose':
      return `${who} ${many ? 'choose' : 'chooses'} ${opening.event}`;
    case 'invoke':
      return `${who} ${many ? 'are' : 'is'} asked for ${opening.event}`;
    case 'durable':
      return many
        ? `The record ${opening.record} is safe on the disks of ${who}`
        : `The record ${opening.record} is safe on the disk of ${who}`;
    case 'loseForce':
      return many
        ? `The disks of ${who} say that the record ${opening.record} is safe, and have not written it`
        : `The disk of ${who} says that the record ${opening.record} is safe, and has not written it`;
    case 'failWrite': {
      const fails = many
        ? `The disks of ${who} fail to write the record ${opening.record}`
        : `The disk of ${who} fails to write the record ${opening.record}`;
      return opening.stops ? `${fails}, and ${who} ${many ? 'stop' : 'stops'}` : fails;
    }
    case 'crash':
      return `${who} ${many ? 'crash' : 'crashes'}`;
    case 'loseDisk':
      return `${who} ${many ? 'lose their disks' : 'loses its disk'}`;
    case 'restart': {
      const disk = many ? 'on each disk' : 'on its disk';
      const { found, lost: all, forgotten } = opening;
      const lost = all - forgotten;
      const records = found.length === 1 ? 'the record' : 'the records';
      const there = found.length === 0 ? `nothing ${disk}` : `${records} ${listed(found)} ${disk}`;
      const belied =
        forgotten === 0
          ? ''
          : `; ${forgotten} ${forgotten === 1 ? 'record' : 'records'} that the disk had called safe ${forgotten === 1 ? 'is' : 'are'} gone`;
      const gone =
        lost === 0
          ? ''
          : `; ${lost} ${lost === 1 ? 'record' : 'records'} had not been forced and ${lost === 1 ? 'is' : 'are'} gone`;
      return `${who} ${many ? 'come' : 'comes'} back and ${many ? 'find' : 'finds'} ${there}${belied}${gone}`;
    }
    case 'cut':
      return `The network is cut ${linksInWords(opening.links)}`;
    case 'mend':
      return opening.links.length === 0
        ? 'All links work again'
        : `The links ${linksInWords(opening.links)} work again`;
  }
}

function deedWords(deed: Deed, many: boolean): string {
  const s = (verb: string): string => (many ? verb : `${verb}s`);
  switch (deed.kind) {
    case 'send':
      return `${s('send')} ${deed.message} to ${listed(deed.to)}`;
    case 'tell':
      return `${s('pass').replace('passs', 'passes')} ${deed.message} on to ${deed.to}`;
    case 'write':
      return deed.durability === 'forced'
        ? `${s('force')} the record ${deed.record}`
        : `${s('write')} the record ${deed.record} without forcing it`;
    case 'replace':
      return `${s('replace')} ${many ? 'their' : 'its'} log by ${deed.count} ${deed.count === 1 ? 'record' : 'records'}`;
    case 'mark':
      return `${s('note')} ${listed(deed.marks.map((mark) => `“${mark}”`))}`;
    case 'start':
      return `${s('start')} ${deed.process}`;
    case 'stop':
      return `${s('end')} ${deed.process}`;
    case 'follow': {
      const moved = movement(deed.change);
      return `${deed.process} ${moved === '' ? `stays ${placeOf(deed.change)}` : `goes ${journey(deed.change)}`}`;
    }
  }
}

/** `in collecting`; a machine without states is as it was. */
function placeOf({ after }: Change): string {
  return after === '' ? 'as it was' : `in ${after}`;
}

/** `working -> voting`, or nothing where the state is the same. */
function movement(change: Change | undefined): string {
  if (change === undefined || change.before === change.after || change.after === '') return '';
  if (change.before === undefined) return `to ${change.after}`;
  return `${change.before} -> ${change.after}`;
}

/** The same after a verb: `from collecting to aborting`. */
function journey(change: Change | undefined): string {
  if (change?.before === undefined) return movement(change);
  return `from ${change.before} to ${change.after}`;
}

/** A crash in the midst of a step: what had got out, and that the rest had not. */
function crashWords({ crashAfter, deeds, actors }: Act): string {
  if (crashAfter === undefined) return '';
  const crashes = actors.length > 1 ? 'crash' : 'crashes';
  if (crashAfter === 0) return `, and ${crashes} before it sends or writes anything more`;
  const sent = deeds.findLast((deed) => deed.kind === 'send');
  const out =
    sent === undefined
      ? 'nothing of what should follow is sent or written'
      : `${sent.message} is on its way to ${listed(sent.to)} only, and nothing follows`;
  return `, and ${crashes} right there: ${out}`;
}

/** Each pair once where both directions are meant. */
function linksInWords(links: readonly (readonly [string, string])[]): string {
  const partners = new Map<string, string[]>();
  const both = (a: string, b: string): boolean => links.some(([c, d]) => c === b && d === a);
  for (const [a, b] of links) {
    if (both(a, b) && partners.get(b)?.includes(a)) continue;
    partners.set(a, [...(partners.get(a) ?? []), b]);
  }
  const oneWay = links.some(([a, b]) => !both(a, b));
  return [...partners]
    .map(
      ([a, others]) =>
        `${oneWay ? 'from' : 'between'} ${a} ${oneWay ? 'to' : 'and'} ${listed(others)}`,
    )
    .join('; ');
}

/** `a`, `a, and b`, `a, b, and c`: verbs of one subject. */
function joined(parts: readonly string[]): string {
  if (parts.length <= 1) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}

/** What the schedule has in store, before anything happens. */
export function faultSentence(fault: Fault): string {
  const until = ({ atMs = 0, forMs }: Span): string =>
    forMs === undefined ? `from ${ms(atMs)} ms on` : `from ${ms(atMs)} to ${ms(atMs + forMs)} ms`;
  const isPlain = !('repeat' in fault) && !('links' in fault) && !('direction' in fault);
  if (fault.fault === 'crash' && fault.tail === undefined) {
    const { node, point, atMs, forMs, loseDisk } = fault;
    const when =
      point === undefined
        ? `at ${ms(atMs ?? 0)} ms`
        : `right ${point.moment} its ${pointWords(point)}`;
    const then = forMs === undefined ? 'stay down' : `come back ${ms(forMs)} ms later`;
    return `${node} is going to crash ${when}${loseDisk === true ? ', lose its disk' : ''} and ${then}.`;
  }
  if (fault.fault === 'partition' && isPlain && fault.groups !== undefined)
    return `${listed(fault.groups.map((group) => listed(group)))} will be cut off ${until(fault)}.`;
  if (fault.fault === 'loss' && isPlain)
    return `Messages are lost with probability ${fault.probability} ${until(fault)}.`;
  if (fault.fault === 'duplication' && isPlain)
    return `Messages arrive twice with probability ${fault.probability} ${until(fault)}.`;
  const clause = faultClause(fault);
  // Names of nodes are written as they are.
  const isName = !/^(the clock|the disk|links|messages|forced writes|everything) /.test(clause);
  return `${isName ? clause : `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`}.`;
}

/** A planned crash that never came tells nothing; silence would pass for survival. */
export function unreachedSentence({ node, point }: CrashFault): string {
  const never = point === undefined ? '' : `: there was no ${pointWords(point)}`;
  return `${node} never reached the point of its crash${never}.`;
}

/** `coordinator is in idle; p1 and p2 are in working`: processes by state, in the order of first mention. */
export function statesSentence(states: readonly (readonly [string, string | undefined])[]): string {
  const groups = new Map<string, string[]>();
  for (const [process, state] of states) {
    // A machine without states is in none; all there is to say is that it is up.
    const key = state === undefined ? 'down' : state === '' ? 'up' : `in ${state}`;
    groups.set(key, [...(groups.get(key) ?? []), process]);
  }
  return `${[...groups]
    .map(
      ([state, processes]) =>
        `${listed(processes)} ${processes.length > 1 ? 'are' : 'is'} ${state}`,
    )
    .join('; ')}.`;
}

/** What is left on the network when the story ends. */
export function inFlightSentence(
  messages: readonly { readonly message: string; readonly from: string; readonly to: string }[],
): string | undefined {
  if (messages.length === 0) return undefined;
  const told = messages.map(({ message, from, to }) => `${message} from ${from} to ${to}`);
  return `Still on the way: ${listed([...new Set(told)])}.`;
}

export function outcomeSentence(outcome: Outcome, reason: string | undefined): string {
  switch (outcome) {
    case 'recovered':
      return 'The run has recovered: nobody waits for anything any more.';
    case 'blocked':
      return `The run is blocked: ${reason ?? 'somebody waits, and rightly so'}.`;
    case 'stuck':
      return 'The run is stuck: somebody waits although it could go on. That is a violation.';
  }
}

export function verdictsSentence(verdicts: readonly PropertyVerdict[]): string | undefined {
  if (verdicts.length === 0) return undefined;
  const of = (verdict: PropertyVerdict['verdict']): readonly string[] =>
    verdicts
      .filter((one) => one.verdict === verdict)
      .map(({ name, exercised }) => (exercised ? name : `${name} (its premise never occurred)`));
  const [violated, unknown, held] = [of('violated'), of('unknown'), of('holds')];
  const said: string[] = [];
  if (violated.length > 0) said.push(`Violated: ${listed(violated)}.`);
  for (const { explanation } of verdicts)
    if (explanation !== undefined) said.push(historySentence(explanation));
  if (unknown.length > 0) said.push(`Unknown: ${listed(unknown)}.`);
  if (held.length > 0) said.push(`Not violated in this run: ${listed(held)}.`);
  return said.join(' ');
}

/** So many of the last operations of an order are told: what went wrong is near the end. */
const lastOperations = 8;

/** Why the clients' history has no linearization. */
export function historySentence({ sentence, order, blocked }: HistoryExplanation): string {
  const told = order
    .slice(-lastOperations)
    .map(({ process, operation }) => `${operation} of ${process}`);
  const left = order.length - told.length;
  const first = left > 0 ? [`${left} more`] : [];
  const longest =
    told.length === 0
      ? `Nothing can come before ${blocked.operation}.`
      : `A longest order: ${[...first, ...told].join(', then ')}; here ${blocked.operation} of ${blocked.process} has no place.`;
  return `${sentence}. ${longest}`;
}

/** The end of a replay: what the file's decisions led to. */
export function replaySentence({
  violated,
  about,
  trace,
  explanations,
}: Pick<Replay, 'violated' | 'about' | 'trace' | 'explanations'>): string {
  if (violated.length > 0)
    return [
      `This path violates ${listed(violated)}.`,
      ...Object.values(explanations).map(historySentence),
    ].join(' ');
  if (about?.loopsFrom !== undefined)
    return about.loopsFrom === trace.length
      ? `Nothing more need happen here, and then ${about.property} fails for ever.`
      : `From step ${about.loopsFrom + 1} on this can repeat for ever, and ${about.property} fails.`;
  if (about?.kind === 'alwaysPossible')
    return `From here ${about.property} is out of reach, whatever happens.`;
  if (about?.kind === 'reachable') return `This path shows ${about.property}.`;
  return 'No state on this path violates an invariant.';
}

/** A block of moments that went on repeating itself. */
export function repeatedSentence(times: number, until: string): string {
  return `… the same ${times} more times, until ${until}.`;
}

/** The first line of a story: of which system, under which circumstances. */
export function titleSentence(source: {
  readonly system: string;
  readonly scenario?: string | undefined;
  readonly seed?: string | number;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}): string {
  const { system, scenario, seed, parameters = {} } = source;
  const set = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const parts = [
    system,
    ...(scenario === undefined ? [] : [`scenario ${scenario}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(set.length === 0 ? [] : [`with ${listed(set)}`]),
  ];
  return `${parts.join(', ')}.`;
}
