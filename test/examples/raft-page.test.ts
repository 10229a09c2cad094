// Tables and pictures of the page of Raft are what the program says today; its table of checks is made by
// test/protocols/raft/checks.test.ts.
import { type AnySystem, constant, run } from 'counterpoint';
import { kvRaft, raft, raftClient, raftMembers, raftServer } from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = 'src/protocols/raft/README.md';

test('draws the machines that run', () => {
  expectGenerated(page, 'server', stateDiagram(raftServer));
  expectGenerated(page, 'client', stateDiagram(raftClient));
  expectGenerated(page, 'server transitions', transitionTable(raftServer));
});

test('says how each scenario ends: only a lost disk is beyond what it claims', () => {
  const rows = Object.entries((raft as AnySystem).scenarios ?? {}).map(
    ([scenario, { description }]) => {
      const { verdict, outcome, reason, end, properties } = run(raft, { seed: 1, scenario });
      expect([scenario, verdict]).toEqual([
        scenario,
        scenario === 'storage-loss' ? 'violated' : 'holds',
      ]);
      const { leaders, entries } = end.observed as {
        readonly leaders: Readonly<Record<string, string>>;
        readonly entries: object;
      };
      const broken = properties.filter((one) => one.verdict === 'violated');
      const ending =
        broken.length === 0
          ? (reason ?? outcome)
          : `${broken.map(({ name }) => name).join(', ')} violated`;
      const who = Object.entries(leaders).map(([term, server]) => `${server} in term ${term}`);
      return [`\`${scenario}\``, description, who.join(', '), Object.keys(entries).length, ending];
    },
  );
  const head = ['scenario', 'what happens', 'leaders', 'entries applied', 'how it ends'];
  expectGenerated(page, 'scenarios', markdownTable(head, rows));
});

test('counts what a command costs: 2(n - 1) messages and n forces (raft-costs.json)', () => {
  const rows = [1, 3, 5, 7].map((servers) => {
    const [without, done] = [0, 1]
      .map((commands) =>
        run(raft, {
          seed: 1,
          parameters: { servers, commands, standing: 's1', heartbeatMs: 600_000 },
          latency: constant(10),
          forceLatency: constant(5),
          think: constant(600),
          horizonMs: 1000,
        }),
      )
      .map(({ metrics }) => metrics);
    const messages = (done?.messages.sent ?? 0) - (without?.messages.sent ?? 0) - 2;
    const forced = (done?.writes.forced ?? 0) - (without?.writes.forced ?? 0);
    expect([messages, forced]).toEqual([2 * (servers - 1), servers]);
    return [servers, messages, forced, `${done?.operations.latency.maxMs} ms`];
  });
  const head = ['servers', 'messages', 'forced writes', 'answer to the client'];
  expectGenerated(page, 'costs', markdownTable(head, rows));
});

test('says how each scenario of the store ends: linearizable, and all is answered', () => {
  const rows = Object.entries((kvRaft as AnySystem).scenarios ?? {}).map(
    ([scenario, { description }]) => {
      const { verdict, outcome, metrics } = run(kvRaft, { seed: 1, scenario });
      expect([scenario, verdict, outcome]).toEqual([scenario, 'holds', 'recovered']);
      const { invoked, returned, attempts } = metrics.operations;
      return [`\`${scenario}\``, description, invoked, returned, attempts];
    },
  );
  const head = ['scenario', 'what happens', 'operations', 'answered', 'attempts'];
  expectGenerated(page, 'store scenarios', markdownTable(head, rows));
});

test('says how each scenario of changing members ends: only lost disks are beyond what it claims', () => {
  const rows = Object.entries((raftMembers as AnySystem).scenarios ?? {}).map(
    ([scenario, { description }]) => {
      const { verdict, outcome, reason, end, properties } = run(raftMembers, { seed: 1, scenario });
      expect([scenario, verdict]).toEqual([
        scenario,
        scenario === 'storage-loss' ? 'violated' : 'holds',
      ]);
      const { leaders, applied } = end.observed as {
        readonly leaders: Readonly<Record<string, string>>;
        readonly applied: Readonly<Record<string, { readonly voters?: readonly string[][] }>>;
      };
      const voters = Object.values(applied).flatMap((entry) =>
        entry.voters === undefined ? [] : [entry.voters.map((set) => set.join(' ')).join(' / ')],
      );
      const broken = properties.filter((one) => one.verdict === 'violated');
      const ending =
        broken.length === 0
          ? (reason ?? outcome)
          : `${broken.map(({ name }) => name).join(', ')} violated`;
      const who = Object.entries(leaders).map(([term, server]) => `${server} in term ${term}`);
      return [`\`${scenario}\``, description, who.join(', '), voters.join('; '), ending];
    },
  );
  const head = ['scenario', 'what happens', 'leaders', 'who votes then', 'how it ends'];
  expectGenerated(page, 'membership scenarios', markdownTable(head, rows));
});
