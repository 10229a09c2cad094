/** How far the work is, on standard error: a line that is rewritten on a terminal, plain lines elsewhere. */
import type { Progress } from '../index.ts';
import type { Io } from './io.ts';
import type { Question } from './question.ts';
import { grouped } from './words.ts';

export interface StatusLine {
  /** Shows it, at most once a second unless it is news. */
  show(text: () => string, isNews?: boolean): void;
  /** Leaves no half line behind. */
  end(): void;
}

/** With `json` into a pipe nobody watches, and nothing is shown. */
export function statusLine(io: Io, json: boolean): StatusLine {
  const isQuiet = json && !io.isLive;
  let shownAt = performance.now();
  let isOpen = false;
  return {
    show(text, isNews = false) {
      const now = performance.now();
      if (isQuiet || (!isNews && now - shownAt < 1000)) return;
      shownAt = now;
      if (io.isLive) {
        io.err(`\r\u001b[K${text().slice(0, Math.max(10, io.width - 1))}`);
        isOpen = true;
      } else io.err(`${text()}\n`);
    },
    end() {
      if (isOpen) io.err('\r\u001b[K');
      isOpen = false;
    },
  };
}

/** How far a check is. What matters most comes first: a narrow terminal cuts the rest off. */
export function checkProgress(
  { distinct, queued, depth }: Progress,
  seconds: number,
  { maxStates, maxSeconds }: Pick<Question, 'maxStates' | 'maxSeconds'>,
): string {
  const budget = maxStates === undefined ? '' : `${bar(distinct / maxStates)} of the budget, `;
  const left =
    maxSeconds === undefined ? '' : `, ${Math.max(0, Math.round(maxSeconds - seconds))} s left`;
  return `${grouped(distinct)} states, ${budget}${grouped(queued)} to expand, depth ${depth}, ${Math.round(seconds)} s${left}, ${grouped(Math.round(distinct / seconds))}/s`;
}

/** `[#####-----] 50 %` */
export function bar(share: number): string {
  const full = Math.min(10, Math.round(share * 10));
  return `[${'#'.repeat(full)}${'-'.repeat(10 - full)}] ${Math.min(100, Math.round(share * 100))} %`;
}
