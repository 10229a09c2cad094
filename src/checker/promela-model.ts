/** What the models of both kinds of systems have in common: what is asked, what is promised, the heading. */
import type { Property, Timing } from '../model/property.ts';
import type { View } from '../model/view.ts';
import { comments, identifier } from './promela-text.ts';
import type { Progress } from './search.ts';
import type { Space } from './space.ts';

export interface PromelaOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly timing?: Timing;
  readonly scope?: Readonly<Record<string, unknown>>;
  /** Budget: distinct states at most. Default 5,000,000. */
  readonly maxStates?: number;
  /** Called about every thousand states; returning false ends the export as a spent budget does. */
  readonly pulse?: (progress: Progress) => boolean;
}

type ExportedKind = 'invariant' | 'reachable' | 'linearizable';

/** What a model says about a property, and how its verdict is read off Spin's. */
export interface ExportedProperty {
  readonly name: string;
  readonly kind: ExportedKind;
  /**
   * The function that Spin asserts in every state. A violated assertion means that the property is
   * violated, or that what shall be reachable is reached.
   */
  readonly assertion: string;
}

export interface PromelaModel {
  readonly text: string;
  /** The states that the model has, as counted here, without any reduction. */
  readonly distinct: number;
  /** States that Spin stores beside them: 1 where a start is chosen first, else 0. */
  readonly extraStates: number;
  /** A bound on the size of a state in bytes, for Spin's VECTORSZ. */
  readonly stateBytes: number;
  readonly properties: readonly ExportedProperty[];
  /** Properties that the model does not speak of, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

interface Hooks<L> {
  started?(): void;
  step?(source: number, target: number, label: L): void;
}

/** Visits and expands every state; false when the budget was spent before. */
export function searched<L, V>(
  space: Space<L, V>,
  { maxStates = 5_000_000, pulse }: PromelaOptions,
  visit: (index: number) => void,
  hooks: Hooks<L> = {},
): boolean {
  let generated = space.begin(() => {});
  hooks.started?.();
  let depth = 1;
  let levelEnd = space.size;
  for (let current = 0; current < space.size; current++) {
    if (current === levelEnd) {
      depth++;
      levelEnd = space.size;
    }
    if (space.size > maxStates) return false;
    if (current % 1024 === 1023 && pulse !== undefined) {
      const queued = space.size - current;
      if (!pulse({ distinct: space.size, generated, depth, queued })) return false;
    }
    visit(current);
    space.expand(current, (target, _isNew, label) => {
      generated++;
      hooks.step?.(current, target, label);
    });
  }
  return true;
}

/** A property for Spin. */
export interface Told {
  readonly property: Property<never>;
  readonly kind: ExportedKind;
  readonly predicate: (view: View) => boolean;
  /** Whether the predicate did not come to an answer in some state. */
  isUnsure?: boolean;
}

/** The properties that assertions in single states can express, and why the others are left out. */
export function exportedProperties<V>(properties: readonly Property<V>[]) {
  const told: Told[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  for (const property of properties) {
    const { kind, name } = property;
    if (kind === 'invariant' || kind === 'reachable')
      told.push({
        property: property as Property<never>,
        kind,
        predicate: property.holds as unknown as (view: View) => boolean,
      });
    else if (kind === 'linearizable') {
      const linearizable: Told = {
        property: property as Property<never>,
        kind,
        predicate: ({ history }) => {
          const { verdict } = property.judge({ history });
          if (verdict === 'unknown') linearizable.isUnsure = true;
          return verdict !== 'violated';
        },
      };
      told.push(linearizable);
    } else leftOut.push({ name, reason: reasons[kind] });
  }
  return { told, leftOut };
}

const reasons = {
  transition: 'it is about steps, and the model asserts in states',
  alwaysPossible: 'that something stays possible is no property of single executions',
  eventually: 'it needs the fairness of decisions, which Spin does not know',
  leadsTo: 'it needs the fairness of decisions, which Spin does not know',
  infinitelyOften: 'it needs the fairness of decisions, which Spin does not know',
} as const;

export function assertionName(kind: ExportedKind, index: number, name: string): string {
  return identifier(kind === 'reachable' ? 'not_reached' : 'invariant', index + 1, name);
}

export function meaningOf({ name, kind, description }: Property<never>): string {
  const what = kind === 'reachable' ? `${name} shall be reachable: Spin finds this violated` : name;
  return description === undefined ? what : `${what}: ${description}`;
}

export function headingOf(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  distinct: number,
  starts: number,
): readonly string[] {
  const set = Object.entries(parameters).map(([key, value]) => `${key}=${String(value)}`);
  const more = starts === 1 ? '' : `, and Spin stores one more, in which no start is chosen yet`;
  return [
    `${name}${set.length === 0 ? '' : `, ${set.join(', ')}`}, as a model for Spin.`,
    '',
    '  spin -a model.pml && gcc -O2 -DSAFETY -DNOREDUCE -w -o pan pan.c && ./pan -n -c0 -m10000000',
    '',
    `It has ${distinct} states${more}.`,
  ];
}

export function modelOf(
  heading: readonly string[],
  lines: readonly string[],
  model: Omit<PromelaModel, 'text'>,
): PromelaModel {
  const missing = model.leftOut.map(({ name, reason }) => `Left out: ${name}; ${reason}.`);
  const text = [
    ...comments([...heading, ...(missing.length === 0 ? [] : ['', ...missing])]),
    '',
    ...lines,
  ];
  return { text: `${text.join('\n')}\n`, ...model };
}
