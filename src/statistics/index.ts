/** Statistics: `counterpoint/statistics`. Distributions of durations; many runs, with intervals. */
export { hdrHistogram, hdrHistograms } from './histogram.ts';
