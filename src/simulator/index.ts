/** The simulator: `counterpoint/simulator`. */
export { catalogue, faultKinds } from './catalogue.ts';
export type { Durations, Histogram, Histograms, Percentiles } from './durations.ts';
export type {
  Availability,
  ClientMetrics,
  MessageCounts,
  Metrics,
  NodeMetrics,
  OperationMetrics,
  SpanMetrics,
  WriteCounts,
} from './metrics.ts';
export { defaultWeather, type Outcome, type Run, type RunOptions } from './options.ts';
export type { Ending } from './outcome.ts';
export { type PresetWeather, presetSchedule, presets, presetWeather } from './presets.ts';
export type { Seed } from './random.ts';
export { type Replay, replay } from './replay.ts';
export { run } from './run.ts';
export { runFileOf } from './run-file.ts';
export { type Profile, swarm } from './swarm.ts';
export { situationOf } from './weather.ts';
