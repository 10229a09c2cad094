/**
 * Space-time diagrams as standalone SVG: a lane per node, time downwards, arrows for messages (Lamport
 * 1978). Labels stand in bands of their own per row and lane, so that they cannot cover each other.
 */
import { brokenInto, element, escaped, textWidth } from './markup.ts';
import { colour, type Hue, hues, paletteCss } from './palette.ts';
import { type Arrow, type Box, type Picture, pictureOf, type Row } from './picture.ts';
import {
  arrivalText,
  axisWidth,
  boxGap,
  boxHeight,
  crossWidth,
  fontSize,
  keySentence,
  type Layout,
  layoutOf,
  lineHeight,
} from './space-time-layout.ts';
import type { Told } from './story.ts';

export interface SpaceTimeOptions {
  /** Shown above the lanes; screen readers read it as the picture's name. */
  readonly title?: string;
  /** Hues of states by name; the others get one in the order of their appearance. */
  readonly hues?: Readonly<Record<string, Hue>>;
  /** Moments drawn at most, after repetitions are folded; what is left out is said. Default 40. */
  readonly rows?: number;
}

/**
 * The space-time diagram of a run that kept its trace, or of a replay.
 *
 *     spaceTimeSvg(run(system, { seed: 1, scenario: 'coordinator-crash', trace: true }))
 */
export function spaceTimeSvg(source: Told, options: SpaceTimeOptions = {}): string {
  const picture = pictureOf(source, options.rows ?? 40);
  const title = options.title ?? `Space-time diagram of ${source.system}`;
  const layout = layoutOf(picture, options.title);
  const hueOf = huesOf(picture, options.hues ?? {});
  const { width, height } = layout;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      height: Math.ceil(height),
      class: 'space-time',
      role: 'img',
      'aria-label': title,
    },
    [
      element('style', {}, styles),
      element('rect', { width: '100%', height: '100%', class: 'paper' }),
      ...(options.title === undefined ? [] : titleOf(options.title, width)),
      ...picture.cuts.map((cut) => bandOf(cut, layout)),
      ...picture.rows.flatMap((row, index) => axisOf(row, index, layout)),
      ...picture.stretches.map((stretch) => stretchOf(stretch, layout, hueOf)),
      ...picture.arrows.flatMap((arrow) => arrowOf(arrow, picture, layout)),
      ...picture.lanes.map((lane, index) => headOf(lane, index, layout)),
      ...picture.rows.flatMap((row, index) => rowOf(row, index, layout, hueOf)),
      ...keyOf(layout),
    ].join(''),
  );
}

const styles = [
  paletteCss('.space-time'),
  '.space-time{max-width:100%;height:auto}',
  `.space-time text{font:${fontSize}px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--cp-ink)}`,
  '.space-time .paper{fill:var(--cp-paper)}.space-time .faint{fill:var(--cp-faint)}',
  '.space-time .head,.space-time .title,.space-time .banner{font-weight:600}',
].join('');

function huesOf(
  { rows }: Picture,
  pinned: Readonly<Record<string, Hue>>,
): (state: string | undefined) => Hue {
  const chosen = new Map<string, Hue>();
  const free = hues.filter((hue) => !Object.values(pinned).includes(hue));
  const usable = free.length > 0 ? free : hues;
  let next = 0;
  const hueOf = (state: string): Hue => {
    // Of a nested state, the innermost part that has a colour.
    const part = state.split('.').findLast((name) => pinned[name] !== undefined);
    const own = pinned[state] ?? pinned[part ?? ''];
    const hue = own ?? chosen.get(state) ?? usable[next++ % usable.length] ?? 'slate';
    chosen.set(state, hue);
    return hue;
  };
  for (const { cells } of rows)
    for (const { boxes } of cells)
      for (const { state } of boxes) if (state !== undefined) hueOf(state);
  return (state) => (state === undefined ? 'slate' : hueOf(state));
}

