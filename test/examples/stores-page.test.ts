// The table of the store on the page of Multi-Paxos is what the program says today.
import { type AnySystem, run } from 'counterpoint';
import { kvMultiPaxos } from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';

test('says how each scenario of the store ends: linearizable, and all is answered', () => {
  const rows = Object.entries((kvMultiPaxos as AnySystem).scenarios ?? {}).map(
    ([scenario, { description }]) => {
      const { verdict, outcome, metrics } = run(kvMultiPaxos, { seed: 1, scenario });
      expect([scenario, verdict, outcome]).toEqual([scenario, 'holds', 'recovered']);
      const { invoked, returned, attempts } = metrics.operations;
      return [`\`${scenario}\``, description, invoked, returned, attempts];
    },
  );
  const head = ['scenario', 'what happens', 'operations', 'answered', 'attempts'];
  const page = 'src/protocols/multi-paxos/README.md';
  expectGenerated(page, 'store scenarios', markdownTable(head, rows));
});
