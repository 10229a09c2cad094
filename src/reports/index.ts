/** Reports: `counterpoint/reports`. Stories, diagrams, charts and pages: words and pictures for people. */
export {
  type CrashRow,
  type CrashTableOptions,
  crashPointsOf,
  crashTable,
} from './crash-table.ts';
export { commitmentHues, type Hue } from './palette.ts';
export { type SpaceTimeOptions, spaceTimeSvg } from './space-time.ts';
export { story, type Told } from './story.ts';
