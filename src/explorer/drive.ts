/** Steps that a session takes by itself: on until something stops it, or at random. */
import seedrandom from 'seedrandom';
import { stateDigest } from '../model/index.ts';
import { isFault, natureOf } from './kinds.ts';
import { type Offer, offersOf } from './offers.ts';
import { applied, type ExplorerSession, withSettings } from './session.ts';

/** Why a session stopped running on. */
export type Stop = 'nothing left' | 'seen before' | 'bound';

export interface RunOn {
  readonly session: ExplorerSession;
  readonly steps: number;
  readonly stop: Stop;
}

const stepsMax = 200;

/**
 * Goes on with the first decision that is no fault and leads to a state that this path has not seen: a
 * retransmission that nobody answers would otherwise go on for ever.
 */
export function ranOn(session: ExplorerSession, bound: number = stepsMax): RunOn {
  const { instance, path, position, settings } = session;
  const seen = new Set(
    path.slice(0, position + 1).map(({ state }) => stateDigest(instance, state)),
  );
  let current = withSettings(session, { faults: false });
  let steps = 0;
  const stopped = (stop: Stop): RunOn => ({
    session: { ...current, settings },
    steps,
    stop,
  });
  for (; steps < bound; steps++) {
    const offers = offersOf(current).filter(({ kind }) => natureOf(kind) === 'step');
    if (offers.length === 0) return stopped('nothing left');
    const next = offers.find(({ next: { state } }) => !seen.has(stateDigest(instance, state)));
    if (next === undefined) return stopped('seen before');
    seen.add(stateDigest(instance, next.next.state));
    current = applied(current, next.decision);
  }
  return stopped('bound');
}

/**
 * One of the offers, drawn by seed and position: who goes back and draws again draws the same. Undefined
 * where nothing is offered.
 */
export function randomOffer(session: ExplorerSession): Offer | undefined {
  const offers = offersOf(session);
  const draw = seedrandom.alea(`${session.settings.seed}/step ${session.position}`);
  // Faults are many; drawn evenly they would be all that happens.
  const steps = offers.filter(({ decision }) => !isFault(decision));
  const faults = offers.filter(({ decision }) => isFault(decision));
  const pool = steps.length === 0 || (faults.length > 0 && draw() < 0.2) ? faults : steps;
  return pool[Math.floor(draw() * pool.length)];
}
