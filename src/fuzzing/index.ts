/** Fuzzing: `counterpoint/fuzzing`. Fault schedules as fast-check data. */
export { type ScheduleOptions, schedules } from './schedules.ts';
