// What a commit of Paxos Commit costs by placement, and its sum by step, beside the formulas of the oracle.
import type { AnySystem } from 'counterpoint';
import { fasterPaxosCommit, paxosCommit } from 'counterpoint/protocols';
import { expect } from 'vitest';
import { evaluate } from '../calibration/formula.ts';
import costs from '../calibration/gray-lamport-costs.json' with { type: 'json' };
import { faultless, marked, sent } from '../protocols/paxos-commit/measured.ts';
import { markdownTable } from './generated.ts';

const protocols = [
  ['paxosCommit', paxosCommit as AnySystem],
  ['fasterPaxosCommit', fasterPaxosCommit as AnySystem],
] as const;
const placements = ['apart', 'leader-is-acceptor', 'co-located'] as const;
const accountings = {
  naive: 'apart',
  noColocation: 'leader-is-acceptor',
  colocated: 'co-located',
} as const;
const types = ['BEGIN_COMMIT', 'PREPARE', 'PHASE_2A', 'PHASE_2B', 'COMMIT'] as const;

/** Three and five participants; delays with messages of 1 ms and writes that take no time. */
export function placementsTable(): string {
  const rows = protocols.flatMap(([name, system]) =>
    placements.flatMap((placement) =>
      [
        { n: 3, f: 0 },
        { n: 3, f: 1 },
        { n: 5, f: 2 },
      ].map((size) => {
        const done = faultless(system, size, { placement });
        const timed = faultless(system, size, { placement }, { d: 1, w: 0 });
        const row = costs.rows.find(({ n, f }) => n === size.n && f === size.f);
        const published =
          placement === 'apart'
            ? undefined
            : row?.[placement === 'co-located' ? 'messagesColocated' : 'messagesNoColocation'];
        const { sent: messages } = done.metrics.messages;
        const { forced, unforced } = done.metrics.writes;
        if (published !== undefined) expect(messages).toBe(published[name]);
        expect(forced).toBe(row?.stableWrites[name]);
        const delays = Math.max(...marked(timed, 'decided', /^p/));
        return [
          `\`${system.name}\``,
          `\`${placement}\``,
          size.n,
          size.f,
          messages,
          published?.[name] ?? '',
          forced,
          unforced,
          delays,
        ];
      }),
    ),
  );
  return markdownTable(
    ['system', 'placement', 'N', 'F', 'messages', 'published', 'forced', 'unforced', 'delays'],
    rows,
  );
}

/** The messages of each step with N = 5 and F = 1, and the formulas of their sum. */
export function stepsTable(): string {
  const size = { n: 5, f: 1 };
  const rows = protocols.flatMap(([name, system]) =>
    Object.entries(accountings).flatMap(([accounting, placement]) => {
      const done = faultless(system, size, { placement });
      const parts = types.map((type) => sent(done, type));
      const total = done.metrics.messages.sent;
      expect(parts.reduce((sum, part) => sum + part)).toBe(total);
      const published = costs.stepSums.sums.find(
        (one) => one.protocol === name && one.accounting === accounting,
      );
      const table = costs.table.find(({ id }) => id === 'messagesNoColocation');
      const formula =
        published?.total ?? (accounting === 'noColocation' ? table?.[name] : undefined);
      if (formula !== undefined) expect(total).toBe(evaluate(formula, { N: size.n, F: size.f }));
      return [[`\`${system.name}\``, `\`${placement}\``, ...parts, total, formula ?? '']];
    }),
  );
  return markdownTable(['system', 'placement', ...types, 'sum', 'formula'], rows);
}
