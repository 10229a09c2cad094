/** Transactions over locked rows as a system: clients that coordinate, participants that hold the rows. */
import { constant, uniform } from '../../../model/distribution.ts';
import { integer, oneOf } from '../../../model/parameters.ts';
import { defineProcess, replicate } from '../../../model/process.ts';
import { defineSystem } from '../../../model/system.ts';
import { type CoordinatorInput, coordinator } from './coordinator.ts';
import type { Open } from './locking.ts';
import type { Access, CoordinatorRecord, ParticipantRecord } from './messages.ts';
import { type ParticipantInput, participant } from './participant.ts';
import {
  agreement,
  blocked,
  exclusion,
  locksEnd,
  money,
  observer,
  serializability,
  settled,
  strictness,
  termination,
} from './properties.ts';
import { scenarios } from './scenarios.ts';

interface Shape {
  readonly participants: number;
  readonly rows: number;
  readonly order: 'same' | 'opposite';
}

/** The n-th transaction of the k-th client takes one from a participant and gives it to the next. */
function transfer({ participants, rows, order }: Shape, client: number, nth: number): Access[] {
  const row = `r${1 + ((client + nth) % rows)}`;
  const [from, to] = [(client - 1) % participants, client % participants];
  const steps = [
    { at: from, add: -1 },
    { at: to, add: 1 },
  ].sort((a, b) => a.at - b.at);
  if (order === 'opposite' && client % 2 === 0) steps.reverse();
  return steps.map(({ at, add }) => ({ participant: `p${at + 1}`, row, mode: 'write', add }));
}

/** An audit reads a row at every participant: what it finds is nothing in all. */
function audit({ participants, rows }: Shape, client: number, nth: number): Access[] {
  const row = `r${1 + ((client + nth) % rows)}`;
  return Array.from({ length: participants }, (_, index) => ({
    ...{ participant: `p${index + 1}`, row, mode: 'read', add: 0 },
  }));
}

/** The commit that no `end` follows, if there is one. */
function unfinished(records: readonly CoordinatorRecord[]): CoordinatorInput {
  const last = records.at(-1);
  return last?.record === 'commit'
    ? { recovered: { transaction: last.transaction, notify: last.notify } }
    : {};
}

/** Committed values, and what is in doubt with the locks that it had. */
function recovered(records: readonly ParticipantRecord[]): ParticipantInput {
  const rows: Record<string, number> = {};
  const open: Record<string, Open> = {};
  for (const one of records) {
    const { transaction } = one;
    if (one.record === 'prepared') {
      const { coordinator, locks, writes } = one;
      open[transaction] = { coordinator, locks, writes, prepared: true, aged: false };
      continue;
    }
    if (one.record === 'commit') Object.assign(rows, open[transaction]?.writes);
    delete open[transaction];
  }
  return { recovered: { rows, open } };
}

/** Two-phase commit, presumed abort, over rows under strict two-phase locking. */
export const lockedCommit = defineSystem({
  name: 'two-phase-commit/locks',
  description:
    'Many transactions over rows under locks: what one in doubt holds stops those of others.',
  parameters: {
    clients: integer(2, { min: 1, max: 20, description: 'clients, c1, c2, ...: coordinators' }),
    participants: integer(2, { min: 2, max: 20, description: 'participants that hold rows' }),
    transactions: integer(1, {
      min: 1,
      max: 100,
      description: 'transactions of each client, one after the other',
    }),
    rows: integer(1, {
      min: 1,
      max: 100,
      description: 'rows of each participant; with as many as clients nobody meets',
    }),
    order: oneOf(
      ['same', 'opposite'],
      'same: all lock in one order; opposite: every other client in reverse, which deadlocks',
    ),
    audit: {
      kind: 'parameter',
      default: false,
      description: 'the last client reads a row everywhere in place of moving money',
    },
    lockTimeoutMs: integer(150, {
      min: 1,
      max: 100_000,
      description: 'how long the oldest request waits at least until its transaction gives up',
    }),
  },
  nodes: ({ clients, transactions, audit: withAudit, lockTimeoutMs, ...shape }) => ({
    ...replicate('c', clients, (id, client) => {
      const isAudit = withAudit && client === clients;
      return defineProcess({
        machine: coordinator,
        input: {},
        delays: {
          // Longer than a lock may be waited for, with the way there and back.
          answerTimeout: constant(1.5 * lockTimeoutMs + 150),
          voteTimeout: constant(100),
          resend: constant(100),
        },
        suspects: {
          answerTimeout: ({ context }) => {
            const access = context.accesses[context.done];
            return access === undefined ? [] : [access.participant];
          },
          voteTimeout: ({ context }) =>
            context.accesses
              .map((access) => access.participant)
              .filter((one) => !context.yes.includes(one)),
        },
        operations: Array.from({ length: transactions }, (_, index) => ({
          type: 'BEGIN' as const,
          transaction: `${id}.${index + 1}`,
          accesses: (isAudit ? audit : transfer)(shape, client, index + 1),
        })),
        recover: unfinished,
      });
    }),
    ...replicate('p', shape.participants, () =>
      defineProcess({
        machine: participant,
        input: {},
        delays: {
          // Not constant: two that wait for one another would both give up at the same moment.
          lockTimeout: uniform(lockTimeoutMs, 1.5 * lockTimeoutMs),
          doubt: constant(2 * lockTimeoutMs),
        },
        recover: recovered,
      }),
    ),
  }),
  // Requests travel over connections: they may be lost and overtake one another, but none comes twice.
  network: { order: 'unordered', loss: true, duplication: false },
  timing: 'asynchronous',
  scope: { crashes: 1, loss: false },
  observe: observer,
  properties: [agreement, serializability, strictness, exclusion, locksEnd, money, termination],
  settled,
  blocked,
  primaries: ({ parameters }) => Array.from({ length: parameters.clients }, (_, i) => `c${i + 1}`),
  spans: {
    inDoubt: { from: 'uncertain', to: 'certain' },
    lockWait: { from: 'asked', to: 'answered' },
  },
  scenarios,
});
