/** The checker: `counterpoint/checker`. */
export {
  type CheckedProperty,
  type CheckOptions,
  type CheckResult,
  check,
  type StatePath,
} from './check.ts';
export type { Progress } from './search.ts';
