/** The checker: `counterpoint/checker`. */
export {
  type CheckedProperty,
  type CheckOptions,
  type CheckResult,
  check,
} from './check.ts';
export type { StatePath } from './counterexample.ts';
export type { Progress } from './search.ts';
