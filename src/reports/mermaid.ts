/**
 * A run as text for a Mermaid sequence diagram. An arrow stands where its message arrives or is lost; the
 * notes say what the nodes do beside sending.
 */
import type { NodeId } from '../model/effects.ts';
import { nodeOfAddress } from '../model/effects.ts';
import type { TraceEntry } from '../model/trace.ts';
import { type Act, actsOf, type Deed } from './acts.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { endWords, refuseWithoutTrace, type Told } from './story.ts';
import { listed, messageInWords, ms } from './words.ts';

export interface MermaidOptions {
  /** Decisions drawn at most; what is left out is said at the end. Default 200. */
  readonly decisions?: number;
}

/**
 * The sequence diagram of a run that kept its full trace, or of a replay.
 *
 *     mermaid(run(system, { seed: 1, trace: true }))
 */
export function mermaid(source: Told, { decisions = 200 }: MermaidOptions = {}): string {
  refuseWithoutTrace(source);
  const { trace, start, end } = source;
  const nodes = [...new Set(end.all.map(({ node }) => node))];
  const lanes = lanesOf(nodes);
  const ledger = openLedger(start);
  const lines = nodes.map((node) => `participant ${lanes.one(node)} as ${escaped(node)}`);
  for (const [index, entry] of trace.slice(0, decisions).entries()) {
    const when = entry.atUs === undefined ? `${index + 1}.` : `${ms(entry.atUs / 1000)} ms`;
    lines.push(...drawn(entry, when, lanes, ledger));
  }
  const left = trace.length - decisions;
  const note = (text: string): string => `Note over ${lanes.all}: ${escaped(text)}`;
  if (left > 0) {
    const until = trace.at(-1)?.atUs;
    const when = until === undefined ? '' : `, until ${ms(until / 1000)} ms,`;
    lines.push(note(`${left} more decisions${when} are left out here`));
  }
  const ending = endWords(source);
  if (ending !== undefined) lines.push(note(ending));
  return `sequenceDiagram\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

interface Lanes {
  readonly one: (node: NodeId) => string;
  readonly all: string;
}

/** Names of their own, since those of nodes may be words of Mermaid's. */
function lanesOf(nodes: readonly NodeId[]): Lanes {
  const one = (node: NodeId): string => `n${nodes.indexOf(node) + 1}`;
  return { one, all: nodes.length > 1 ? `n1,n${nodes.length}` : 'n1' };
}

function drawn(entry: TraceEntry, when: string, lanes: Lanes, ledger: Ledger): readonly string[] {
  const { decision } = entry;
  const acts = actsOf([entry], ledger);
  const lines: string[] = [];
  if (decision.type === 'deliver' || decision.type === 'drop') {
    const [from, to] = [decision.from, decision.to].map((one) => lanes.one(nodeOfAddress(one)));
    const text = `${when}: ${messageInWords(decision.message)}`;
    if (decision.type === 'deliver') {
      const copy = decision.duplicate === true ? ', and a copy stays on its way' : '';
      lines.push(`${from}->>${to}: ${escaped(`${text}${copy}`)}`);
    } else {
      const { cause } = decision;
      const why = cause === undefined || cause === 'loss' ? '' : `, ${causeWords[cause]}`;
      lines.push(`${from}-x${to}: ${escaped(`${text} is lost${why}`)}`);
    }
  }
  for (const act of acts) {
    const said = noted(act);
    if (said.length === 0) continue;
    const [actor] = act.actors;
    const over = actor === undefined ? lanes.all : lanes.one(nodeOfAddress(actor));
    const isArrow = act.opening.kind === 'deliver' || act.opening.kind === 'drop';
    const [first = '', ...others] = said;
    const words = [isArrow ? first : `${when}: ${first}`, ...others];
    lines.push(`Note over ${over}: ${words.map(escaped).join('<br/>')}`);
  }
  return lines;
}

const causeWords = {
  cut: 'the link is cut',
  down: 'the node is down',
  overflow: 'the queue is full',
} as const;

/** What a note says of an act: how it began, where its process went, and what it did beside sending. */
function noted({ opening, change, deeds, crashAfter }: Act): readonly string[] {
  const said: string[] = [];
  switch (opening.kind) {
    case 'deliver':
    case 'drop':
      break;
    case 'fire':
      said.push(`${opening.delay} runs out`);
      break;
    case 'choose':
      said.push(`chooses ${opening.event}`);
      break;
    case 'invoke':
      said.push(`is asked for ${opening.event}`);
      break;
    case 'durable':
      said.push(`${opening.record} is on disk`);
      break;
    case 'loseForce':
      said.push(`${opening.record} is said to be on disk and is not`);
      break;
    case 'failWrite':
      said.push(`cannot write ${opening.record}`, ...(opening.stops ? ['stops'] : []));
      break;
    case 'crash':
      said.push('crashes');
      break;
    case 'loseDisk':
      said.push('loses its disk');
      break;
    case 'restart':
      said.push(`comes back and finds ${listed(opening.found) || 'nothing'}`);
      break;
    case 'cut':
    case 'mend': {
      const links = opening.links.map(([from, to]) => `${from} to ${to}`);
      said.push(`${opening.kind === 'cut' ? 'cut' : 'mended'}: ${listed(links) || 'all links'}`);
    }
  }
  if (change !== undefined && change.before !== change.after && change.after !== '')
    said.push(change.before === undefined ? change.after : `${change.before} → ${change.after}`);
  said.push(...deeds.map(deedNote).filter((one) => one !== undefined));
  if (crashAfter !== undefined) said.push('crashes right there');
  return said;
}

function deedNote(deed: Deed): string | undefined {
  switch (deed.kind) {
    case 'send':
    case 'tell':
      return undefined;
    case 'write':
      return deed.durability === 'forced' ? `forces ${deed.record}` : `writes ${deed.record}`;
    case 'replace':
      return `replaces its log by ${deed.count} records`;
    case 'mark':
      return listed(deed.marks);
    case 'start':
      return `starts ${deed.process}`;
    case 'stop':
      return `ends ${deed.process}`;
    case 'follow':
      return `${deed.process}: ${deed.change.after}`;
  }
}

/** Mermaid ends a text at `;` and takes `#..;` for a character and `<..>` for markup. */
function escaped(text: string): string {
  return text
    .replace(/[#;<>]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/\s+/g, ' ');
}
