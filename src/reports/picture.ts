/**
 * A space-time picture as data: a row per moment, a lane per node, and in each cell what happens there.
 * Geometry comes later (space-time.ts), so that this can be tested without a pixel.
 */
import type { NodeId } from '../model/effects.ts';
import { folded } from './folding.ts';
import { openLedger } from './ledger.ts';
import { drawer } from './picture-drawer.ts';
import { repeatedSentence } from './sentences.ts';
import { endWords, type Moment, momentsOf, type Told } from './story.ts';

export interface Picture {
  readonly lanes: readonly NodeId[];
  readonly rows: readonly Row[];
  readonly arrows: readonly Arrow[];
  readonly stretches: readonly Stretch[];
  /** Rows between which links were cut. */
  readonly cuts: readonly { readonly fromRow: number; readonly toRow: number }[];
}

export interface Row {
  readonly when: string;
  readonly kind: 'start' | 'moment' | 'repeated' | 'end';
  /** Said across all lanes: what was folded, what was cut, how it ended. */
  readonly banners: string[];
  readonly cells: readonly Cell[];
}

export interface Cell {
  /** Labels of messages that arrive here or are lost on the way here, by the side they come from. */
  readonly arrivals: Arrival[];
  readonly boxes: Box[];
}

interface Arrival {
  readonly side: 'left' | 'right';
  readonly text: string;
  readonly isLost: boolean;
  count: number;
}

export interface Box {
  readonly kind: 'state' | 'note' | 'disk' | 'crash' | 'restart';
  readonly text: string;
  /** For a state its full name. */
  readonly state?: string;
}

export interface Arrow {
  readonly from: { readonly lane: number; readonly row: number };
  readonly to: { readonly lane: number; readonly row: number };
  readonly end: 'delivered' | 'lost' | 'on the way';
}

/** A stretch of a lane between two rows. */
export interface Stretch {
  readonly lane: number;
  readonly fromRow: number;
  readonly toRow: number;
  readonly kind: 'state' | 'down' | 'writing';
  readonly state?: string;
}

/** The picture of a trace, with at most so many rows of moments. */
export function pictureOf(source: Told, rowsMax: number): Picture {
  const moments = momentsOf(source);
  const lanes = [...new Set(source.end.all.map(({ node }) => node))];
  const { rows, rowOf } = layOut(moments, lanes.length, rowsMax);
  const drawn = drawer(lanes, rows);
  const ledger = openLedger(source.start);
  for (const effect of source.start) drawn.effect(effect, 0, true);
  for (const [index, { entries }] of moments.entries()) {
    const { row, shown } = rowOf(index);
    for (const entry of entries) {
      drawn.entry(entry, row, shown, ledger);
      ledger.note(entry);
    }
  }
  const last = rows.length - 1;
  const end = rows[last];
  const ending = endWords(source);
  if (end !== undefined && ending !== undefined) end.banners.push(ending);
  return { lanes, rows, ...drawn.finish(last) };
}

/** Which moments get a row, and what stands for the others. */
function layOut(moments: readonly Moment[], lanes: number, rowsMax: number) {
  const rowOf: { row: number; shown: boolean }[] = [];
  const empty = (kind: Row['kind'], when: string, ...banners: string[]): Row => ({
    kind,
    when,
    banners,
    cells: Array.from({ length: lanes }, () => ({ arrivals: [], boxes: [] })),
  });
  const rows: Row[] = [empty('start', '')];
  for (const part of folded(moments.map(({ sentences }) => sentences.join('\n')))) {
    if (rows.length > rowsMax) break;
    if (part.kind === 'moment') {
      rowOf[part.index] = { row: rows.length, shown: true };
      rows.push(empty('moment', moments[part.index]?.when ?? ''));
      continue;
    }
    for (let index = part.first; index <= part.last; index++)
      rowOf[index] = { row: rows.length, shown: false };
    const until = moments[part.last]?.when ?? '';
    rows.push(empty('repeated', '', repeatedSentence(part.times, spoken(until))));
  }
  const left = moments.length - rowOf.length;
  if (left > 0) {
    const until = moments.at(-1)?.when ?? '';
    const text = `… ${left} more moments, until ${spoken(until)}, are left out here.`;
    for (let index = rowOf.length; index < moments.length; index++)
      rowOf[index] = { row: rows.length, shown: false };
    rows.push(empty('repeated', '', text));
  }
  rows.push(empty('end', 'end'));
  return { rows, rowOf: (index: number) => rowOf[index] ?? { row: rows.length - 1, shown: false } };
}

/** `3.` is a step, `10 ms` a time. */
function spoken(when: string): string {
  return when.endsWith('.') ? `step ${when.slice(0, -1)}` : when;
}
