/**
 * Fuzzing: `counterpoint/fuzzing`. Faults, operations and whole runs as fast-check data; many such runs,
 * with what fails shrunk, and what they reached.
 */
export type { Coverage, MachineCoverage, Reached } from './coverage.ts';
export { type FuzzOptions, type FuzzProgress, type FuzzResult, fuzz, fuzzing } from './fuzz.ts';
export { type OperationOptions, operations } from './operations.ts';
export { type GeneratedRun, type ScenarioOptions, scenarios } from './scenarios.ts';
export { type ScheduleOptions, schedules } from './schedules.ts';
export type { Violation } from './violation.ts';
