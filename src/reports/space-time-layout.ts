/** The geometry of space-time diagrams: bands per row and lane, so that no text can cover another. */
import { brokenInto, textWidth } from './markup.ts';
import type { Cell, Picture, Row } from './picture.ts';

export const fontSize = 12;
export const boxHeight = 18;
export const boxGap = 3;
export const lineHeight = 15;
/** Free lane below the boxes of a row, so that the state's colour and a pending write are seen. */
const freeLane = 26;
/** Beside the cross of a lost message its label starts further from the lane. */
export const crossWidth = 16;
export const axisWidth = 74;
const headHeight = 30;

/** Where everything stands, in px. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The middle of each lane. */
  readonly laneX: readonly number[];
  /** The line of each row at which messages leave and arrive. */
  readonly rowY: readonly number[];
  readonly rowTop: readonly number[];
  /** Where the boxes of each row end: messages leave below them. */
  readonly rowOut: readonly number[];
  readonly headY: number;
  readonly bottom: number;
  readonly banners: readonly (readonly string[])[];
}

/** Rows as high as what stands in them, lanes as far apart as their widest neighbours need. */
export function layoutOf({ lanes, rows }: Picture, title: string | undefined): Layout {
  const pitch = lanePitch(lanes, rows);
  const laneX = lanes.map((_, lane) => axisWidth + pitch * (lane + 0.5));
  const width = Math.max(axisWidth + pitch * lanes.length + 8, 340);
  const titleLines = title === undefined ? 0 : brokenInto(title, 14, width - 24).length;
  const headY = titleLines * 18 + (titleLines > 0 ? 14 : 6);
  const rowY: number[] = [];
  const rowTop: number[] = [];
  const rowOut: number[] = [];
  const banners = rows.map((row) =>
    row.banners.flatMap((text) => brokenInto(text, fontSize * 1.06, width - axisWidth - 24)),
  );
  let y = headY + headHeight;
  for (const [index, row] of rows.entries()) {
    rowTop.push(y);
    const above = Math.max(0, ...row.cells.map(({ arrivals }) => tallerSide(arrivals)));
    const bannerHeight = (banners[index]?.length ?? 0) * lineHeight;
    if (row.kind === 'repeated') {
      rowY.push(y + 10 + bannerHeight / 2);
      rowOut.push(y + 10 + bannerHeight);
      y += bannerHeight + 26;
      continue;
    }
    const line = y + 6 + bannerHeight + above * lineHeight + (above > 0 ? 5 : 0);
    rowY.push(line);
    const below = Math.max(0, ...row.cells.map(({ boxes }) => boxes.length));
    rowOut.push(below === 0 ? line : line + 5 + below * (boxHeight + boxGap));
    y = line + 5 + below * (boxHeight + boxGap) + (row.kind === 'end' ? 6 : freeLane);
  }
  return {
    width,
    height: y + keyHeight(width),
    laneX,
    rowY,
    rowTop,
    rowOut,
    headY,
    bottom: y,
    banners,
  };
}

function tallerSide(arrivals: Cell['arrivals']): number {
  const left = arrivals.filter(({ side }) => side === 'left').length;
  return Math.max(left, arrivals.length - left);
}

/** The distance of lanes at which the widest neighbours fit beside each other. */
function lanePitch(lanes: readonly string[], rows: readonly Row[]): number {
  let pitch = Math.max(104, ...lanes.map((lane) => textWidth(lane, 13) + 20));
  for (const { cells } of rows) {
    const widest = (cell: Cell | undefined, side: 'left' | 'right'): number =>
      Math.max(
        0,
        ...(cell?.arrivals ?? [])
          .filter((one) => one.side === side)
          .map((one) => textWidth(arrivalText(one), fontSize) + (one.isLost ? crossWidth : 0)),
      );
    for (const [lane, cell] of cells.entries()) {
      for (const { text } of cell.boxes) pitch = Math.max(pitch, textWidth(text, fontSize) + 26);
      const between = widest(cell, 'right') + widest(cells[lane + 1], 'left');
      if (between > 0) pitch = Math.max(pitch, between + 34);
    }
  }
  return pitch;
}

export function arrivalText({ text, count }: Cell['arrivals'][number]): string {
  return count === 1 ? text : `${text} ×${count}`;
}

/** What the shapes mean, below every diagram. */
export const keySentence =
  'Time runs downwards; each row is a moment, and distances between rows are not to scale. ' +
  'Hatched: a forced write is under way. Dotted: the node is down. Red cross: the message is lost.';

function keyHeight(width: number): number {
  return brokenInto(keySentence, fontSize, width - 24).length * lineHeight + 22;
}
