/** The kinds of decisions, as a person chooses among them. */
import { type Decision, isActing } from '../model/decision.ts';

const repairs = ['restart', 'mend'] as const;
const faults = [
  'drop',
  'duplicate',
  'crash',
  'crashWithin',
  'cut',
  'loseForce',
  'failWrite',
  'loseDisk',
] as const;

/** In the order of the page: what goes by itself, what repairs, what fails. */
export const kinds = [
  'deliver',
  'durable',
  'choose',
  'invoke',
  'fire',
  ...repairs,
  ...faults,
] as const;

export type Kind = (typeof kinds)[number];

export function kindOf(decision: Decision): Kind {
  if (isActing(decision) && decision.crashAfter !== undefined) return 'crashWithin';
  if (decision.type === 'deliver' && decision.duplicate === true) return 'duplicate';
  return decision.type;
}

/** Whether something fails, which nobody owes anybody. */
export function isFault(decision: Decision): boolean {
  return natureOf(kindOf(decision)) === 'fault';
}

/** `step`: goes by itself. `repair`: undoes a fault, and nobody promises that it comes. */
export function natureOf(kind: Kind): 'step' | 'repair' | 'fault' {
  if ((faults as readonly Kind[]).includes(kind)) return 'fault';
  return (repairs as readonly Kind[]).includes(kind) ? 'repair' : 'step';
}
