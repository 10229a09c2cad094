/** The published counts, as data: state-counts.json and more-counts.json. */
import { readFileSync } from 'node:fs';

export interface PublishedCounts {
  readonly id: string;
  readonly source: string;
  readonly configuration: string;
  readonly distinct: number;
  /** Null: not pinned. */
  readonly generated: number | null;
  readonly depth: number | null;
  readonly statesPerLevel?: readonly number[];
  readonly closedForm?: {
    readonly distinct: string;
    readonly generated: string;
    readonly depth: string;
  };
}

/** The same model under other rules or in another size. */
export interface FurtherCounts
  extends Pick<PublishedCounts, 'id' | 'distinct' | 'generated' | 'depth'> {
  readonly sameAs: string;
  readonly differences: string;
}

function data(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

export const published = data('state-counts.json') as readonly PublishedCounts[];

export const further = (data('more-counts.json') as { readonly rows: readonly FurtherCounts[] })
  .rows;

/** The row of that id. */
export function rowOf<R extends { readonly id: string }>(all: readonly R[], id: string): R {
  const row = all.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
}
