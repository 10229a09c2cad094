/** Faults in words: clauses without a beginning or an end, for lists and stories. */
import { describeDistribution } from '../model/distribution.ts';
import type {
  CrashFault,
  CrashPoint,
  FailedWriteFault,
  Fault,
  LinkChoice,
  LinkList,
  LostForceFault,
  Span,
} from '../model/faults.ts';
import { ms } from './words.ts';

/** `p1 handles nothing from 20 ms on for 300 ms`: a fault as a clause. */
export function faultClause(fault: Fault): string {
  switch (fault.fault) {
    case 'crash':
      return crashClause(fault);
    case 'restart':
      return `${fault.node} restarts at ${ms(fault.atMs ?? 0)} ms`;
    case 'pause':
      return `${fault.node} handles nothing ${spanWords(fault)}`;
    case 'slow': {
      const { node, factor = 1, handlingMs = 0 } = fault;
      const times = factor === 1 ? [] : [`takes ${factor} times as long`];
      const each = handlingMs === 0 ? [] : [`takes ${ms(handlingMs)} ms for each event`];
      return `${node} ${[...times, ...each].join(' and ')} ${spanWords(fault)}`;
    }
    case 'clock-offset':
      return `the clock of ${fault.node} is ${shift(fault.byMs, 'ahead', 'behind')} ${spanWords(fault)}`;
    case 'clock-drift':
      return `the clock of ${fault.node} runs at ${fault.rate} of its rate ${spanWords(fault)}`;
    case 'clock-jump':
      return `the clock of ${fault.node} jumps ${shift(fault.byMs, 'forwards', 'backwards')} ${spanWords(fault)}`;
    case 'clock-strobe':
      return `the clock of ${fault.node} jumps ${shift(fault.byMs, 'forwards', 'backwards')} and back every ${ms(fault.periodMs)} ms ${spanWords(fault)}`;
    case 'slow-disk':
      return `forced writes of ${fault.node} take ${fault.factor} times as long ${spanWords(fault)}`;
    case 'lost-force':
      return `the disk of ${fault.node} only says that ${writesOf(fault)} are done ${spanWords(fault)}`;
    case 'failed-write':
      return `${writesOf(fault)} of ${fault.node} fail ${spanWords(fault)}`;
    case 'read-error':
      return `${fault.node} cannot read its disk ${spanWords(fault)}`;
    case 'partition':
      return `${choiceWords(fault, 'cut', 'cut off')} ${spanWords(fault)}`;
    case 'hold':
      return `${choiceWords(fault, 'held', 'held back')} ${spanWords(fault)}`;
    case 'loss':
    case 'duplication': {
      const share = `${Math.round(fault.probability * 1000) / 10} % of the messages`;
      const what = fault.fault === 'loss' ? 'are lost' : 'arrive again';
      return `${share}${over(fault.links)} ${what} ${spanWords(fault)}`;
    }
    case 'delay':
      return `messages${over(fault.links)} take longer by ${describeDistribution(fault.by)} ${spanWords(fault)}`;
    case 'heal': {
      const core = fault.nodes === undefined ? 'everything' : fault.nodes.join(', ');
      return `${core} is healed at ${ms(fault.atMs ?? 0)} ms`;
    }
  }
}

/** `its second COMMIT`, `its third write of any kind`: what a crash point counts. */
export function pointWords({ nth, message, any }: CrashPoint): string {
  const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];
  const ordinal = ordinals[nth - 1] ?? `${nth}th`;
  return message === undefined ? `${ordinal} ${any}` : `${ordinal} ${message}`;
}

function writesOf({ probability = 1 }: LostForceFault | FailedWriteFault): string {
  return probability === 1
    ? 'forced writes'
    : `${Math.round(probability * 1000) / 10} % of the forced writes`;
}

function crashClause({ node, atMs, point, forMs, loseDisk, tail }: CrashFault): string {
  const when =
    point === undefined
      ? `at ${ms(atMs ?? 0)} ms`
      : `right ${point.moment} its ${pointWords(point)}`;
  const disk = loseDisk === true ? ', loses its disk' : '';
  const back = forMs === undefined ? 'stays down' : `comes back after ${ms(forMs)} ms`;
  return `${node} crashes ${when}${disk} and ${back}${tailWords(tail)}`;
}

function tailWords(tail: CrashFault['tail']): string {
  switch (tail) {
    case 'lost':
      return ', without what was not forced';
    case 'kept':
      return ', with all that it wrote';
    case 'torn':
      return ', with a torn record';
    default:
      return '';
  }
}

function choiceWords(choice: LinkChoice, links: string, nodes: string): string {
  const { groups, direction, shape } = choice;
  if (groups !== undefined) {
    const sides = groups.map((group) => group.join(', ')).join(' | ');
    if (direction === undefined) return `${sides} ${nodes} from the others`;
    return `messages ${direction === 'out' ? 'from' : 'to'} ${groups[0]?.join(', ')} are ${links}`;
  }
  if (shape !== undefined) {
    const among = choice.nodes === undefined ? '' : ` of ${choice.nodes.join(', ')}`;
    return `links${among} are ${links} in the shape ${shape}`;
  }
  return `messages${over(choice.links)} are ${links}`;
}

function over(links: LinkList | undefined): string {
  if (links === undefined) return '';
  return ` over ${links.map(([from, to]) => `${from}->${to}`).join(' ')}`;
}

function shift(byMs: number, forth: string, back: string): string {
  return `${ms(Math.abs(byMs))} ms ${byMs < 0 ? back : forth}`;
}

function spanWords({ atMs = 0, forMs, repeat }: Span): string {
  const until = forMs === undefined ? '' : ` for ${ms(forMs)} ms`;
  const again =
    repeat === undefined ? '' : `, ${repeat.times} times, every ${ms(repeat.everyMs)} ms`;
  return `from ${ms(atMs)} ms on${until}${again}`;
}
