/** The checker: `counterpoint/checker`. */
export { check } from './check.ts';
export type { CheckedProperty, CheckOptions, CheckResult } from './check-contract.ts';
export type { StatePath } from './counterexample.ts';
export { exportPromela } from './export-promela.ts';
export type { Order, Store } from './packed-rows.ts';
export type { ExportedProperty, PromelaModel, PromelaOptions } from './promela-model.ts';
export type { Progress } from './search.ts';
