/** Incidents of a caller and its dependency, with and without policies. */
export { type PolicyName, policyNames } from './policies.ts';
export { incidentSystem } from './system.ts';
