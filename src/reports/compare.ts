/** The comparison: measures, checks, compares each cell with its claim, and writes the pages. */
import { suggestion, UserMistake } from '../model/errors.ts';
import type { CommitProtocol } from '../protocols/atomic-commitment/contract.ts';
import { commitProtocols } from '../protocols/commit-protocols.ts';
import { twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import type { Seed } from '../simulator/random.ts';
import { type Cell, grouped } from './cells.ts';
import {
  type ClaimRow,
  checkClaims,
  claimCells,
  claimCount,
  type ShownClaim,
} from './claim-table.ts';
import { type MatrixCell, matrixCells, measureMatrix, type ShownCell } from './fault-matrix.ts';
import { matrixPage } from './matrix-page.ts';
import { compareTwoPhase, type TwoPhaseData, twoPhaseParts } from './two-phase-comparison.ts';

export interface CompareOptions {
  /** Built-in systems by name. Default: all that have claims, which are the commit protocols. */
  readonly systems?: readonly string[];
  /** Fewer points of the sweeps, fewer seeds, and no checks of the protocols' claims. Default false. */
  readonly quick?: boolean;
  /** Default 1. */
  readonly seed?: Seed;
  /** Participants of the checked two-phase commit. Default 2; with 3 it takes minutes. */
  readonly participants?: number;
  /** Budget of each check; spent means `unknown`, and then the cell is not equal to its claim. */
  readonly maxStates?: number;
  readonly progress?: (progress: CompareProgress) => void;
}

export interface CompareProgress {
  /** What is being done now. */
  readonly what: string;
  /** Parts finished, of so many. */
  readonly done: number;
  readonly of: number;
}

/** One self-contained document. */
export interface ComparisonPage {
  /** `index.html` is the first. */
  readonly file: string;
  readonly html: string;
}

export interface Comparison {
  readonly pages: readonly ComparisonPage[];
  /** Everything the pages show, as plain data. */
  readonly data: ComparisonData;
  readonly cells: readonly Cell[];
  /** Whether every cell equals its claim. */
  readonly isEqual: boolean;
}

export interface ComparisonData extends Partial<TwoPhaseData> {
  readonly counterpoint: 'comparison';
  readonly version: 2;
  readonly seed: Seed;
  readonly quick: boolean;
  readonly participants: number;
  /** The fault matrix: protocols by faults. */
  readonly matrix: readonly MatrixCell[];
  /** The protocols' claims; none with `quick`. */
  readonly claims: readonly ClaimRow[];
  readonly cells: readonly Cell[];
}

/**
 * Compares what runs and checks give with what is claimed of it. The same options give the same bytes.
 *
 *     const { pages, isEqual } = await compare({ quick: true })
 */
export async function compare(options: CompareOptions = {}): Promise<Comparison> {
  const { quick = false, seed = 1, participants = 2, maxStates, progress = () => {} } = options;
  const protocols = chosen(options.systems);
  const hasFirstPage = (options.systems ?? [twoPhaseCommit.name]).includes(twoPhaseCommit.name);
  const titles = protocols.length;
  const parts =
    (hasFirstPage ? twoPhaseParts : 0) + titles + (quick ? 0 : claimCount(protocols)) + 1;
  let done = 0;
  const report = (what: string, isNew: boolean): void =>
    progress({ what, done: isNew ? done++ : done - 1, of: parts });

  const first = hasFirstPage
    ? await compareTwoPhase({
        quick,
        seed,
        participants,
        maxStates,
        hasMatrix: true,
        progress: report,
      })
    : undefined;
  const seeds = quick ? 3 : 20;
  const matrix = measureMatrix(protocols, seeds, (title) => report(`faults of ${title}`, true));
  const claims = quick
    ? []
    : checkClaims(protocols, maxStates, (what, distinct) =>
        report(
          distinct === undefined ? what : `${what}: ${grouped(distinct)} states`,
          distinct === undefined,
        ),
      );
  report('pictures and pages', true);
  const html = matrixPage({ cells: matrix, claims, seeds, command: commandOf(options) });
  const pages =
    first === undefined
      ? [{ file: 'index.html', html }]
      : [
          { file: 'index.html', html: first.html },
          { file: 'fault-matrix.html', html },
        ];
  const cells = [...(first?.cells ?? []), ...matrixCells(matrix), ...claimCells(claims)];
  progress({ what: 'done', done: parts, of: parts });
  const data: ComparisonData = {
    counterpoint: 'comparison',
    version: 2,
    seed,
    quick,
    participants,
    ...first?.data,
    matrix: matrix.map(withoutRuns),
    claims: claims.map(withoutReplay),
    cells,
  };
  return { pages, data, cells, isEqual: cells.every(({ isEqual }) => isEqual) };
}

function withoutRuns({ shown: _, ...cell }: ShownCell): MatrixCell {
  return cell;
}

function withoutReplay({ told: _, ...row }: ShownClaim): ClaimRow {
  return row;
}

/** The protocols with claims, or those of the systems named. */
function chosen(systems: readonly string[] | undefined): readonly CommitProtocol[] {
  if (systems === undefined) return commitProtocols;
  const known = [...new Set(commitProtocols.map(({ system }) => system.name))];
  for (const name of systems)
    if (!known.includes(name))
      throw new UserMistake(
        `there are no claims to compare "${name}" with${suggestion(name, known)}; there are some for ${known.join(', ')}`,
      );
  return commitProtocols.filter(({ system }) => systems.includes(system.name));
}

function commandOf({ systems = [], quick = false }: CompareOptions): string {
  if (systems.length === 0) return quick ? 'npm start -- --quick' : 'npm start';
  return `npm run -s counterpoint -- compare ${systems.join(' ')}${quick ? ' --quick' : ''}`;
}
