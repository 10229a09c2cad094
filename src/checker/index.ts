/** The checker: `counterpoint/checker`. */
export {
  type CheckedProperty,
  type CheckOptions,
  type CheckResult,
  check,
} from './check.ts';
export type { StatePath } from './counterexample.ts';
export type { Order, Store } from './packed-rows.ts';
export type { Progress } from './search.ts';
