/** Labels of losses, each made once: a search meets the same loss in very many states. */
import type { DropCause } from '../model/decision.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Decisions } from './space.ts';

export class Drops {
  /** By cause, by place in the queue plus 1, 0 where the place does not matter, then by envelope. */
  readonly #labels: Record<DropCause, (Decisions | undefined)[][]> = {
    loss: [],
    cut: [],
    down: [],
    overflow: [],
  };

  find(envelope: number, cause: DropCause, position: number | undefined): Decisions | undefined {
    return this.#labels[cause][position === undefined ? 0 : position + 1]?.[envelope];
  }

  make(
    number: number,
    { from, to, message }: RoutedEnvelope,
    cause: DropCause,
    position: number | undefined,
  ): Decisions {
    const drop = { type: 'drop', from, to, message, cause } as const;
    const label = [position === undefined ? drop : { ...drop, position }];
    const byPlace = this.#labels[cause];
    const place = position === undefined ? 0 : position + 1;
    let row = byPlace[place];
    if (row === undefined) {
      row = [];
      byPlace[place] = row;
    }
    row[number] = label;
    return label;
  }
}
