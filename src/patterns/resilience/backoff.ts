/**
 * How long a retry waits. `n` is 0 for the first retry, `b` the base, `c` the cap, `r` a draw from [0, 1).
 *
 * Jitter without memory is a law of the wait. Where the next wait depends on what was drawn, or the law has
 * no name, `r` is a declared choice among a few values instead: see `levels`.
 */
import { constant, type Distribution, uniform } from '../../model/distribution.ts';
import { legal } from './legal.ts';

/**
 * Around a delay `d`: `none` d; `full` U(0, d); `equal` U(d/2, d) (Brooker 2015); `share` s:
 * U(d(1 - s), d(1 + s)) (Polly for constant and linear waits: 0.25; resilience4j: 0.5); `within` j ms:
 * max(0, U(d - j, d + j)) (MicroProfile Fault Tolerance); `plus` d + U(from, to) (Serverless Workflow).
 */
export type Jitter =
  | 'none'
  | 'full'
  | 'equal'
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'within'; readonly ms: number }
  | { readonly kind: 'plus'; readonly fromMs: number; readonly toMs: number };

export type Backoff =
  /** b */
  | { readonly kind: 'constant'; readonly ms: number; readonly jitter?: Jitter }
  /** min(c, b (n + 1)) */
  | {
      readonly kind: 'linear';
      readonly ms: number;
      readonly capMs?: number;
      readonly jitter?: Jitter;
    }
  /** min(c, b factor^n), factor 2 by default */
  | {
      readonly kind: 'exponential';
      readonly ms: number;
      readonly factor?: number;
      readonly capMs?: number;
      readonly jitter?: Jitter;
    }
  /** min(c, b (1 + factor + .. + factor^n)), factor 2 by default (Envoy: with full jitter and c = 10 b) */
  | {
      readonly kind: 'geometric-sum';
      readonly ms: number;
      readonly factor?: number;
      readonly capMs?: number;
      readonly jitter?: Jitter;
    }
  /** min(c, U(b, 3 previous)), previous being b at first (Brooker 2015) */
  | { readonly kind: 'decorrelated'; readonly ms: number; readonly capMs?: number }
  /** (f(n + r) - f(n - 1 + previous r)) b / 1.4 with f(t) = 2^t tanh(sqrt(4 t)) (Polly, cockatiel) */
  | { readonly kind: 'decorrelated-v2'; readonly ms: number; readonly capMs?: number };

/** What a wait remembers for the next one of its call. */
export interface Drawn {
  readonly ms: number;
  readonly r: number;
}

const defaultCapMs = 30_000;

const legalOf: Readonly<Record<Backoff['kind'], readonly string[]>> = {
  constant: ['kind', 'ms', 'jitter'],
  linear: ['kind', 'ms', 'capMs', 'jitter'],
  exponential: ['kind', 'ms', 'factor', 'capMs', 'jitter'],
  'geometric-sum': ['kind', 'ms', 'factor', 'capMs', 'jitter'],
  decorrelated: ['kind', 'ms', 'capMs'],
  'decorrelated-v2': ['kind', 'ms', 'capMs'],
};

/** The back-off with nothing left out. An option that its kind would ignore is refused. */
export function fullBackoff(given: Backoff): Backoff {
  const check = legal('retry');
  if (typeof given !== 'object' || given === null) check.bad('backoff', given, 'an object');
  check.oneOf('backoff.kind', given.kind, Object.keys(legalOf));
  check.names(given, legalOf[given.kind], 'backoff.');
  check.duration('backoff.ms', given.ms);
  const full = {
    ...(grows(given) ? { factor: 2 } : {}),
    ...(given.kind === 'constant' ? {} : { capMs: defaultCapMs }),
    ...(given.kind.startsWith('decorrelated') ? {} : { jitter: 'none' }),
    ...given,
  } as Backoff;
  if ('capMs' in full) check.duration('backoff.capMs', full.capMs as number);
  if (grows(full)) check.number('backoff.factor', full.factor as number, 1, Number.MAX_VALUE);
  validJitter('jitter' in full ? (full.jitter as Jitter) : 'none');
  return full;
}

type Growing = Extract<Backoff, { readonly factor?: number }>;

