/** Fills a picture entry by entry: what happens in each cell, which arrows and stretches there are. */
import { type Decision, type DiskAnswer, isActing } from '../model/decision.ts';
import { type NodeId, nodeOfAddress } from '../model/effects.ts';
import type { Executed } from '../model/node.ts';
import { canonical } from '../model/plain-data.ts';
import type { TraceEntry } from '../model/trace.ts';
import { describeValue } from '../model/view.ts';
import type { Ledger } from './ledger.ts';
import type { Arrow, Box, Cell, Row, Stretch } from './picture.ts';
import { clipped, clippedState, listed, messageInWords, recordInWords } from './words.ts';

const labelMax = 26;

/** Collects what is drawn, entry by entry. */
export function drawer(lanes: readonly NodeId[], rows: readonly Row[]) {
  const arrows: Arrow[] = [];
  const stretches: Stretch[] = [];
  const cuts: { fromRow: number; toRow: number }[] = [];
  const sent = new Map<string, { lane: number; row: number; shown: boolean }[]>();
  const lastSent = new Map<string, { lane: number; row: number; shown: boolean }>();
  const states = new Map<string, string>();
  const since = lanes.map(() => 0);
  const writing: number[][] = lanes.map(() => []);
  const down = lanes.map(() => false);
  let cutSince: number | undefined;
  let isolated: readonly (readonly [string, string])[] = [];

  const laneOf = (address: string): number => lanes.indexOf(nodeOfAddress(address));
  const cell = (row: number, lane: number): Cell | undefined => rows[row]?.cells[lane];
  const main = (lane: number): string | undefined => {
    const node = lanes[lane] ?? '';
    return [...states].find(([process]) => nodeOfAddress(process) === node)?.[1];
  };
  const box = (row: number, lane: number, shown: boolean, added: Box): void => {
    const clip = added.kind === 'state' ? clippedState : clipped;
    if (shown) cell(row, lane)?.boxes.push({ ...added, text: clip(added.text, labelMax) });
  };
  const closeStretch = (lane: number, row: number): void => {
    const state = main(lane);
    const fromRow = since[lane] ?? 0;
    const kind = down[lane] === true ? 'down' : 'state';
    if (row > fromRow)
      stretches.push({
        lane,
        fromRow,
        toRow: row,
        kind,
        ...(state === undefined || kind === 'down' ? {} : { state }),
      });
    since[lane] = row;
  };
  const closeWrites = (lane: number, row: number, count: number): void => {
    for (const fromRow of writing[lane]?.splice(0, count) ?? [])
      stretches.push({ lane, fromRow, toRow: row, kind: 'writing' });
  };
  const goDown = (lane: number, row: number, shown: boolean): void => {
    closeStretch(lane, row);
    closeWrites(lane, row, Number.POSITIVE_INFINITY);
    down[lane] = true;
    for (const process of [...states.keys()]) if (laneOf(process) === lane) states.delete(process);
    box(row, lane, shown, { kind: 'crash', text: 'crashes' });
  };

  const effect = (done: Executed, row: number, shown: boolean): void => {
    switch (done.type) {
      case 'step': {
        const { process } = done;
        const lane = laneOf(process);
        const state = describeValue(done.after);
        if (states.get(process) === state) return;
        closeStretch(lane, row);
        states.set(process, state);
        const node = lanes[lane] ?? '';
        const text = process === node ? state : `${process.slice(node.length + 1)}: ${state}`;
        // Only the state in which a row ends is worth a box.
        const boxes = cell(row, lane)?.boxes ?? [];
        const earlier = boxes.findIndex(
          (one) =>
            one.kind === 'state' &&
            (process === node || one.text.startsWith(text.split(':')[0] ?? '')),
        );
        if (earlier >= 0) boxes.splice(earlier, 1);
        box(row, lane, shown, { kind: 'state', text, state });
        return;
      }
      case 'send': {
        const { from, to, message } = done.envelope;
        const key = `${from} ${to} ${canonical(message)}`;
        const lane = laneOf(from);
        const start = { lane, row, shown };
        sent.set(key, [...(sent.get(key) ?? []), start]);
        lastSent.set(key, start);
        return;
      }
      case 'write': {
        const lane = laneOf(done.process);
        const name = recordInWords(done.record).split(' (')[0] ?? '';
        if (done.durability === 'forced') writing[lane]?.push(row);
        const verb = done.durability === 'forced' ? 'forces' : 'writes';
        box(row, lane, shown, { kind: 'disk', text: `${verb} ${name}` });
        return;
      }
      case 'replace': {
        const lane = laneOf(done.process);
        writing[lane]?.push(row);
        box(row, lane, shown, { kind: 'disk', text: 'compacts its log' });
        return;
      }
      case 'durable':
        closeWrites(laneOf(done.process), row, 1);
        return;
      case 'failed':
        closeWrites(laneOf(done.process), row, 1);
        if (done.stops === true) goDown(laneOf(done.process), row, shown);
    }
  };

  const arrival = (
    decision: Extract<Decision, { type: 'deliver' | 'drop' }>,
    row: number,
    shown: boolean,
  ): void => {
    const { from, to, message } = decision;
    const key = `${from} ${to} ${canonical(message)}`;
    const queue = sent.get(key) ?? [];
    const stays = decision.type === 'deliver' && decision.duplicate === true;
    // On a network that is a set, a message is delivered again and again from its one sending.
    const start = (stays ? queue[0] : queue.shift()) ?? lastSent.get(key);
    const [source, target] = [laneOf(from), laneOf(to)];
    if (source === target || (!shown && start?.shown !== true)) return;
    const end = decision.type === 'drop' ? 'lost' : 'delivered';
    arrows.push({ from: start ?? { lane: source, row }, to: { lane: target, row }, end });
    if (!shown) return;
    const cause =
      decision.type === 'drop' && decision.cause !== 'down' ? decision.cause : undefined;
    const lost = cause === undefined ? '' : cause === 'cut' ? ', cut off' : ', lost';
    label(
      row,
      target,
      source,
      `${clipped(messageInWords(message), labelMax)}${lost}`,
      end === 'lost',
    );
  };
  const label = (
    row: number,
    target: number,
    source: number,
    text: string,
    isLost = false,
  ): void => {
    const side = source < target ? 'left' : 'right';
    const arrivals = cell(row, target)?.arrivals ?? [];
    const same = arrivals.find(
      (one) => one.side === side && one.text === text && one.isLost === isLost,
    );
    if (same === undefined) arrivals.push({ side, text, isLost, count: 1 });
    else same.count++;
  };

  const links = (decision: Decision, row: number, shown: boolean): void => {
    if (decision.type === 'cut') {
      isolated = [...isolated, ...decision.links];
      cutSince ??= row;
      if (shown) rows[row]?.banners.push(`links cut: ${sides(lanes, isolated)}`);
    } else if (decision.type === 'mend') {
      const { links: mended } = decision;
      isolated = isolated.filter(
        ([a, b]) => mended !== undefined && !mended.some(([c, d]) => a === c && b === d),
      );
      if (shown) rows[row]?.banners.push('links mended');
      if (isolated.length === 0 && cutSince !== undefined) {
        cuts.push({ fromRow: cutSince, toRow: row });
        cutSince = undefined;
      }
    }
  };

  const entry = (
    { decision, effects, atUs }: TraceEntry,
    row: number,
    shown: boolean,
    ledger: Ledger,
  ): void => {
    if (decision.type === 'deliver' || decision.type === 'drop') arrival(decision, row, shown);
    links(decision, row, shown);
    const note = noteOf(decision, ledger, atUs);
    if (note !== undefined) box(row, laneOf(note.process), shown, note.box);
    if (decision.type === 'crash') goDown(lanes.indexOf(decision.node), row, shown);
    if (decision.type === 'restart') {
      const lane = lanes.indexOf(decision.node);
      closeStretch(lane, row);
      down[lane] = false;
      box(row, lane, shown, { kind: 'restart', text: 'comes back' });
    }
    for (const done of effects) effect(done, row, shown);
    if (isActing(decision) && decision.crashAfter !== undefined)
      goDown(laneOf(actingOn(decision)), row, shown);
  };

  return {
    effect,
    entry,
    finish(last: number) {
      for (const [lane] of lanes.entries()) {
        const state = down[lane] === true ? undefined : main(lane);
        closeStretch(lane, last);
        closeWrites(lane, last, Number.POSITIVE_INFINITY);
        box(last, lane, true, {
          kind: state === undefined ? 'crash' : 'state',
          text: state ?? 'down',
          ...(state === undefined ? {} : { state }),
        });
      }
      for (const [key, starts] of sent)
        for (const from of starts) {
          const to = laneOf(key.split(' ')[1] ?? '');
          if (!from.shown || from.lane === to) continue;
          arrows.push({ from, to: { lane: to, row: last }, end: 'on the way' });
          const message = JSON.parse(key.split(' ').slice(2).join(' ')) as { type: string };
          label(last, to, from.lane, `${clipped(messageInWords(message), labelMax)}, on the way`);
        }
      if (cutSince !== undefined) cuts.push({ fromRow: cutSince, toRow: last });
      return { arrows, stretches, cuts };
    },
  };
}

