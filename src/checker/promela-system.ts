/**
 * A system of machines as a Promela model: the step tables of its nodes, and around them the network, the
 * faults, the timing and the scope, written down a second time. One process in one place takes each step
 * at once, so that Spin stores exactly the states of the system.
 */
import { describeMessage } from '../model/decision.ts';
import { networkCode, stepCode } from './promela-code.ts';
import { Layout, type SystemModel } from './promela-layout.ts';
import { PredicateTables, predicateType } from './promela-predicates.ts';
import { constants, networkTables, nodeTables } from './promela-rows.ts';
import { comment } from './promela-text.ts';
import { legend, variables } from './promela-variables.ts';

/** The lines of the model behind its heading, and the bytes that a state takes at most. */
export function systemModel(model: SystemModel): { lines: readonly string[]; bytes: number } {
  const layout = new Layout(model);
  const { queue, hasHistory, manyStarts } = layout;
  const { instance, space, assertions, bounds } = model;
  const predicates = new PredicateTables(instance, space.moves);
  const roots = assertions.map(({ tree }) => predicates.numberOf(tree));
  const boundRoots = bounds.map((tree) => predicates.numberOf(tree));
  const { declared, bytes } = variables(layout);
  const remembers = instance.network.order === 'duplicating';
  const code = { queue, remembers, hasHistory, manyStarts };
  // Before a start is chosen nothing is asserted.
  const guard = manyStarts ? '!now.has_started ? 1 : ' : '';
  const lines = [
    ...legend(layout),
    '',
    ...constants(layout),
    '',
    ...nodeTables(layout),
    '',
    ...networkTables(layout),
    '',
    ...predicateType,
    ...predicates.tables(),
    '',
    ...declared,
    '',
    'c_code {',
    ...networkCode(code),
    ...stepCode(code, boundRoots),
    '}',
    '',
    ...assertions.flatMap(({ name, meaning, negated }, index) => [
      comment(meaning),
      `c_code { static int ${name}(void) { return ${guard}${negated ? '!' : ''}answered(${roots[index]}); } }`,
    ]),
    '',
    'active proctype system() {',
    'end: do',
    ...assertions.map(({ name }) => `  :: assert(c_expr { (${name})() })`),
    ...options(layout),
    '  od',
    '}',
  ];
  return { lines, bytes };
}

/** Each step as an option of the process. */
function options(layout: Layout): readonly string[] {
  const { instance, starts, scope } = layout.model;
  const { nodes } = layout.tables;
  const guarded = layout.manyStarts ? 'now.has_started && ' : '';
  const option = (may: string, then: string): string =>
    `  :: d_step { c_expr { ${guarded}${may} } -> c_code { ${then}; } }`;
  const lines: string[] = [];
  if (layout.manyStarts)
    for (const [k, start] of starts.entries())
      lines.push(
        `  ${comment(`start ${start}`)}`,
        `  :: d_step { c_expr { !now.has_started } -> c_code { choose_start(${k}); } }`,
      );
  for (const { id, index } of instance.nodes) {
    const most = Math.max(0, ...(nodes[index] ?? []).map(({ own }) => own.count));
    if (most > 0) lines.push(`  ${comment(`${id} by itself`)}`);
    for (let k = 0; k < most; k++)
      lines.push(option(`(may_move)(${index}, ${k})`, `move_node(${index}, ${k})`));
  }
  for (const { title, slot, most, cells } of slots(layout)) {
    lines.push(`  ${comment(title)}`);
    for (let k = 0; k < most; k++) {
      const may = `(may_deliver)(${slot}, ${k})`;
      lines.push(option(may, `deliver(${slot}, ${k}, KEEPS_DELIVERED)`));
      if (scope.duplication && !layout.keeps) lines.push(option(may, `deliver(${slot}, ${k}, 1)`));
    }
    if (instance.network.order === 'set') continue;
    for (let place = 0; place < cells; place++)
      lines.push(option(`(may_lose)(${slot}, ${place})`, `lose(${slot}, ${place})`));
  }
  if (layout.cuts.length > 0) {
    lines.push('  /* partitions and their mending */');
    for (const cut of layout.cuts.keys()) lines.push(option('(may_cut)()', `cut_off(${cut + 1})`));
    lines.push(option('now.cut_number', 'mend()'));
  }
  return lines;
}

/** Where messages are taken from: a lane for queues, else each message for itself. */
function slots(
  layout: Layout,
): readonly { title: string; slot: number; most: number; cells: number }[] {
  const { instance } = layout.model;
  const most = (envelope: number): number => {
    const target = layout.envelopes[envelope]?.target ?? 0;
    const counts = (layout.tables.nodes[target] ?? []).map(
      ({ deliveries }) => deliveries.get(envelope)?.count ?? 0,
    );
    return Math.max(0, ...counts);
  };
  if (!layout.queue)
    return layout.envelopes.map((one, slot) => ({
      title: `${one.from} to ${one.to}: ${describeMessage(one.message)}`,
      slot,
      most: most(slot),
      cells: 1,
    }));
  return layout.lanes.map(({ lane, target, cells }, slot) => {
    const waiting = [...layout.envelopes.entries()].filter(
      ([, one]) => layout.laneOf(one) === slot,
    );
    const source = lane === target ? 'everybody' : instance.nodes[lane]?.id;
    return {
      title: `the queue from ${source} to ${instance.nodes[target]?.id}`,
      slot,
      most: Math.max(0, ...waiting.map(([number]) => most(number))),
      cells: instance.network.loses === 'any' ? cells : 1,
    };
  });
}
