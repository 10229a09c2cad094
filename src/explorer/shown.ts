/** What the page shows of a session, as one JSON document: every word in it is made here. */

import { describeDistribution } from '../model/distribution.ts';
import {
  type ActingDecision,
  describeScope,
  describeValue,
  type Executed,
  type Instance,
  type NodeId,
  type State,
  viewOf,
} from '../model/index.ts';
import { sameEnvelope } from '../model/network.ts';
import { isHeld, type NodeDefinition, type NodeState } from '../model/node.ts';
import { openOperations } from '../model/node-step.ts';
import { isCut } from '../model/relation.ts';
import { nodeKey } from '../model/state-key.ts';
import { type Telling, telling } from '../reports/story.ts';
import { messageInWords } from '../reports/words.ts';
import { judgementsOf } from './judgement.ts';
import { kindOf, natureOf } from './kinds.ts';
import {
  decisionLabel,
  effectsInWords,
  entryInWords,
  headings,
  judgementNote,
  marksInWords,
  sidesOf,
} from './labels.ts';
import { hasFewCuts, type Offer, offersOf } from './offers.ts';
import { told } from './save.ts';
import { type ExplorerSession, here, isOnLoadedPath, leftAt, visit } from './session.ts';

/** Steps of the history sent on each side of the present one. */
const historyReach = 150;
/** Paragraphs of the story sent. */
const storyReach = 120;

/** All of the page's data. `offers` are those of the session, in the order that the page refers to. */
export function shownSession(session: ExplorerSession, offers: readonly Offer[]) {
  const { instance, path, position, settings, scope } = session;
  const { state } = here(session);
  return {
    system: instance.system.name,
    description: instance.system.description ?? '',
    parameters: Object.entries(instance.parameters).map(([name, value]) => `${name} = ${value}`),
    origin: originOf(session),
    position,
    last: path.length - 1,
    settings,
    scope: describeScope(scope),
    ending: endingOf(session),
    nodes: instance.nodes.map((definition) => shownNode(session, definition)),
    cuts: state.cuts.length === 0 ? '' : sidesOf(instance, cutLinks(instance, state)),
    flight: shownFlight(session),
    offers: groupsOf(session, offers),
    fewCuts: hasFewCuts(session),
    properties: judgementsOf(session).map((judgement) => ({
      name: judgement.name,
      kind: judgement.kind,
      description: judgement.description ?? '',
      status: judgement.status,
      isViolatedNow: judgement.isViolatedNow,
      exercised: judgement.exercised,
      at: judgement.at,
      note: judgementNote(judgement),
    })),
    history: historyOf(session),
    story: storyOf(session),
  };
}

function originOf({ loaded, path, position }: ExplorerSession) {
  if (loaded === undefined) return undefined;
  const { header, decisions } = loaded.file;
  return {
    kind: header.origin === 'check' ? 'counterexample' : header.origin,
    property: header.property,
    decisions: decisions.length,
    loopsFrom: header.loopsFrom,
    isOnPath: isOnLoadedPath({ loaded, path, position } as ExplorerSession),
    leftAt: leftAt(path, loaded.path),
  };
}

/** Whether all is settled or rightly blocked, in the words of the system. */
function endingOf({ instance, path, position }: ExplorerSession) {
  const { settled, blocked } = instance.system;
  const view = viewOf(instance, here({ path, position } as ExplorerSession).state);
  if (settled === undefined)
    return { kind: 'unknown', words: 'The system does not say when it has settled.' };
  if (settled(view) === true)
    return { kind: 'settled', words: 'Settled: nothing is left to wait for.' };
  const reason: string | undefined = blocked?.(view);
  if (reason !== undefined) return { kind: 'blocked', words: `Blocked: ${reason}.` };
  return { kind: 'open', words: 'Not settled: something is still under way.' };
}

function shownNode(session: ExplorerSession, definition: NodeDefinition) {
  const { instance, path, position } = session;
  const { state } = here(session);
  const { index, id } = definition;
  const node = state.nodes[index] as NodeState;
  const before = path[position - 1]?.state.nodes[index];
  const { log, durable, writes } = node.disk;
  const unreachable = instance.nodes
    .filter((other) => isCut(state, other.index, index) || isCut(state, index, other.index))
    .map((other) => other.id);
  return {
    id,
    status: !node.up ? 'down' : isHeld(node) ? 'waiting' : 'up',
    hasChanged: before !== undefined && before !== node,
    unreachable,
    writes: writes.length,
    log: log.map((entry, place) => ({
      words: entryInWords(entry),
      process: entry.process === id ? '' : entry.process,
      isDurable: place < durable,
    })),
    processes: processesOf(definition, node),
  };
}

