/** The built-in systems by name: the protocols', and those of patterns. */
import { suggestion, UserMistake } from '../model/errors.ts';
import type { AnySystem } from '../model/system.ts';
import type { AnyTransitionSystem } from '../model/transition-system.ts';
import { builtInSystems as protocols } from '../protocols/registry.ts';
import { compositionSystem } from './composition/system.ts';
import { incidentSystem } from './incidents/system.ts';
import { serviceSystem } from './services/system.ts';

const patterns: readonly AnySystem[] = [serviceSystem, compositionSystem, incidentSystem];

/** All built-in systems, variants after the system they vary. */
export function builtInSystems(): readonly (AnySystem | AnyTransitionSystem)[] {
  return [...protocols(), ...patterns];
}

/** The built-in system of that name. Throws a {@link UserMistake} with the nearest name. */
export function builtInSystem(name: string): AnySystem | AnyTransitionSystem {
  const all = builtInSystems();
  const system = all.find((candidate) => candidate.name === name);
  if (system !== undefined) return system;
  const known = all.map((candidate) => candidate.name);
  throw new UserMistake(`unknown system "${name}"${suggestion(name, known)}`);
}
