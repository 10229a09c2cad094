/**
 * Fairness, declared per kind of decision. Weak: what stays possible happens. Strong: what is possible
 * again and again happens. Faults, losses and the environment owe nothing.
 *
 * | decision                         | fairness                                   |
 * |----------------------------------|--------------------------------------------|
 * | a forced write, a timer          | weak, each                                 |
 * | a process's choices              | weak: it chooses, whichever it chooses     |
 * | the delivery of a message        | weak; strong where messages may be lost    |
 * | a tick (timed timing)            | strong: time goes on for ever              |
 * | operations, crashes, restarts, losses, cuts, mends, faults of disks | none   |
 */
import type { Decision } from '../model/decision.ts';
import { keyOf } from '../model/plain-data.ts';
import type { Decisions } from './space.ts';

/** Classes of actions, numbered from 1; class 0 is what no fairness is owed to. */
export interface FairnessClasses<L> {
  classOf(label: L): number;
  isStrong(fairness: number): boolean;
  readonly count: number;
}

/** The words printed with a verdict that rests on fairness. */
export function describeFairness(isLossy: boolean, isTimed = false): string {
  const delivery = isLossy
    ? 'strong for each delivery (the network may lose)'
    : 'weak for each delivery';
  const time = isTimed ? '; time goes on' : '';
  return `weak for forced writes, choices and timers; ${delivery}; none for faults and operations${time}`;
}

/** The classes of a system's decisions; under timed timing class 1 is the tick, which decides nothing. */
export function decisionClasses(isLossy: boolean, isTimed = false): FairnessClasses<Decisions> {
  const numbers = new Map<string, number>();
  const ofDecision = new WeakMap<Decision, number>();
  const strong: boolean[] = isTimed ? [false, true] : [false];
  const numberOf = (decision: Decision): number => {
    const name = className(decision);
    if (name === undefined) return 0;
    let number = numbers.get(name);
    if (number === undefined) {
      number = strong.length;
      numbers.set(name, number);
      strong.push(isLossy && decision.type === 'deliver');
    }
    return number;
  };
  return {
    classOf(label) {
      const [decision] = label;
      // Of immediate choices that follow, all that matters is whether a crash cut them short.
      const last = label.at(-1);
      if (decision === undefined || last === undefined) return isTimed ? 1 : 0;
      if (isCutShort(last)) return 0;
      let number = ofDecision.get(decision);
      if (number === undefined) {
        number = numberOf(decision);
        ofDecision.set(decision, number);
      }
      return number;
    },
    isStrong: (fairness) => strong[fairness] === true,
    get count() {
      return strong.length;
    },
  };
}

/** A step that a crash interrupts is a fault. */
function isCutShort(decision: Decision): boolean {
  return 'crashAfter' in decision && decision.crashAfter !== undefined;
}

function className(decision: Decision): string | undefined {
  switch (decision.type) {
    case 'deliver':
      return `deliver ${decision.from} ${decision.to} ${keyOf(decision.message)}`;
    case 'durable':
      return `durable ${decision.node}`;
    case 'choose':
      return `choose ${decision.process}`;
    case 'fire':
      return `fire ${decision.process} ${decision.timer}`;
    default:
      return undefined;
  }
}

/** One weak class for all steps of a transition system: it does not stop while it can go on. */
export function progressClass<L>(): FairnessClasses<L> {
  return { classOf: () => 1, isStrong: () => false, count: 2 };
}

/** Fairness by label, as a transition system declares it. */
export function labelClasses<L>(
  labelOf: (label: L) => string,
  declared: (label: string) => 'weak' | 'strong' | undefined,
): FairnessClasses<L> {
  const numbers = new Map<string, number>();
  const strong: boolean[] = [false];
  return {
    classOf(step) {
      const label = labelOf(step);
      let number = numbers.get(label);
      if (number === undefined) {
        const fairness = declared(label);
        number = fairness === undefined ? 0 : strong.length;
        if (fairness !== undefined) strong.push(fairness === 'strong');
        numbers.set(label, number);
      }
      return number;
    },
    isStrong: (fairness) => strong[fairness] === true,
    get count() {
      return strong.length;
    },
  };
}
