/** Statistics: `counterpoint/statistics`. Distributions of durations; many runs, with intervals. */
export type { Estimate, Share } from './estimate.ts';
export type { Figures } from './figures.ts';
export { type DistributionData, hdrHistograms } from './histogram.ts';
export {
  type ManyOptions,
  optionsOfRun,
  type RunRecord,
  runMany,
  runSlice,
  type Slice,
} from './run-many.ts';
export { differencesOf, type ManyRuns, type ManyViolation, summaryOf } from './summary.ts';
