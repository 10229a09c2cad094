// What the page of a commit protocol says in tables: what it costs, how its scenarios end, what is proved.
import { type AnySystem, type CheckOptions, check, describeScope, run } from 'counterpoint';
import { expect } from 'vitest';
import { markdownTable } from './generated.ts';

/** Fault-free commits; `formula` yields the messages and the forced writes that the papers give. */
export function costsTable(
  system: AnySystem,
  formula: (participants: number) => readonly [messages: number, forced: number],
): string {
  const rows = [1, 2, 3, 5, 10].map((participants) => {
    const parameters = { participants };
    const { metrics } = run(system, { seed: 1, scenario: 'fault-free', parameters });
    const { sent } = metrics.messages;
    const { forced, unforced } = metrics.writes;
    expect([sent, forced]).toEqual(formula(participants));
    return [participants, sent, forced, unforced, `${metrics.operations.latency.maxMs} ms`];
  });
  const head = ['participants', 'messages', 'forced writes', 'unforced', 'answer to the client'];
  return markdownTable(head, rows);
}

/** One run of each scenario; only those named in `beyond` ask for more than the protocol claims. */
export function scenariosTable(system: AnySystem, beyond: readonly string[]): string {
  const rows = Object.entries(system.scenarios ?? {}).map(([scenario, { description }]) => {
    const { verdict, outcome, reason, end, properties } = run(system, { seed: 1, scenario });
    const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
    const values = [...new Set(Object.values(decided))];
    const expected = beyond.includes(scenario) ? 'violated' : 'holds';
    expect([scenario, verdict]).toEqual([scenario, expected]);
    const broken = properties.filter((one) => one.verdict === 'violated');
    const ending =
      broken.length === 0
        ? (reason ?? outcome)
        : `${broken.map(({ name }) => name).join(', ')} violated`;
    return [`\`${scenario}\``, description, values.join(' and ') || 'none', ending];
  });
  return markdownTable(['scenario', 'what happens', 'decision', 'how it ends'], rows);
}

/** The checker's answers to these questions, each with all that is violated. */
export function checksTable(questions: readonly (readonly [AnySystem, CheckOptions])[]): string {
  const rows = questions.map(([system, options]) => {
    const result = check(system, { ...options, stopAtViolation: false });
    const violated = result.properties.filter(({ verdict }) => verdict === 'violated');
    return [
      `\`${system.name}\``,
      sizeOf(result.parameters),
      result.scope === undefined ? '' : describeScope(result.scope),
      result.timing ?? '',
      result.verdict,
      violated.map(({ name }) => name).join(', '),
    ];
  });
  return markdownTable(['system', 'participants', 'scope', 'timing', 'verdict', 'violated'], rows);
}

/** The participants, and what else makes the question larger. */
function sizeOf(parameters: Readonly<Record<string, unknown>>): string {
  const { participants, cooperative, acceptorFailures, leaders } = parameters;
  if (acceptorFailures === undefined)
    return `${participants}${cooperative === true ? ', cooperative' : ''}`;
  const count = (number: unknown, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return `${participants}, ${count(2 * Number(acceptorFailures) + 1, 'acceptor')}, ${count(leaders, 'leader')}`;
}
