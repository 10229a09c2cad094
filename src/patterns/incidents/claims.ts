/** What is said of policies under incidents, to be compared with what is measured. */
import type { PolicyName } from './policies.ts';
import type { scenarios } from './scenarios.ts';

/** Of one list of policies beside another, under one incident, on the same seeds. */
export interface IncidentClaim {
  readonly scenario: keyof typeof scenarios;
  readonly policy: string;
  readonly beside: string;
  /** A figure of runs. */
  readonly figure: 'availability.inRequests' | 'ratios.amplification' | 'operations.latency.maxMs';
  readonly is: 'more' | 'less' | 'not less';
  readonly source: string;
}

const good = 'availability.inRequests';
const calls = 'ratios.amplification';
const brooker = 'Brooker 2015 (exponential backoff and jitter)';
const huang = 'Huang and others 2022 (metastable failures)';
const beyer = 'Beyer and others 2016 (Site Reliability Engineering), chapter 22';
const nygard = 'Nygard 2007 (Release It!)';

const envoy = 'Envoy, outlier detection';
const dean = 'Dean and Barroso 2013 (the tail at scale)';

const over = (name: PolicyName): string => `${name},timeout`;

/** Beside a time-out alone, unless it says otherwise. */
const claim = (
  scenario: IncidentClaim['scenario'],
  policy: string,
  is: IncidentClaim['is'],
  figure: IncidentClaim['figure'],
  source: string,
  beside = 'timeout',
): IncidentClaim => ({ scenario, policy, beside, figure, is, source });

export const incidentClaims: readonly IncidentClaim[] = [
  claim('quiet', over('retry'), 'more', good, brooker),
  claim('quiet', over('breaker'), 'not less', good, nygard),
  claim('quiet', over('bulkhead'), 'not less', good, nygard),
  claim('dependency-slow', 'timeout', 'less', 'operations.latency.maxMs', nygard, 'none'),
  claim('dependency-slow', 'cancelling-timeout', 'more', good, nygard),
  claim('dependency-slow', over('retry'), 'less', good, beyer),
  claim('dependency-slow', over('retry-budget'), 'less', calls, beyer, over('retry')),
  claim('dependency-slow', over('breaker'), 'less', calls, nygard),
  claim('dependency-down', over('retry'), 'more', good, brooker),
  claim('dependency-flapping', over('retry'), 'more', good, brooker),
  claim('overload', over('bulkhead'), 'more', good, nygard),
  claim('overload', over('retry'), 'more', calls, beyer),
  claim('replica-bad', over('failover'), 'more', good, envoy),
  claim('replica-bad', over('hedge'), 'more', good, dean),
  claim('overload', over('hedge'), 'more', calls, dean),
  claim('retry-storm', over('retry'), 'more', calls, huang),
  claim('retry-storm', over('retry'), 'less', good, huang),
  claim('retry-storm', over('breaker'), 'more', good, nygard),
  claim('retry-storm', over('bulkhead'), 'more', good, nygard),
];
