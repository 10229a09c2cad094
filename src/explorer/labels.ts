/** Every sentence and label of the explorer that is made of a state, to be read in one sitting. */
import type { DiskAnswer } from '../model/decision.ts';
import {
  type Decision,
  describeValue,
  type Executed,
  type Instance,
  type State,
} from '../model/index.ts';
import { clipped, listed, markInWords, messageInWords, recordInWords } from '../reports/words.ts';
import type { Stop } from './drive.ts';
import type { Judgement } from './judgement.ts';
import type { Kind } from './kinds.ts';
import { pointsOf } from './offers.ts';

/** The heading above the offers of a kind. */
export const headings: Readonly<Record<Kind, string>> = {
  deliver: 'A message arrives',
  durable: 'A forced write completes',
  choose: 'A process chooses',
  invoke: 'A client asks',
  fire: 'A timer runs out',
  restart: 'A node comes back',
  mend: 'The network is mended',
  drop: 'A message is lost',
  duplicate: 'A message arrives, and a copy stays on its way',
  crash: 'A node crashes now',
  crashWithin: 'A node crashes in the midst of a step',
  cut: 'The network is cut',
  loseForce: 'A disk says that a write is safe, and it is not',
  failWrite: 'A forced write fails',
  loseDisk: 'A disk is lost',
};

/** A decision in plain words. `effects` is what the whole step does, were it not interrupted. */
export function decisionLabel(
  instance: Instance,
  before: State,
  decision: Decision,
  effects: readonly Executed[],
): string {
  const label = plainLabel(instance, before, decision);
  if (!('crashAfter' in decision) || decision.crashAfter === undefined) return label;
  const points = pointsOf(effects);
  const next = points[decision.crashAfter];
  const count = `after ${decision.crashAfter} of ${points.length} effects`;
  return next === undefined
    ? `${label}, and the node crashes after ${decision.crashAfter} effects`
    : `${label}, and the node crashes ${count}: before it ${deed(next)}`;
}

function plainLabel(instance: Instance, before: State, decision: Decision): string {
  switch (decision.type) {
    case 'deliver': {
      const copy = decision.duplicate === true ? '; a copy stays on its way' : '';
      return `${decision.to} receives ${messageInWords(decision.message)} from ${decision.from}${copy}`;
    }
    case 'drop': {
      const { from, to, message, cause, position = 0 } = decision;
      const why = cause === 'down' ? `: ${to} is down` : cause === 'cut' ? ': the link is cut' : '';
      const place = position === 0 ? '' : ` (place ${position + 1} of its queue)`;
      return `${messageInWords(message)} from ${from} to ${to} is lost${place}${why}`;
    }
    case 'fire':
      return `${decision.process}: ${timerName(instance, before, decision)} runs out`;
    case 'choose':
      return `${decision.process} chooses ${messageInWords(decision.event)}`;
    case 'invoke':
      return `${decision.process} is asked for ${messageInWords(decision.operation)}`;
    case 'durable':
      return `${decision.node}: ${writing(instance, before, decision)} is safe on its disk`;
    case 'loseForce':
      return `${decision.node}: its disk says that ${writing(instance, before, decision)} is safe, and a crash may forget it`;
    case 'failWrite': {
      const disk = before.nodes[instance.node(decision.node).index]?.disk;
      const stops = disk?.writes[0]?.failure === undefined ? ', and it stops' : '';
      return `${decision.node}: writing ${writing(instance, before, decision)} fails${stops}`;
    }
    case 'crash':
      return `${decision.node} crashes`;
    case 'restart': {
      const disk = before.nodes[instance.node(decision.node).index]?.disk;
      const unforced = disk === undefined ? 0 : disk.log.length - disk.durable;
      const rest = `${decision.tail} of ${unforced} unforced ${unforced === 1 ? 'record' : 'records'}`;
      return `${decision.node} comes back${unforced === 0 ? '' : `, with ${rest}`}`;
    }
    case 'loseDisk':
      return `${decision.node} loses its disk`;
    case 'cut':
      return `${sidesOf(instance, decision.links)} can no longer reach each other`;
    case 'mend':
      return 'All links work again';
  }
}

/** What the disk of a node writes, and answers next. */
function writing(instance: Instance, before: State, { node }: DiskAnswer): string {
  const disk = before.nodes[instance.node(node).index]?.disk;
  const entry = disk?.log[(disk.writes[0]?.upTo ?? 0) - 1];
  return entry === undefined ? 'what it wrote' : entryInWords(entry);
}

