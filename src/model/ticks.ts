/**
 * Whole ticks: the time of timed timing. Laws in milliseconds become bounds in ticks, exactly or not at
 * all: bounds that are no whole number of ticks are refused, since rounding them would answer another
 * question. Between whole, closed bounds nothing is lost by whole ticks: every order of events that is
 * possible at any times is possible at whole ones (Henzinger, Manna and Pnueli, *What Good Are Digital
 * Clocks?*, ICALP 1992).
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { type Distribution, describeDistribution } from './distribution.ts';
import { UserMistake } from './errors.ts';
import type { NodeDefinition } from './node.ts';

/** At least `min` ticks and at most `max`, which is Infinity where nothing bounds them. */
export interface Ticks {
  readonly min: number;
  readonly max: number;
}

/**
 * The law in ticks. An exponential, log-normal or Pareto law has no longest duration. Throws a {@link UserMistake} that names
 * `what` when a bound is no whole number of ticks.
 */
export function inTicks(law: Distribution, tickMs: number, what: string): Ticks {
  const tick = microseconds(tickMs);
  const whole = (ms: number): number => {
    const ticks = microseconds(ms) / tick;
    if (Number.isInteger(ticks)) return ticks;
    const shorter = greatestCommonDivisor(tick, microseconds(ms)) / 1000;
    throw new UserMistake(
      `${what} is ${describeDistribution(law)}, which is no whole number of ticks of ${tickMs} ms; a tick of ${shorter} ms would do (scope tickMs=${shorter})`,
    );
  };
  const [least, most] = boundsOf(law);
  return { min: whole(least), max: most === Infinity ? Infinity : whole(most) };
}

/** The shortest and the longest duration of a law, in ms; what was measured bounds what was not. */
function boundsOf(law: Distribution): readonly [least: number, most: number] {
  switch (law.kind) {
    case 'constant':
      return [law.ms, law.ms];
    case 'uniform':
      return [law.minMs, law.maxMs];
    case 'exponential':
      return [law.minMs, law.meanMs === 0 ? law.minMs : Infinity];
    case 'logNormal': {
      const { medianMs, offsetMs, sigma } = law;
      return sigma === 0 ? [offsetMs + medianMs, offsetMs + medianMs] : [offsetMs, Infinity];
    }
    case 'pareto':
      return [law.minMs, Infinity];
    case 'empirical':
      return [Math.min(...law.samplesMs), Math.max(...law.samplesMs)];
  }
}

/**
 * The longest tick of which all delays that are declared as data are whole numbers, in ms; 1 where there
 * are none. Delays that depend on a context are not known before they are armed.
 */
export function longestTick(nodes: readonly NodeDefinition[]): number {
  let common = 0;
  const note = (ms: number): void => {
    common = greatestCommonDivisor(common, microseconds(ms));
  };
  for (const { processes, families } of nodes)
    for (const { process } of [...processes, ...families.values()]) {
      const given = process.delays ?? {};
      for (const law of Object.values(given)) if (typeof law === 'object') noteLaw(law, note);
      for (const { after } of process.choices ?? []) if (after !== undefined) noteLaw(after, note);
      for (const ms of numbersIn(process.machine, Object.keys(given))) note(ms);
    }
  return common === 0 ? 1 : common / 1000;
}

function noteLaw(law: Distribution, note: (ms: number) => void): void {
  for (const ms of boundsOf(law)) if (ms !== Infinity) note(ms);
}

/** The delays that a machine itself gives as numbers, by name or in place, unless they are replaced. */
function numbersIn({ implementations, root }: AnyStateMachine, replaced: readonly string[]) {
  const found: number[] = [];
  for (const [name, ms] of Object.entries(implementations.delays))
    if (typeof ms === 'number' && !replaced.includes(name)) found.push(ms);
  const visit = (node: AnyStateNode): void => {
    for (const { delay } of node.after) if (typeof delay === 'number') found.push(delay);
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(root);
  return found.filter((ms) => Number.isFinite(ms) && ms > 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** As in the simulator: virtual time is a whole number of microseconds. */
function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
