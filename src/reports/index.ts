/** Reports: `counterpoint/reports`. Stories, diagrams, charts and pages: words and pictures for people. */

export { crashPointsOf } from '../simulator/crash-points.ts';
export type { Cell } from './cells.ts';
export { chartSvg } from './charts.ts';
export {
  type CompareOptions,
  type CompareProgress,
  type Comparison,
  type ComparisonData,
  compare,
  pagesOf,
} from './compare.ts';
export { type CrashRow, type CrashTableOptions, crashTable } from './crash-table.ts';
export { faultClause } from './fault-words.ts';
export { type MermaidOptions, mermaid } from './mermaid.ts';
export { commitmentHues, type Hue, paletteCss } from './palette.ts';
export { shiviz, shivizExpression } from './shiviz.ts';
export { type SpaceTimeOptions, spaceTimeSvg } from './space-time.ts';
export { type StoryOptions, story, type Told } from './story.ts';
