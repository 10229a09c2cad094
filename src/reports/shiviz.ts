/**
 * A run as a log for ShiViz (Beschastnikh et al. 2016), which draws who can have influenced whom: two
 * lines an event, what happened and `host {clock}`.
 */
import { nodeEvents } from '../model/causality.ts';
import type { NodeId } from '../model/effects.ts';
import { describeValue } from '../model/view.ts';
import { actsOf } from './acts.ts';
import { openLedger } from './ledger.ts';
import { actSentence } from './sentences.ts';
import { refuseWithoutTrace, type Told } from './story.ts';
import { ms } from './words.ts';

/** The expression by which ShiViz reads the log: what it proposes itself. */
export const shivizExpression = '(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})';

/**
 * The log of a run that kept its full trace, or of a replay. What happens to the network alone (losses,
 * cuts) is at no host and so is left out.
 *
 *     shiviz(run(system, { seed: 1, trace: true }))
 */
export function shiviz(source: Told): string {
  refuseWithoutTrace(source);
  const { trace, start } = source;
  const ledger = openLedger(start);
  const said = trace.map((entry) => {
    const when = entry.atUs === undefined ? '' : `${ms(entry.atUs / 1000)} ms: `;
    return `${when}${actsOf([entry], ledger).map(actSentence).join(' ')}`;
  });
  const lines = nodeEvents(source).map(({ node, index, effects, clock }) => {
    const states = effects.flatMap((effect) =>
      effect.type === 'step'
        ? [`${effect.process} is ${placeWords(describeValue(effect.after))}`]
        : [],
    );
    const event = index === undefined ? `${states.join('; ') || `${node} starts`}.` : said[index];
    const named = Object.entries(clock).map(([id, count]) => [hostOf(id), count]);
    return `${event}\n${hostOf(node)} ${JSON.stringify(Object.fromEntries(named))}\n`;
  });
  return lines.join('');
}

function placeWords(state: string): string {
  return state === '' ? 'up' : `in ${state}`;
}

/** The names of hosts are read up to the first blank. */
function hostOf(node: NodeId): string {
  return node.replace(/[%\s]/g, encodeURIComponent);
}
