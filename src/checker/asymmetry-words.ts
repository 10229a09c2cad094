/** What tells two nodes apart, in words: for the sentence that refuses a symmetry. */
import { type Decision, describeDecision, describeMessage } from '../model/decision.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import { canonical } from '../model/plain-data.ts';
import { describeValue } from '../model/view.ts';

/** Longer contexts are cut, so that the sentence stays one. */
const longest = 160;

/** `coordinator is collecting {"yes":["p1"]}`. */
export function nodeWords(id: string, { up, running }: NodeState): string {
  if (!up) return `${id} is down`;
  return running
    .map(({ address, state: { snapshot } }) => {
      const context = canonical(snapshot.context);
      const shown = context.length > longest ? `${context.slice(0, longest)} ..` : context;
      const value = describeValue(snapshot.value);
      return [address, 'is', value, shown === '{}' ? '' : shown]
        .filter((word) => word !== '')
        .join(' ');
    })
    .join(' and ');
}

export function decisionWords(decision: Decision): string {
  return `"${describeDecision(decision)}"`;
}

/** `leads to: p1 is prepared, and sends VOTE to coordinator`. */
export function moveWords(next: string, sends: readonly RoutedEnvelope[]): string {
  const sent = sends.map(({ to, message }) => `${describeMessage(message)} to ${to}`);
  return `leads to: ${next}${sent.length === 0 ? '' : `, and sends ${sent.join(', ')}`}`;
}
