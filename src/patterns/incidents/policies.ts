/** The policies that a caller can be given by name: adding one to all incidents is one line here. */
import { constant } from '../../model/distribution.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import { circuitBreaker } from '../resilience/breaker.ts';
import { bulkhead } from '../resilience/bulkhead.ts';
import { failover } from '../resilience/failover.ts';
import { fallback } from '../resilience/fallback.ts';
import { hedge } from '../resilience/hedge.ts';
import type { Policy } from '../resilience/policy.ts';
import { retry } from '../resilience/retry.ts';
import { timeout } from '../resilience/timeout.ts';
import type { Window } from '../resilience/window.ts';

/** What of the parameters of the system the policies are made with. */
export interface Settings {
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly window: number;
  readonly openMs: number;
  readonly slowMs: number;
  readonly permits: number;
  readonly hedgeMs: number;
  /** The replicas of payments by their ids. */
  readonly targets: readonly string[];
}

/** By the word for `--set policy=`. Every line is a row of the page, over a time-out where it is none. */
export const policyTable = {
  timeout: ({ timeoutMs }) => timeout({ after: constant(timeoutMs), tells: false }),
  'cancelling-timeout': ({ timeoutMs }) => timeout({ after: constant(timeoutMs) }),
  retry: ({ attempts, backoffMs }) =>
    retry({ attempts, backoff: { kind: 'exponential', ms: backoffMs, jitter: 'full' } }),
  'retry-at-once': ({ attempts }) => retry({ attempts, backoff: { kind: 'constant', ms: 0 } }),
  'retry-budget': ({ attempts, backoffMs }) =>
    retry({
      attempts,
      backoff: { kind: 'exponential', ms: backoffMs, jitter: 'full' },
      // One retry for ten calls, and ten at first.
      budget: { kind: 'tokens', capacity: 10, callsPerRetry: 10 },
    }),
  breaker: (settings) =>
    circuitBreaker({
      window: windowOf(settings),
      // Where slow calls count, one that succeeds may be the one too many.
      onSuccess: settings.slowMs > 0,
      open: constant(settings.openMs),
      probe: constant(settings.openMs),
    }),
  bulkhead: ({ permits }) => bulkhead({ limit: permits }),
  fallback: () => fallback({ give: { kind: 'value', value: 'later' } }),
  failover: ({ openMs, targets }) =>
    failover({
      ...{ targets, choose: 'round-robin', eject: constant(openMs) },
      window: { kind: 'consecutive', failures: 3 },
    }),
  hedge: ({ hedgeMs, targets }) =>
    hedge({ after: constant(hedgeMs), replicas: targets.length > 1 ? targets : [] }),
} satisfies Readonly<Record<string, (settings: Settings) => Policy>>;

/** Half of the last results failed, or, where slowness counts, were slow. */
function windowOf({ window, slowMs }: Settings): Window {
  return {
    ...{ kind: 'count', size: window, minimum: Math.ceil(window / 2), ratio: 0.5 },
    ...(slowMs > 0 && { slow: { afterMs: slowMs, ratio: 0.5 } }),
  };
}

export type PolicyName = keyof typeof policyTable;
export const policyNames = Object.keys(policyTable) as readonly PolicyName[];

/** `retry,breaker,timeout`: the outermost first; `none` for none at all. */
export function namedPolicies(policy: string): readonly PolicyName[] {
  if (policy === 'none') return [];
  return policy.split(',').map((word) => {
    const name = policyNames.find((one) => one === word.trim());
    if (name === undefined)
      throw new UserMistake(
        `parameter policy names ${JSON.stringify(word.trim())}${suggestion(word.trim(), policyNames)}; it must be none, or a list, the outermost first, such as retry,breaker,timeout, of ${policyNames.join(', ')}`,
      );
    return name;
  });
}

export function policiesOf(policy: string, settings: Settings): readonly Policy[] {
  return namedPolicies(policy).map((name) => policyTable[name](settings));
}

/** The lists that are compared: none, each policy over a time-out, and several together. */
export function comparedPolicies(): readonly string[] {
  const overTimeout = policyNames.map((name) =>
    name.endsWith('timeout') ? name : `${name},timeout`,
  );
  return ['none', ...overTimeout, 'retry-budget,breaker,timeout'];
}
