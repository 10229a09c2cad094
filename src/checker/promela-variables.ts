/** The variables of a Promela model of a system, their first values, and what their numbers mean. */
import type { NodeState } from '../model/node.ts';
import { canonical } from '../model/plain-data.ts';
import { initialState } from '../model/relation.ts';
import type { State } from '../model/state.ts';
import { describeValue } from '../model/view.ts';
import { type Layout, number } from './promela-layout.ts';
import { comments, table } from './promela-text.ts';

/** What each number of a node state and of an observation means. */
export function legend(layout: Layout): readonly string[] {
  const { instance, space } = layout.model;
  const { moves } = space;
  const lines: string[] = [];
  for (const { id, index } of instance.nodes) {
    lines.push(`node ${index} is ${id}; its states:`);
    for (let state = 0; state < moves.statesOf(index); state++)
      lines.push(`  ${state}: ${nodeText(moves.node(index, state))}`);
    lines.push('');
  }
  if (moves.ghosts.observations.length > 1) {
    lines.push('what the observer has made of the marks:');
    for (const [number, observed] of moves.ghosts.observations.entries())
      lines.push(`  ${number}: ${canonical(observed)}`);
  } else lines.push('the observer has nothing to tell apart');
  return comments(lines);
}

/** The declarations, and the bytes of a state. */
export function variables(layout: Layout): { declared: readonly string[]; bytes: number } {
  const { instance, scope, space } = layout.model;
  const { moves } = space;
  const starts = initialValues(layout);
  const [only] = layout.manyStarts ? [] : starts;
  let bytes = 0;
  const variable = (name: string, largest: number, value = 0): string => {
    const { type, size } = typeFor(largest);
    bytes += size;
    return `${type} ${name} = ${value};`;
  };
  const array = (name: string, largest: number, values: readonly number[]): string => {
    const { type, size } = typeFor(largest);
    const all = values.length === 0 ? [0] : values;
    bytes += size * all.length;
    return `${type} ${name}[${all.length}] = { ${all.join(', ')} };`;
  };
  const blank = only ?? {
    nodes: instance.nodes.map(() => 0),
    flight: (layout.queue ? Array(layout.cells) : Array(layout.envelopes.length)).fill(
      0,
    ) as number[],
    observation: 0,
    history: 0,
  };
  const mostStates = Math.max(...instance.nodes.map((_, index) => moves.statesOf(index)));
  const flight = layout.queue
    ? [
        '/* The queues, one after the other, each from its head on: a message and 1, or 0. */',
        array('queue_cell', layout.envelopes.length, blank.flight),
      ]
    : [
        '/* How many copies of each message are in flight. */',
        array('in_flight', scope.copies, blank.flight),
      ];
  const declared = [
    ...(layout.manyStarts
      ? [
          '/* Whether a start has been chosen: one state more, before all others. */',
          'byte has_started = 0;',
        ]
      : []),
    '/* The state of each node. */',
    array('node_state', mostStates, blank.nodes),
    ...flight,
    ...(instance.network.order === 'duplicating'
      ? [
          '/* The message that was delivered last, and 1. */',
          variable('last_delivered', layout.envelopes.length),
        ]
      : []),
    '/* Faults so far, and the cut that is in force. */',
    variable('crash_count', scope.crashes),
    variable('restart_count', scope.restarts),
    variable('partition_count', scope.partitions),
    variable('disk_loss_count', scope.diskLosses),
    variable('lost_force_count', scope.lostForces),
    variable('failed_write_count', scope.failedWrites),
    variable('cut_number', layout.cuts.length),
    '/* What the observer has made of the marks. */',
    variable('observation', moves.ghosts.observations.length, blank.observation),
    ...(layout.hasHistory
      ? [
          '/* What clients have called and been answered. */',
          variable('client_history', moves.ghosts.histories.length, blank.history),
        ]
      : []),
  ];
  if (layout.manyStarts) {
    const rows = starts.flatMap(({ nodes, flight: inFlight, observation, history }) =>
      [...nodes, ...inFlight, observation, history].map(number),
    );
    declared.push(
      '/* The starts: node states, what is in flight, the observation, what clients have seen. */',
      ...table('first_value', 'int', rows),
    );
  }
  return { declared, bytes };
}

/** The initial states as values of the variables, in the order of their declaration. */
function initialValues(layout: Layout): readonly InitialValues[] {
  const { instance, scope, space, starts } = layout.model;
  const { moves } = space;
  return starts.map((start) => {
    const { state } = initialState(instance, { copies: scope.copies, start });
    return {
      nodes: state.nodes.map((node, index) => moves.numberOfNode(index, node)),
      flight: layout.queue ? queueCells(layout, state) : counts(layout, state),
      observation: moves.ghosts.numberOfObservation(state.observed),
      history: state.history === undefined ? 0 : moves.ghosts.numberOfHistory(state.history),
    };
  });
}

function counts(layout: Layout, state: State): readonly number[] {
  const counts = layout.envelopes.map(() => 0);
  for (const envelope of state.flight.flat(2)) {
    const index = layout.model.space.moves.numberOfEnvelope(envelope);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

function queueCells(layout: Layout, state: State): readonly number[] {
  const cells: number[] = Array.from({ length: layout.cells }, () => 0);
  for (const { lane, target, first } of layout.lanes)
    for (const [position, envelope] of (state.flight[lane]?.[target] ?? []).entries())
      cells[first + position] = 1 + layout.model.space.moves.numberOfEnvelope(envelope);
  return cells;
}

interface InitialValues {
  readonly nodes: readonly number[];
  readonly flight: readonly number[];
  readonly observation: number;
  readonly history: number;
}

function typeFor(largest: number): { readonly type: string; readonly size: number } {
  if (largest < 256) return { type: 'byte', size: 1 };
  return largest < 32_768 ? { type: 'short', size: 2 } : { type: 'int', size: 4 };
}

/** A node's state in a line: its processes with their timers, its log with what is durable. */
function nodeText({ up, running, operations, disk, agenda }: NodeState): string {
  const processes = running.map(({ address, state }) => {
    const { value, context } = state.snapshot;
    const timers = state.timers.map(({ delay }) => delay);
    const armed = timers.length === 0 ? '' : ` [${timers.join(', ')}]`;
    return `${address} in ${describeValue(value)} ${canonical(context)}${armed}`;
  });
  const entries = disk.log.map((entry, position) => {
    const data = entry.kind === 'record' ? entry.record : entry.records;
    return `${canonical(data)}${position < disk.durable ? '!' : ''}`;
  });
  return [
    up ? processes.join('; ') : 'down',
    ...(operations.some((count) => count > 0) ? [`operations ${operations.join(', ')}`] : []),
    ...(entries.length === 0 ? [] : [`log ${entries.join(', ')} (! durable)`]),
    ...(disk.writes.length === 0 ? [] : [`${disk.writes.length} forced writes under way`]),
    ...(agenda === undefined ? [] : ['held by a forced write']),
  ].join('; ');
}
