/** The ratios that a system declares: one figure of a run's metrics over another. */
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Ratio } from '../model/system.ts';
import type { Metrics } from './metrics.ts';

/** Throws a {@link UserMistake} for a path that leads to no number. */
export function withRatios(
  metrics: Omit<Metrics, 'ratios'>,
  declared: Readonly<Record<string, Ratio>>,
): Metrics {
  const ratios: Record<string, number | null> = {};
  for (const [name, { of, per }] of Object.entries(declared)) {
    const [above, below] = [figureAt(metrics, of, name), figureAt(metrics, per, name)];
    ratios[name] = above === null || below === null || below === 0 ? null : above / below;
  }
  return { ...metrics, ratios };
}

/** Groups whose members only come up as the run has them: one that did not was counted zero times. */
const open = ['messagesByType', 'marks'];

function figureAt(metrics: Omit<Metrics, 'ratios'>, path: string, ratio: string): number | null {
  const [group = '', ...rest] = path.split('.');
  let value: unknown = metrics[group as keyof typeof metrics];
  let known = Object.keys(metrics);
  let at = group;
  for (const name of rest) {
    if (typeof value !== 'object' || value === null) break;
    known = Object.keys(value);
    if (!Object.hasOwn(value, name) && open.includes(at)) return 0;
    at = `${at}.${name}`;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  if ((typeof value === 'number' || value === null) && at === path) return value;
  throw new UserMistake(
    `ratio "${ratio}": ${JSON.stringify(path)} is no figure of a run's metrics${suggestion(path.split('.').at(-1) ?? '', known)}`,
  );
}
