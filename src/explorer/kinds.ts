/** The kinds of decisions, as a person chooses among them. */
import { type Decision, isActing } from '../model/decision.ts';

/** In the order of the page: what goes by itself, what repairs, what fails. */
export const kinds = [
  'deliver',
  'durable',
  'choose',
  'invoke',
  'fire',
  'restart',
  'mend',
  'drop',
  'duplicate',
  'crash',
  'crashWithin',
  'cut',
  'loseForce',
  'failWrite',
  'loseDisk',
] as const;

export type Kind = (typeof kinds)[number];

export function kindOf(decision: Decision): Kind {
  if (isActing(decision) && decision.crashAfter !== undefined) return 'crashWithin';
  if (decision.type === 'deliver' && decision.duplicate === true) return 'duplicate';
  return decision.type;
}

const repairs: readonly Kind[] = ['restart', 'mend'];
const faults: readonly Kind[] = [
  'drop',
  'duplicate',
  'crash',
  'crashWithin',
  'cut',
  'loseForce',
  'failWrite',
  'loseDisk',
];

/** Whether something fails, which nobody owes anybody. */
export function isFault(decision: Decision): boolean {
  return faults.includes(kindOf(decision));
}

/** `step`: goes by itself. `repair`: undoes a fault, and nobody promises that it comes. */
export function natureOf(kind: Kind): 'step' | 'repair' | 'fault' {
  if (faults.includes(kind)) return 'fault';
  return repairs.includes(kind) ? 'repair' : 'step';
}