function grows(backoff: Backoff): backoff is Growing {
  return backoff.kind === 'exponential' || backoff.kind === 'geometric-sum';
}

function validJitter(jitter: Jitter): void {
  const check = legal('retry');
  if (jitter === 'none' || jitter === 'full' || jitter === 'equal') return;
  switch (typeof jitter === 'object' ? jitter?.kind : undefined) {
    case 'share':
      return check.number('backoff.jitter.share', (jitter as { share: number }).share, 0, 1);
    case 'within':
      return check.duration('backoff.jitter.ms', (jitter as { ms: number }).ms);
    case 'plus': {
      const { fromMs, toMs } = jitter as Extract<Jitter, { readonly kind: 'plus' }>;
      check.duration('backoff.jitter.fromMs', fromMs);
      check.duration('backoff.jitter.toMs', toMs);
      if (toMs < fromMs)
        check.bad('backoff.jitter.toMs', toMs, `no less than fromMs, which is ${fromMs}`);
      return;
    }
    default:
      check.bad(
        'backoff.jitter',
        jitter,
        '"none", "full", "equal", { kind: "share", share }, { kind: "within", ms } or { kind: "plus", fromMs, toMs }',
      );
  }
}

/** Whether `r` is a choice of the process, and the wait then certain. */
export function isDrawn(backoff: Backoff): boolean {
  if (!('jitter' in backoff)) return backoff.kind !== 'constant';
  return typeof backoff.jitter === 'object' && backoff.jitter.kind === 'within';
}

/** Without jitter. Beyond the largest number there is the cap (an exponent of 1,024 and more). */
function grown(backoff: Backoff, n: number): number {
  if (backoff.ms === 0) return 0;
  switch (backoff.kind) {
    case 'linear':
      return Math.min(backoff.capMs ?? defaultCapMs, backoff.ms * (n + 1));
    case 'exponential':
      return Math.min(backoff.capMs ?? defaultCapMs, backoff.ms * (backoff.factor ?? 2) ** n);
    case 'geometric-sum': {
      const { factor = 2, capMs = defaultCapMs, ms } = backoff;
      const terms = factor === 1 ? n + 1 : (factor ** (n + 1) - 1) / (factor - 1);
      return Math.min(capMs, ms * terms);
    }
    default:
      return backoff.ms;
  }
}

const f = (t: number): number => 2 ** t * Math.tanh(Math.sqrt(4 * t));

/** The wait before retry `n` for a draw `r`, `previous` being what the wait before it drew. */
export function delayAt(backoff: Backoff, n: number, r: number, previous?: Drawn): number {
  if (backoff.kind === 'decorrelated') {
    const last = previous?.ms ?? backoff.ms;
    const cap = backoff.capMs ?? defaultCapMs;
    return Math.min(cap, backoff.ms + r * (3 * last - backoff.ms));
  }
  if (backoff.kind === 'decorrelated-v2') {
    const cap = backoff.capMs ?? defaultCapMs;
    const before = previous === undefined ? 0 : f(n - 1 + previous.r);
    const delay = ((f(n + r) - before) * backoff.ms) / 1.4;
    // Infinity less infinity is no number: there the cap has long been reached.
    return Number.isNaN(delay) ? (backoff.ms === 0 ? 0 : cap) : Math.min(cap, delay);
  }
  const d = grown(backoff, n);
  const jitter = backoff.jitter ?? 'none';
  if (jitter === 'none') return d;
  if (jitter === 'full') return r * d;
  if (jitter === 'equal') return d / 2 + (r * d) / 2;
  if (jitter.kind === 'share') return d * (1 - jitter.share + 2 * jitter.share * r);
  if (jitter.kind === 'plus') return d + jitter.fromMs + r * (jitter.toMs - jitter.fromMs);
  return Math.max(0, d - jitter.ms + 2 * jitter.ms * r);
}

/** The law of the wait before retry `n`, where its jitter is no choice. */
export function delayLaw(backoff: Backoff, n: number): Distribution {
  const least = delayAt(backoff, n, 0);
  const most = delayAt(backoff, n, 1);
  return least === most ? constant(least) : uniform(least, most);
}