/** What sets a step off, where it is no message: worth a line of its own at the lane. */
function noteOf(
  decision: Decision,
  ledger: Ledger,
  atUs: number | undefined,
): { readonly process: string; readonly box: Box } | undefined {
  const written = ({ node }: DiskAnswer): string =>
    recordInWords(ledger.nextDurable(node)).split(' (')[0] ?? '';
  switch (decision.type) {
    case 'fire': {
      const { delay } = ledger.timer(decision.process, decision.timer, atUs);
      return { process: decision.process, box: { kind: 'note', text: `${delay} runs out` } };
    }
    case 'choose': {
      const text = messageInWords(decision.event);
      return { process: decision.process, box: { kind: 'note', text: `chooses ${text}` } };
    }
    case 'invoke': {
      const text = messageInWords(decision.operation);
      return { process: decision.process, box: { kind: 'note', text: `asked for ${text}` } };
    }
    case 'durable': {
      const text = `${written(decision)} is on disk`;
      return { process: decision.node, box: { kind: 'disk', text } };
    }
    case 'loseForce': {
      const text = `${written(decision)} is not on disk`;
      return { process: decision.node, box: { kind: 'crash', text } };
    }
    case 'failWrite': {
      const text = `cannot write ${written(decision)}`;
      return { process: decision.node, box: { kind: 'crash', text } };
    }
    case 'loseDisk':
      return { process: decision.node, box: { kind: 'crash', text: 'loses its disk' } };
    default:
      return undefined;
  }
}

function actingOn(decision: Decision): string {
  switch (decision.type) {
    case 'deliver':
      return decision.to;
    case 'durable':
    case 'loseForce':
    case 'failWrite':
    case 'restart':
      return decision.node;
    case 'fire':
    case 'choose':
    case 'invoke':
      return decision.process;
    default:
      return '';
  }
}

/** The groups of nodes that still reach each other both ways: `coordinator | p1, p2 and p3`. */
function sides(lanes: readonly NodeId[], links: readonly (readonly [string, string])[]): string {
  const isCut = (a: string, b: string): boolean =>
    links.some(([c, d]) => (a === c && b === d) || (a === d && b === c));
  const groups: string[][] = [];
  for (const node of lanes) {
    const group = groups.find((members) => members.every((member) => !isCut(member, node)));
    if (group === undefined) groups.push([node]);
    else group.push(node);
  }
  return groups.map(listed).join(' | ');
}
