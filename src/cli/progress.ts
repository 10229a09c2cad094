/** How far a check is, on standard error: a line that is rewritten on a terminal, plain lines elsewhere. */
import type { Progress } from '../index.ts';
import type { Io } from './io.ts';
import { grouped } from './words.ts';

export interface ProgressLine {
  /** Shows it, at most once a second. */
  show(progress: Progress): void;
  /** Leaves no half line behind. */
  end(): void;
}

/** `isQuiet` for `--json` into a pipe: then nobody watches. */
export function progressLine(
  io: Io,
  isQuiet: boolean,
  maxStates: number | undefined,
): ProgressLine {
  const began = performance.now();
  let shownAt = began;
  let isOpen = false;
  return {
    show(progress) {
      const now = performance.now();
      if (isQuiet || now - shownAt < 1000) return;
      shownAt = now;
      const line = words(progress, (now - began) / 1000, maxStates);
      if (io.isLive) {
        io.err(`\r\u001b[K${line.slice(0, Math.max(10, io.width - 1))}`);
        isOpen = true;
      } else io.err(`${line}\n`);
    },
    end() {
      if (isOpen) io.err('\r\u001b[K');
      isOpen = false;
    },
  };
}

/** What matters most comes first: a narrow terminal cuts the rest off. */
function words(progress: Progress, seconds: number, maxStates: number | undefined): string {
  const { distinct, queued, depth } = progress;
  const budget = maxStates === undefined ? '' : `${bar(distinct / maxStates)} of the budget, `;
  return `${grouped(distinct)} states, ${budget}${grouped(queued)} to expand, depth ${depth}, ${Math.round(seconds)} s, ${grouped(Math.round(distinct / seconds))}/s`;
}

function bar(share: number): string {
  const full = Math.min(10, Math.round(share * 10));
  return `[${'#'.repeat(full)}${'-'.repeat(10 - full)}] ${Math.min(100, Math.round(share * 100))} %`;
}