function processesOf(definition: NodeDefinition, node: NodeState) {
  if (!node.up) return [];
  return node.running.map(({ address, state }) => {
    const place = definition.processes.findIndex((process) => process.address === address);
    const [operation, ...others] = place < 0 ? [] : openOperations(definition, node, place);
    const { snapshot, timers } = state;
    return {
      address,
      state: describeValue(snapshot.value),
      isFinal: snapshot.status !== 'active',
      context: isEmpty(snapshot.context) ? '' : JSON.stringify(snapshot.context, undefined, 2),
      timers: timers.map(({ delay, distribution }) => ({
        name: delay,
        after: describeDistribution(distribution),
      })),
      operation:
        operation === undefined
          ? ''
          : `${messageInWords(operation)}${others.length === 0 ? '' : `, or ${others.length} others`}`,
    };
  });
}

function isEmpty(context: object): boolean {
  return context === undefined || Object.keys(context).length === 0;
}

function shownFlight({ instance, path, position }: ExplorerSession) {
  const { state } = here({ path, position } as ExplorerSession);
  return state.flight.flat().flatMap((link) =>
    link
      .filter((one, place) => link.findIndex((other) => sameEnvelope(other, one)) === place)
      .map((one) => ({
        from: one.from,
        to: one.to,
        message: messageInWords(one.message),
        copies: link.filter((other) => sameEnvelope(other, one)).length,
        obstacle: isCut(state, one.source, one.target)
          ? 'the link is cut'
          : state.nodes[one.target]?.up === false
            ? `${instance.nodes[one.target]?.id} is down`
            : '',
      })),
  );
}

function cutLinks({ nodes }: Instance, { cuts }: State): readonly (readonly [NodeId, NodeId])[] {
  const id = (index: number): NodeId => nodes[index]?.id ?? '';
  return cuts.map((link) => [id(Math.floor(link / nodes.length)), id(link % nodes.length)]);
}

function groupsOf(session: ExplorerSession, offers: readonly Offer[]) {
  const { instance, path, position, loaded } = session;
  const { state } = here(session);
  const ahead = path[position + 1]?.entry?.decision;
  const groups: {
    kind: string;
    nature: string;
    heading: string;
    offers: { index: number; label: string; does: string; isAhead: boolean; isRecorded: boolean }[];
  }[] = [];
  for (const [index, offer] of offers.entries()) {
    const { kind, decision, effects } = offer;
    if (groups.at(-1)?.kind !== kind)
      groups.push({ kind, nature: natureOf(kind), heading: headings[kind], offers: [] });
    const isAhead = ahead !== undefined && JSON.stringify(ahead) === JSON.stringify(decision);
    groups.at(-1)?.offers.push({
      index,
      label: decisionLabel(instance, state, decision, effects),
      does: doesWords(offer, state),
      isAhead,
      isRecorded: isAhead && loaded !== undefined && isOnLoadedPath(session),
    });
  }
  return groups;
}

/** What an offer does, in one line; nothing for faults whose label says it all. */
function doesWords({ kind, effects, next }: Offer, before: State): string {
  if (kind === 'crashWithin') return '';
  const words = effectsInWords(effects);
  if (words !== '' || !effects.some(({ type }) => type === 'step')) return words;
  const hasChanged = next.state.nodes.some(
    (node, index) => nodeKey(node) !== nodeKey(before.nodes[index] as NodeState),
  );
  return hasChanged ? 'only its context changes' : 'changes nothing';
}

function historyOf(session: ExplorerSession) {
  const { instance, path, position, loaded } = session;
  const first = Math.max(1, position - historyReach);
  const until = Math.min(path.length, position + historyReach + 1);
  const loopsFrom = loaded?.file.header.loopsFrom;
  return path.slice(first, until).map(({ entry }, place) => {
    const step = first + place;
    const before = path[step - 1]?.state as State;
    if (entry === undefined) throw new Error('broken promise: a step without a decision');
    const { decision, effects, atUs } = entry;
    return {
      step,
      label: decisionLabel(instance, before, decision, wholeStep(session, step)),
      at: atUs === undefined ? '' : `${Math.round(atUs) / 1000} ms`,
      nature: natureOf(kindOf(decision)),
      marks: marksInWords(effects),
      beginsCycle:
        loopsFrom !== undefined && step === loopsFrom + 1 && path[step] === loaded?.path[step],
    };
  });
}

/** The effects that an interrupted step would have had. */
function wholeStep(session: ExplorerSession, step: number): readonly Executed[] {
  const before = session.path[step - 1];
  const decision = session.path[step]?.entry?.decision;
  if (before === undefined || decision === undefined || kindOf(decision) !== 'crashWithin')
    return [];
  const { crashAfter, ...whole } = decision as ActingDecision;
  return visit(session, before, whole as ActingDecision).entry?.effects ?? [];
}

function storyOf(session: ExplorerSession): Pick<Telling, 'opening' | 'paragraphs'> {
  const { opening, paragraphs } = telling(told(session));
  const shown = paragraphs.slice(-storyReach);
  return {
    // The first sentence names the system, which the page does already.
    opening: paragraphs.length > shown.length ? ['…'] : opening.slice(1),
    paragraphs: shown,
  };
}

/** The offers of a session and what the page shows of it. */
export function present(session: ExplorerSession) {
  const offers = offersOf(session);
  return { offers, shown: shownSession(session, offers) };
}
