/**
 * Retries that keep an overload alive (Bronson and others, HotOS 2021; Huang and others, OSDI 2022), as a recursion
 * without machines: with one server, in order and in constant time, it is known when an attempt is sent when it
 * will be served.
 */
import { Digest } from '../model/digest.ts';
import { exponential } from '../model/distribution.ts';
import { createStreams, type Seed } from '../simulator/random.ts';

/** Times are seconds, rates are in a second. */
export interface Overload {
  /** lambda, of new calls. */
  readonly arrivalRate: number;
  /** mu, of what the server can do. */
  readonly serviceRate: number;
  /** tau: an attempt that is not answered by then is late, and waits for its service all the same. */
  readonly timeoutSeconds: number;
  /** R: a late attempt is sent again at once, so often. */
  readonly resends: number;
  /** From this moment on the server stands still. */
  readonly frozenAt: number;
  /** D. */
  readonly freezeSeconds: number;
  readonly horizonSeconds: number;
}

/** Of the published rows. */
export const published: Omit<Overload, 'arrivalRate' | 'resends'> = {
  serviceRate: 300,
  timeoutSeconds: 3,
  frozenAt: 60,
  freezeSeconds: 10,
  horizonSeconds: 600,
};

/**
 * When calls are answered in time, in µs, for calls that are made at these times. What is being served when the
 * server freezes is continued afterwards, or is `done` at that moment, as with a paused node whose timer has run out.
 */
export function answeredUs(
  overload: Overload,
  arrivalsUs: readonly number[],
  frozenWork: 'continued' | 'done' = 'continued',
): readonly number[] {
  const { resends, frozenAt, freezeSeconds } = overload;
  const serviceUs = Math.round(1e6 / overload.serviceRate);
  const timeoutUs = 1e6 * overload.timeoutSeconds;
  const [fromUs, untilUs] = [1e6 * frozenAt, 1e6 * (frozenAt + freezeSeconds)];
  const served = (sentUs: number, freeUs: number): number => {
    const startUs = Math.max(sentUs, freeUs);
    if (startUs >= fromUs && startUs < untilUs) return untilUs + serviceUs;
    const endUs = startUs + serviceUs;
    if (startUs >= untilUs || endUs <= fromUs) return endUs;
    return frozenWork === 'continued' ? endUs + untilUs - fromUs : Math.max(endUs, untilUs);
  };
  const answered: number[] = [];
  const again: { readonly sentUs: number; readonly resent: number }[] = [];
  let freeUs = 0;
  for (let next = 0, nextAgain = 0; ; ) {
    const [arrival, late] = [arrivalsUs[next], again[nextAgain]];
    if (arrival === undefined && late === undefined) return answered;
    const isNew = late === undefined || (arrival !== undefined && arrival <= late.sentUs);
    const { sentUs, resent } = isNew ? { sentUs: arrival as number, resent: 0 } : late;
    if (isNew) next++;
    else nextAgain++;
    freeUs = served(sentUs, freeUs);
    if (freeUs > 1e6 * overload.horizonSeconds) return answered;
    if (freeUs <= sentUs + timeoutUs) answered.push(freeUs);
    else if (resent < resends) again.push({ sentUs: sentUs + timeoutUs, resent: resent + 1 });
  }
}

/** Poisson arrivals until the horizon, in µs. */
export function arrivalsUs(overload: Overload, seed: Seed): readonly number[] {
  const streams = createStreams(seed, new Digest());
  const law = exponential(1000 / overload.arrivalRate);
  const times: number[] = [];
  for (let atUs = 0; ; ) {
    atUs += streams.duration('arrivals', 'model', law);
    if (atUs > 1e6 * overload.horizonSeconds) return times;
    times.push(atUs);
  }
}

/** Answers in time in a second, between two moments in seconds. */
export function goodput(answered: readonly number[], from: number, to: number): number {
  const within = answered.filter((atUs) => atUs >= 1e6 * from && atUs < 1e6 * to).length;
  return within / (to - from);
}

/** Whether the server can serve all new calls, and could not if each were made as often as they may be. */
export function isVulnerable({ arrivalRate, serviceRate, resends }: Overload): boolean {
  return arrivalRate < serviceRate && arrivalRate * (1 + resends) > serviceRate;
}
