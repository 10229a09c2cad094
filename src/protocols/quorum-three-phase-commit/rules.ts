/**
 * The rules by which an elected coordinator decides from what the participants have reported: Skeen's of 1982, and
 * those of E3PC (Keidar and Dolev 1998). That somebody has decided comes before either.
 */
import type { Address } from '../../model/effects.ts';
import type { Report, Standing } from './messages.ts';
import { type Quorums, weightOf } from './quorums.ts';

/** Reports by participant, of those that have answered. */
export type Reports = Readonly<Record<Address, Report>>;

export interface Rules {
  /** Whether to move all that can be to pre-commit, and then to commit. */
  commits(reports: Reports, quorums: Quorums): boolean;
  /** Whether to move all that can be to pre-abort, and then to abort, unless the other rule holds. */
  aborts(reports: Reports, quorums: Quorums): boolean;
}

const those = (reports: Reports, ...standings: readonly Standing[]): readonly Address[] =>
  Object.keys(reports).filter((one) =>
    (standings as readonly string[]).includes(reports[one]?.standing ?? ''),
  );

/** Skeen: nobody who is pre-committed ever becomes pre-aborted, or the other way round. */
export const quorumRules: Rules = {
  /** One that is pre-committed is the proof that all voted yes. */
  commits: (reports, quorums) =>
    those(reports, 'pre-committed').length > 0 &&
    weightOf(quorums, those(reports, 'pre-committed', 'waiting')) >= quorums.commitQuorum,
  aborts: (reports, quorums) =>
    weightOf(quorums, those(reports, 'pre-aborted', 'waiting')) >= quorums.abortQuorum,
};

/** The members whose last attempt is the latest. One coordinator made it, so they all stand alike. */
function latest(reports: Reports): readonly Report[] {
  const last = Math.max(...Object.values(reports).map(({ attempt }) => attempt));
  return Object.values(reports).filter(({ attempt }) => attempt === last);
}

/** Keidar and Dolev: a majority is there, and the latest attempt is gone on with. */
export const enhancedRules: Rules = {
  commits: (reports, quorums) =>
    weightOf(quorums, Object.keys(reports)) >= quorums.commitQuorum &&
    latest(reports).some(({ standing }) => standing === 'pre-committed'),
  aborts: (reports, quorums) =>
    weightOf(quorums, Object.keys(reports)) >= quorums.abortQuorum &&
    latest(reports).every(({ standing }) => standing !== 'pre-committed'),
};