function text(
  content: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  className?: string,
): string {
  return element('text', { x, y, 'text-anchor': anchor, class: className }, escaped(content));
}

function titleOf(title: string, width: number): readonly string[] {
  return brokenInto(title, 14, width - 24).map((line, index) =>
    text(line, 12, 20 + index * 18, 'start', 'title'),
  );
}

function bandOf({ fromRow, toRow }: Picture['cuts'][number], layout: Layout): string {
  const top = layout.rowTop[fromRow] ?? 0;
  const bottom = layout.rowY[toRow] ?? layout.bottom;
  const x = axisWidth;
  return element('rect', {
    x,
    y: top,
    width: layout.width - x - 6,
    height: bottom - top,
    rx: 4,
    fill: colour('band'),
    stroke: colour('red'),
    'stroke-dasharray': '5 4',
  });
}

function axisOf(row: Row, index: number, { rowY, laneX, width }: Layout): readonly string[] {
  const y = rowY[index] ?? 0;
  if (row.kind === 'repeated' || row.when === '') return [];
  const last = laneX.at(-1) ?? width;
  return [
    text(row.when, axisWidth - 16, y + 4, 'end', 'faint'),
    element('line', {
      x1: axisWidth - 10,
      x2: last,
      y1: y,
      y2: y,
      stroke: colour('line'),
      'stroke-dasharray': '2 4',
    }),
  ];
}

function stretchOf(
  { lane, fromRow, toRow, kind, state }: Picture['stretches'][number],
  { laneX, rowY }: Layout,
  hueOf: (state: string | undefined) => Hue,
): string {
  const x = laneX[lane] ?? 0;
  const [y1, y2] = [rowY[fromRow] ?? 0, rowY[toRow] ?? 0];
  const line = { x1: x, x2: x, y1, y2 };
  if (kind === 'down')
    return element('line', { ...line, stroke: colour('faint'), 'stroke-dasharray': '1 6' });
  if (kind === 'writing')
    return element('line', {
      ...line,
      stroke: colour('ink'),
      'stroke-width': 14,
      'stroke-opacity': 0.35,
      'stroke-dasharray': '2 2',
    });
  return element('line', { ...line, stroke: colour(hueOf(state)), 'stroke-width': 5 });
}

/** A message leaves below what its sender did at that moment, but above the sender's crash. */
function departure({ lane, row }: Arrow['from'], { rows }: Picture, layout: Layout): number {
  const crash = rows[row]?.cells[lane]?.boxes.findIndex(({ kind }) => kind === 'crash') ?? -1;
  if (crash < 0) return layout.rowOut[row] ?? 0;
  return (layout.rowY[row] ?? 0) + 4 + crash * (boxHeight + boxGap);
}

