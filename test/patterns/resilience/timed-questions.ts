/** What is asked of policies by the clock, by the number of calls and of ticks of 10 ms. */
import { constant, uniform } from '../../../src/index.ts';
import { circuitBreaker, retry } from '../../../src/patterns/resilience/index.ts';
import { clockedQuestion, type Ended } from './clocked-calls.ts';
import { mayHaveEnded, type TimedBreaker } from './timed-reference.ts';

const hows = (log: readonly Ended[]) => log.map(([, , how]) => how);
/** Comes to a rejection, and to an answer after one. */
const comesTo = {
  'a rejection': (log: readonly Ended[]) => hows(log).includes('breaker-open'),
  'a call let through after one': (log: readonly Ended[]) => {
    const rejected = hows(log).indexOf('breaker-open');
    return rejected >= 0 && hows(log).slice(rejected).includes('reply');
  },
};

/** Of the results of the last 30 ms, of which there must be two, half have failed: slices of 10 ms. */
const ofTime: Omit<TimedBreaker, 'openMs'> = {
  isBad: (results) => {
    const last = results.at(-1);
    if (last?.failed !== true) return false;
    const counted = results.filter(({ atMs }) => last.atMs - Math.floor(atMs / 10) * 10 < 30);
    return (
      counted.length >= 2 && counted.filter(({ failed }) => failed).length * 2 >= counted.length
    );
  },
};
export const timeWindow = (openMs: number, calls: number, ticks: number) =>
  clockedQuestion({
    policy: circuitBreaker({
      window: { kind: 'time', ms: 30, slices: 3, minimum: 2, ratio: 0.5 },
      ...{ open: constant(openMs), probe: null },
    }),
    ...{ service: { errorRate: 0.5 }, calls, ticks },
    allows: (log) => mayHaveEnded({ ...ofTime, openMs: () => openMs }, log),
    comesTo,
  });

/** Both of the last two were slow: took 10 ms of the none or 10 that a call takes. */
const ofSlow: TimedBreaker = {
  slowMs: 10,
  openMs: () => 20,
  isBad: (results) => results.length >= 2 && results.slice(-2).every(({ slow }) => slow),
};
export const slowCalls = (calls: number, ticks: number) =>
  clockedQuestion({
    policy: circuitBreaker({
      window: { kind: 'count', size: 2, ratio: 1, slow: { afterMs: 10, ratio: 1 } },
      ...{ onSuccess: true, open: constant(20), probe: null },
    }),
    ...{ service: { time: uniform(0, 10) }, calls, ticks },
    allows: (log) => mayHaveEnded(ofSlow, log),
    comesTo,
  });

/** Opens with each failure, for longer each time in a row. */
const ofGrowing: TimedBreaker = {
  openMs: (times) => 20 * times,
  isBad: (results) => results.at(-1)?.failed === true,
};
export const openTime = (calls: number, ticks: number) =>
  clockedQuestion({
    policy: circuitBreaker({
      window: { kind: 'consecutive', failures: 1 },
      ...{ open: (times: number) => constant(20 * times), probe: null },
    }),
    ...{ service: { errorRate: 0.5 }, calls, ticks },
    allows: (log) => mayHaveEnded(ofGrowing, log),
    comesTo,
  });

/** An attempt takes 10 ms and a wait 10 or 20: the last begins no later than 40 ms after the first. */
export const totalTime = (calls: number, ticks: number) =>
  clockedQuestion({
    policy: retry({
      attempts: null,
      backoff: { kind: 'constant', ms: 20, jitter: 'equal' },
      totalTime: constant(40),
    }),
    ...{ service: { errorRate: 0.5, time: constant(10) }, calls, ticks },
    allows: (log) =>
      log.every(([askedMs, endedMs, how]) => {
        const tookMs = endedMs - askedMs;
        // It fails when the time is over while it waits, or with an attempt that was under way then.
        return how === 'reply' ? tookMs <= 50 : tookMs >= 40 && tookMs <= 50;
      }),
    comesTo: {
      'an attempt at the last moment': (log) =>
        log.some(([askedMs, endedMs]) => endedMs - askedMs === 50),
      'a failure when the time is over': (log) =>
        log.some(([askedMs, endedMs, how]) => how !== 'reply' && endedMs - askedMs === 40),
    },
  });
