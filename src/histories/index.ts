/** Recorded histories: `counterpoint/histories`. Is what clients saw explained by one object? */
export { builtInModel, builtInModels } from './built-in.ts';
export {
  checkHistory,
  type HistoryOptions,
  type HistoryResult,
  type Partition,
} from './check-history.ts';
export type { Event, History } from './events.ts';
export type { Explanation, Placement } from './explanation.ts';
export { kv } from './key-value.ts';
export { type Answer, type LinearizableOptions, linearizable } from './linearizable.ts';
export { type AnyModel, assertModel, type Model } from './model.ts';
export { type Call, describeOperation, isPending, type Operation } from './operation.ts';
export { readHistory } from './read-history.ts';
export { type RegisterOptions, register, registerModel } from './register.ts';
export { type WriteOptions, writeHistory } from './write-history.ts';