function arrowOf(arrow: Arrow, picture: Picture, layout: Layout): readonly string[] {
  const { from, to, end } = arrow;
  const { laneX, rowY } = layout;
  const y1 = from.row === to.row ? (rowY[to.row] ?? 0) : departure(from, picture, layout);
  const x1 = laneX[from.lane] ?? 0;
  const [targetX, targetY] = [laneX[to.lane] ?? 0, rowY[to.row] ?? 0];
  const length = Math.hypot(targetX - x1, targetY - y1) || 1;
  const [ux, uy] = [(targetX - x1) / length, (targetY - y1) / length];
  const short = end === 'delivered' ? 4 : 16;
  const [x2, y2] = [targetX - ux * short, targetY - uy * short];
  const tone = end === 'lost' ? colour('red') : colour('ink');
  const line = element('line', {
    x1,
    y1,
    x2,
    y2,
    stroke: tone,
    'stroke-width': 1.4,
    'stroke-dasharray': end === 'on the way' ? '4 4' : undefined,
  });
  const at = (along: number, across: number): string =>
    `${round(x2 + ux * along - uy * across)},${round(y2 + uy * along + ux * across)}`;
  if (end === 'lost') {
    const d = `M${at(-5, -5)}L${at(5, 5)}M${at(-5, 5)}L${at(5, -5)}`;
    return [line, element('path', { d, stroke: tone, 'stroke-width': 2.2, fill: 'none' })];
  }
  if (end === 'on the way') return [line];
  return [
    line,
    element('polygon', { points: `${at(0, 0)} ${at(-9, 4)} ${at(-9, -4)}`, fill: tone }),
  ];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function headOf(lane: string, index: number, { laneX, headY }: Layout): string {
  return text(lane, laneX[index] ?? 0, headY + 16, 'middle', 'head');
}

function rowOf(
  row: Row,
  index: number,
  layout: Layout,
  hueOf: (state: string | undefined) => Hue,
): readonly string[] {
  const { laneX, rowY, rowTop, width } = layout;
  const banners = layout.banners[index] ?? [];
  const top = rowTop[index] ?? 0;
  const bannerX = axisWidth + (width - axisWidth) / 2;
  const drawn: string[] = [];
  if (row.kind === 'repeated') {
    const height = banners.length * lineHeight + 10;
    drawn.push(
      element('rect', {
        x: axisWidth,
        y: top,
        width: width - axisWidth - 6,
        height,
        class: 'paper',
      }),
    );
  }
  for (const [line, banner] of banners.entries()) {
    const half = textWidth(banner, fontSize * 1.06) / 2 + 6;
    const behind = { x: bannerX - half, y: top + 1 + line * lineHeight, width: 2 * half };
    drawn.push(
      element('rect', { ...behind, height: lineHeight + 2, class: 'paper' }),
      text(banner, bannerX, top + 13 + line * lineHeight, 'middle', 'banner'),
    );
  }
  const y = rowY[index] ?? 0;
  for (const [lane, cell] of row.cells.entries()) {
    const x = laneX[lane] ?? 0;
    for (const side of ['left', 'right'] as const)
      for (const [place, arrival] of cell.arrivals.filter((one) => one.side === side).entries()) {
        const away = 13 + (arrival.isLost ? crossWidth : 0);
        const offset = side === 'left' ? -away : away;
        const anchor = side === 'left' ? 'end' : 'start';
        const at = y - 6 - place * lineHeight;
        const label = arrivalText(arrival);
        const width = textWidth(label, fontSize);
        const behind = { x: side === 'left' ? x - away - width : x + away, y: at - 11, width };
        drawn.push(
          element('rect', { ...behind, height: 14, class: 'paper', 'fill-opacity': 0.85 }),
          text(label, x + offset, at, anchor),
        );
      }
    for (const [place, box] of cell.boxes.entries())
      drawn.push(...boxOf(box, x, y + 5 + place * (boxHeight + boxGap), hueOf));
  }
  return drawn;
}

function boxOf(
  box: Box,
  x: number,
  y: number,
  hueOf: (state: string | undefined) => Hue,
): readonly string[] {
  const width = textWidth(box.text, fontSize) + 12;
  const hue =
    box.kind === 'state'
      ? hueOf(box.state)
      : box.kind === 'crash'
        ? 'red'
        : box.kind === 'restart'
          ? 'green'
          : undefined;
  const rect = {
    x: x - width / 2,
    y,
    width,
    height: boxHeight,
    rx: box.kind === 'state' ? 9 : 3,
    fill: colour('paper'),
  };
  const label = text(box.text, x, y + 13, 'middle', hue === undefined ? 'faint' : undefined);
  if (hue === undefined) return [element('rect', rect), label];
  return [
    element('rect', {
      ...rect,
      stroke: colour(hue),
      'stroke-width': box.kind === 'state' ? 1.5 : 2.5,
    }),
    element('rect', { ...rect, fill: colour(hue), 'fill-opacity': 0.16 }),
    label,
  ];
}

function keyOf({ width, bottom }: Layout): readonly string[] {
  return brokenInto(keySentence, fontSize, width - 24).map((line, index) =>
    text(line, 12, bottom + 20 + index * lineHeight, 'start', 'faint'),
  );
}
