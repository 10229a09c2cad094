/** The comparison: measures, checks, compares each cell with its claim, and writes the pages. */
import { suggestion, UserMistake } from '../model/errors.ts';
import { incidentSystem } from '../patterns/incidents/system.ts';
import type { CommitProtocol } from '../protocols/atomic-commitment/contract.ts';
import { commitProtocols } from '../protocols/commit-protocols.ts';
import { paxos } from '../protocols/paxos/system.ts';
import { raft } from '../protocols/raft/system.ts';
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
import { type DuelData, duelFigures, duelParts } from './duel-figures.ts';
import { type ElectionData, electionFigures, electionParts } from './election-figures.ts';
import { type MatrixCell, matrixCells, measureMatrix, type ShownCell } from './fault-matrix.ts';
import type { FigureOptions } from './figure-options.ts';
import {
  type IncidentRow,
  incidentFigures,
  incidentParts,
  type WrittenFile,
} from './incident-figures.ts';
import { matrixPage } from './matrix-page.ts';
import { type ResilienceData, resilienceFigures, resilienceParts } from './resilience-figures.ts';
import { compareTwoPhase, type TwoPhaseData, twoPhaseParts } from './two-phase-comparison.ts';

export interface CompareOptions {
  /** Built-in systems by name: commit protocols, raft, paxos or incidents, or resilience. Default: all commit protocols. */
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
  /** `index.html`, or `elections.html` and so on; see {@link pagesOf}. */
  readonly file: string;
  readonly html: string;
}

export interface Comparison {
  readonly pages: readonly ComparisonPage[];
  /** Files beside them, to which they lead. */
  readonly files: readonly WrittenFile[];
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
  /** Raft's elections, where raft was asked for. */
  readonly elections?: ElectionData;
  /** Incidents by policies, where incidents were asked for. */
  readonly incidents?: readonly IncidentRow[];
  /** Duelling proposers, where paxos was asked for. */
  readonly duels?: DuelData;
  /** Retries, overload and tails, where resilience was asked for. */
  readonly resilience?: ResilienceData;
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
  const [hasMatrix, hasFirstPage] = [
    protocols.length > 0,
    isAsked(twoPhaseCommit, options.systems),
  ];
  const asked = figurePages.filter(({ name }) => options.systems?.includes(name) === true);
  const parts =
    (hasFirstPage ? twoPhaseParts : 0) +
    (hasMatrix ? protocols.length + (quick ? 0 : claimCount(protocols)) + 1 : 0) +
    asked.reduce((sum, one) => sum + one.parts, 0);
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
  if (hasMatrix) report('pictures and pages', true);
  const figures: (FigurePage & Figures)[] = [];
  for (const one of asked)
    figures.push({ ...one, ...(await one.make({ quick, seed, progress: report })) });
  const documents = [
    ...(first === undefined ? [] : [first.html]),
    ...(hasMatrix
      ? [matrixPage({ cells: matrix, claims, seeds, command: commandOf(options) })]
      : []),
    ...figures.map(({ html }) => html),
  ];
  const pages = pagesOf(options.systems).map((file, index) => ({
    file,
    html: documents[index] as string,
  }));
  const cells = [
    ...(first?.cells ?? []),
    ...matrixCells(matrix),
    ...claimCells(claims),
    ...figures.flatMap((one) => one.cells),
  ];
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
    ...Object.fromEntries(figures.map((one) => [one.key, one.data])),
    cells,
  };
  const files = figures.flatMap((one) => one.files ?? []);
  return { pages, files, data, cells, isEqual: cells.every(({ isEqual }) => isEqual) };
}

function withoutRuns({ shown: _, ...cell }: ShownCell): MatrixCell {
  return cell;
}

function withoutReplay({ told: _, ...row }: ShownClaim): ClaimRow {
  return row;
}

const commitPages = { first: 'index.html', matrix: 'fault-matrix.html' } as const;

interface Figures {
  readonly html: string;
  readonly data: object;
  readonly cells: readonly Cell[];
  readonly files?: readonly WrittenFile[];
}

/** A page of figures beside what is published, written where its name is asked for. */
interface FigurePage {
  readonly name: string;
  readonly file: string;
  /** Where its data stand in those of the comparison. */
  readonly key: 'elections' | 'duels' | 'incidents' | 'resilience';
  readonly parts: number;
  readonly make: (options: FigureOptions) => Figures | Promise<Figures>;
}

const figurePages: readonly FigurePage[] = [
  {
    ...{ name: raft.name, file: 'elections.html', key: 'elections' },
    ...{ parts: electionParts, make: electionFigures },
  },
  {
    ...{ name: paxos.name, file: 'duels.html', key: 'duels' },
    ...{ parts: duelParts, make: duelFigures },
  },
  {
    ...{ name: incidentSystem.name, file: 'incidents.html', key: 'incidents' },
    ...{ parts: incidentParts, make: incidentFigures },
  },
  {
    ...{ name: 'resilience', file: 'resilience.html', key: 'resilience' },
    ...{ parts: resilienceParts, make: resilienceFigures },
  },
];

/** The files of the pages that are written for these systems, the first to be read first. */
export function pagesOf(systems: readonly string[] | undefined): readonly string[] {
  const hasMatrix = chosen(systems).length > 0;
  return [
    ...(hasMatrix ? [commitPages.first] : []),
    ...(isAsked(twoPhaseCommit, systems) ? [commitPages.matrix] : []),
    ...figurePages.filter(({ name }) => systems?.includes(name) === true).map(({ file }) => file),
  ];
}

/** Whether the system is named, or none is. */
function isAsked(
  { name }: { readonly name: string },
  systems: readonly string[] = [name],
): boolean {
  return systems.includes(name);
}

/** The commit protocols with claims, or those of the systems named. */
function chosen(systems: readonly string[] | undefined): readonly CommitProtocol[] {
  if (systems === undefined) return commitProtocols;
  const known = [
    ...new Set(commitProtocols.map(({ system }) => system.name)),
    ...figurePages.map(({ name }) => name),
  ];
  for (const name of systems)
    if (!known.includes(name)) {
      const others = suggestion(name, known) || ` with, only for ${known.join(', ')}`;
      throw new UserMistake(`there are no claims to compare "${name}"${others}`);
    }
  return commitProtocols.filter(({ system }) => systems.includes(system.name));
}

function commandOf({ systems = [], quick = false }: CompareOptions): string {
  if (systems.length === 0) return quick ? 'npm start -- --quick' : 'npm start';
  return `npm run -s counterpoint -- compare ${systems.join(' ')}${quick ? ' --quick' : ''}`;
}
