/** Figure 8 of the paper: an entry of an earlier term on a majority of disks is not yet committed. */
import { expect, test } from 'vitest';
import { type AnySystem, check, type RunFile, replay, run, variant } from '../../../src/index.ts';
import { raft, raftOverSet } from '../../../src/protocols/index.ts';
import { commitAnyTerm } from '../../bugs/raft-bugs.ts';

const broken = (system: unknown): AnySystem =>
  variant(system as AnySystem, commitAnyTerm.name, commitAnyTerm.variation) as AnySystem;

test('5 servers: the entry of term 2 is on three disks and gives way to that of term 3', () => {
  const { verdict, outcome, end, trace } = run(raft, {
    seed: 1,
    scenario: 'figure-8',
    trace: true,
  });
  expect([verdict, outcome]).toEqual(['holds', 'recovered']);
  const holders = new Set<string>();
  for (const { effects } of trace)
    for (const effect of effects)
      if (effect.type === 'send' && effect.envelope.message.type === 'Appended') {
        const { match } = effect.envelope.message as unknown as { match: number };
        if (match >= 2) holders.add(effect.envelope.from);
      }
  // s1 itself, s2, which had it from the beginning, and s3, to which s1 has brought it.
  expect([...holders]).toEqual(expect.arrayContaining(['s2', 's3']));
  const { entries, leaders } = end.observed as {
    readonly entries: Readonly<Record<string, { readonly term: number }>>;
    readonly leaders: object;
  };
  expect(leaders).toEqual({ 4: 's1', 5: 's5' });
  expect(entries[2]?.term).toBe(3);
});

test('whoever counts entries of earlier terms has committed it', () => {
  const { properties } = run(broken(raft), { seed: 1, scenario: 'figure-8' });
  const violated = properties.filter(({ verdict }) => verdict === 'violated');
  expect(violated.map(({ name }) => name)).toEqual(['leader completeness']);
});

test('3 servers are enough to find it, and the rule is why it is not found otherwise', () => {
  const { parameters, scope } = commitAnyTerm;
  const found = check(broken(raftOverSet), { parameters, scope });
  const violated = found.properties.find(({ verdict }) => verdict === 'violated');
  expect(violated?.name).toBe('leader completeness');
  const { counterexample } = violated as { readonly counterexample: RunFile };
  expect(replay(broken(raftOverSet), counterexample).violated).toEqual(['leader completeness']);
  // As far as that search has come, and twice as far; the deep suite goes on to millions of states.
  const maxStates = 2 * found.distinct;
  const sound = check(raftOverSet as AnySystem, { parameters, scope, maxStates });
  expect(sound.verdict).toBe('unknown');
});