function timerName(
  instance: Instance,
  before: State,
  { process, timer }: Extract<Decision, { readonly type: 'fire' }>,
): string {
  const node = before.nodes[instance.placeOf(process).node];
  const running = node?.running.find(({ address }) => address === process);
  return running?.state.timers.find(({ id }) => id === timer)?.delay ?? timer;
}

export function entryInWords(entry: State['nodes'][number]['disk']['log'][number]): string {
  return entry.kind === 'record'
    ? recordInWords(entry.record)
    : `the log replaced by ${entry.records.length} records`;
}

/** `coordinator | p1, p2`: who is still together where links are cut. */
export function sidesOf(instance: Instance, links: readonly (readonly [string, string])[]): string {
  const ids = instance.nodes.map(({ id }) => id);
  const isCut = (a: string, b: string): boolean => links.some(([x, y]) => x === a && y === b);
  const groups: string[][] = [];
  for (const id of ids) {
    const group = groups.find((members) => members.every((one) => !isCut(one, id)));
    if (group === undefined) groups.push([id]);
    else group.push(id);
  }
  return groups.map((members) => members.join(', ')).join(' | ');
}

/** What one send or write does, with the node as its subject. */
function deed(effect: Executed): string {
  switch (effect.type) {
    case 'send':
      return `sends ${messageInWords(effect.envelope.message)} to ${effect.envelope.to}`;
    case 'write':
      return `${effect.durability === 'unforced' ? 'writes' : 'forces'} ${recordInWords(effect.record)}`;
    case 'replace':
      return 'replaces its log';
    default:
      return effect.type;
  }
}

/** `p1: working → voting; sends VOTE (yes) to coordinator`: what a step does, in one line. */
export function effectsInWords(effects: readonly Executed[]): string {
  const parts: string[] = [];
  const receivers = new Map<string, string[]>();
  for (const effect of effects) {
    if (effect.type === 'step') {
      const to = describeValue(effect.after);
      if (effect.before === undefined) parts.push(`${effect.process}: ${to}`);
      else if (describeValue(effect.before) !== to)
        parts.push(`${effect.process}: ${describeValue(effect.before)} → ${to}`);
    } else if (effect.type === 'send') {
      const message = messageInWords(effect.envelope.message);
      receivers.set(message, [...(receivers.get(message) ?? []), effect.envelope.to]);
    } else if (effect.type === 'write' || effect.type === 'replace') parts.push(deed(effect));
    else if (effect.type === 'start') parts.push(`starts ${effect.process}`);
    else if (effect.type === 'stop') parts.push(`ends ${effect.process}`);
  }
  for (const [message, to] of receivers) parts.push(`sends ${message} to ${listed(to)}`);
  return clipped(parts.join('; '), 160);
}

/** The marks that a step left: `p1: voted: yes`. */
export function marksInWords(effects: readonly Executed[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'mark' && effect.name !== 'invoked'
      ? [`${effect.process}: ${markInWords(effect.name, effect.data)}`]
      : [],
  );
}

/** What a judgement says besides its status. */
export function judgementNote(judgement: Judgement): string {
  const { kind, status, at, isViolatedNow, exercised, goal, claimedUnder } = judgement;
  if (status === 'not claimed') {
    const timing = claimedUnder?.timing === undefined ? '' : `under ${claimedUnder.timing} timing`;
    const faults = claimedUnder?.faults === undefined ? '' : 'where nothing fails';
    return `claimed only ${[timing, faults].filter((part) => part !== '').join(', ')}`;
  }
  if (status === 'violated') {
    if (kind === 'transition') return `broken by step ${listed(at.map(String))}`;
    const run = at.filter(
      (_, index) => at.slice(index).length === (at.at(-1) ?? 0) - (at[index] ?? 0) + 1,
    );
    const since = run[0] === 0 ? 'from the start' : `since step ${run[0]}`;
    return isViolatedNow ? since : `not in this state, but in step ${at[0]}`;
  }
  if (kind === 'reachable') return status === 'holds' ? 'it was reached' : 'not reached yet';
  if (status === 'open') {
    const now = goal === true ? 'its goal is reached now' : 'its goal is not reached now';
    return `${now}; only the checker can tell whether it holds`;
  }
  return exercised ? 'in every state so far' : 'its premise has not occurred yet';
}

/** Why running on ended. */
export function stopWords(stop: Stop, steps: number): string {
  const gone = steps === 1 ? 'One step' : `${steps} steps`;
  const begin = steps === 0 ? 'Nothing happened' : gone;
  switch (stop) {
    case 'nothing left':
      return `${begin}: nothing more goes by itself.`;
    case 'seen before':
      return `${begin}: from here all that goes by itself leads back to states of this path.`;
    case 'bound':
      return `${begin}: that is as far as one goes at once. Run on again for more.`;
  }
}
