/** The tables of a Promela model of a system: what nodes do, and what there is of network. */
import { describeMessage } from '../model/decision.ts';
import { mayBeLost } from '../model/network.ts';
import { type Layout, number } from './promela-layout.ts';
import { type Row, table } from './promela-text.ts';

/** The sizes, the scope, the timing and the network. */
export function constants(layout: Layout): readonly string[] {
  const { instance, scope, timing } = layout.model;
  return [
    `#define NODES ${instance.nodes.length}`,
    `#define ENVELOPES ${layout.envelopes.length}`,
    `#define LANES ${layout.lanes.length}`,
    `#define CELLS ${layout.cells}`,
    '',
    '/* The scope, the timing and the network. */',
    `#define CRASHES ${scope.crashes}`,
    `#define RESTARTS ${scope.restarts}`,
    `#define PARTITIONS ${scope.partitions}`,
    `#define DISK_LOSSES ${scope.diskLosses}`,
    `#define LOST_FORCES ${scope.lostForces}`,
    `#define FAILED_WRITES ${scope.failedWrites}`,
    `#define COPIES ${layout.keeps ? 1 : scope.copies}`,
    `#define LOSS ${scope.loss ? 1 : 0}`,
    `#define SYNCHRONOUS ${timing === 'synchronous' ? 1 : 0}`,
    `#define KEEPS_DELIVERED ${layout.keeps ? 1 : 0}`,
  ];
}

/** What each node does in each of its states. */
export function nodeTables(layout: Layout): readonly string[] {
  const { instance, space } = layout.model;
  const { moves } = space;
  const { rows, nodes, suspects } = layout.tables;
  const lists = new Lists();
  const moveRows = rows.map(
    ({ move, crash, restart, storage, timeout, meaning }, number): Row => ({
      value: `{ ${[move.next, crash, restart, ...storage, timeout, lists.numberOf(move.sends), move.marks].join(', ')} }`,
      meaning: `${number}: ${meaning}`,
    }),
  );
  const nodeRows = instance.nodes.flatMap(({ id, index }) =>
    (nodes[index] ?? []).map(
      ({ up, ready, urgent, asked, own }, state): Row => ({
        value: `{ ${[up, ready, urgent, asked, own.first, own.count].map(Number).join(', ')} }`,
        ...(state === 0 ? { meaning: id } : {}),
      }),
    ),
  );
  let base = 0;
  const bases = nodes.map((states) => {
    const first = base;
    base += states.length;
    return first;
  });
  let deliveryBase = 0;
  const deliveryBases: number[] = [];
  const deliveries: Row[] = [];
  for (const [index, states] of nodes.entries()) {
    deliveryBases.push(deliveryBase);
    const incoming = layout.incoming(index);
    for (const [state, { deliveries: known }] of states.entries())
      for (const [position, envelope] of incoming.entries()) {
        const { first, count } = known.get(envelope) ?? { first: 0, count: 0 };
        deliveries.push({
          value: `{ ${first}, ${count} }`,
          ...(state === 0 && position === 0
            ? { meaning: `${instance.nodes[index]?.id}: a row of ${incoming.length} a state` }
            : {}),
        });
      }
    deliveryBase += states.length * incoming.length;
  }
  const observed = followed(moves.ghosts.observations.length, (from) =>
    moves.ghosts.knownObservations(from),
  );
  const histories = followed(moves.ghosts.histories.length, (from) =>
    moves.ghosts.knownHistories(from),
  );
  return [
    '/* A move of a node: the state in which it leaves the node; the crashes, restarts, disk losses, lost',
    '   forces and failed writes that it uses up; 0, or for a time-out 1, or 2 and the set of nodes that',
    '   it suspects; where the list of what it sends begins in SEND; the number of the marks that it',
    '   leaves. */',
    'c_decl { struct move { int next, crash, restart, disk_loss, lost_force, failed_write, timeout, sends, marks; }; }',
    ...table('move', 'struct move', moveRows),
    '/* What is sent together, by number; -1 ends each list. */',
    ...table('send', 'int', lists.rows),
    '/* A state of a node: whether it is up; whether it takes messages; whether it has steps that',
    '   time-outs wait for; whether it is asked for operations; its moves without a message, from the',
    '   first one on. */',
    'c_decl { struct node { int up, ready, urgent, asked, first, count; }; }',
    ...table('node', 'struct node', nodeRows),
    '/* Where the states of each node begin in NODE. */',
    ...table('node_base', 'int', bases.map(number)),
    '/* The moves by which a node takes a message, for each of its states and each message to it; none',
    '   where it is no transition. */',
    'c_decl { struct moves { int first, count; }; }',
    ...table('delivery', 'struct moves', deliveries),
    ...table('delivery_base', 'int', deliveryBases.map(number)),
    ...table(
      'incoming',
      'int',
      nodes.map((_, index) => number(layout.incoming(index).length)),
    ),
    '/* Sets of suspected nodes, a row of NODES each. */',
    ...table(
      'suspected',
      'int',
      suspects.flatMap((set) => nodes.map((_, index) => number(set.includes(index) ? 1 : 0))),
    ),
    '/* The observation after marks: pairs of marks and next observation, from OBSERVED_FIRST on. */',
    'c_decl { struct after { int marks, next; }; }',
    ...table('observed', 'struct after', observed.rows),
    ...table('observed_first', 'int', observed.first.map(number)),
    ...(layout.hasHistory
      ? [
          '/* What clients have seen after marks, in the same way. */',
          ...table('history', 'struct after', histories.rows),
          ...table('history_first', 'int', histories.first.map(number)),
        ]
      : []),
  ];
}

/** Messages, lanes and cuts. */
export function networkTables(layout: Layout): readonly string[] {
  const { instance } = layout.model;
  const { network } = instance;
  const placeOf = places(layout);
  const nodes = instance.nodes.length;
  return [
    '/* A message: its source, target and lane; its place among the messages to its target; whether it',
    '   may be lost where there is loss. */',
    'c_decl { struct envelope { int source, target, lane, place, losable; }; }',
    ...table(
      'envelope',
      'struct envelope',
      layout.envelopes.map((one, index) => ({
        value: `{ ${[one.source, one.target, layout.laneOf(one), placeOf[index], Number(mayBeLost(network, one))].join(', ')} }`,
        meaning: `${index}: ${one.from} to ${one.to}: ${describeMessage(one.message)}`,
      })),
    ),
    '/* A lane, in which messages wait: its target, and in queues its cells. */',
    'c_decl { struct lane { int target, first, cells; }; }',
    ...table(
      'lane',
      'struct lane',
      layout.lanes.map(({ target, first, cells }) => ({
        value: `{ ${target}, ${first}, ${cells} }`,
      })),
    ),
    '/* The lanes by source and target, the order in which predicates see messages. */',
    ...table(
      'seen_lane',
      'int',
      [...layout.lanes.keys()]
        .sort((a, b) => laneOrder(layout, a) - laneOrder(layout, b))
        .map(number),
    ),
    '/* Cut links: for each cut a row of NODES rows, by source and target. Cut 0 cuts nothing. */',
    ...table(
      'cut',
      'int',
      layout.cuts.length === 0
        ? []
        : [[], ...layout.cuts].flatMap((cut) =>
            Array.from({ length: nodes * nodes }, (_, link) => number(cut.includes(link) ? 1 : 0)),
          ),
    ),
  ];
}

/** The place of each envelope among those to the same node. */
function places(layout: Layout): readonly number[] {
  const so: number[] = [];
  return layout.envelopes.map(({ target }) => {
    const place = so[target] ?? 0;
    so[target] = place + 1;
    return place;
  });
}

function laneOrder(layout: Layout, index: number): number {
  const { lane = 0, target = 0 } = layout.lanes[index] ?? {};
  return lane * layout.model.instance.nodes.length + target;
}

/** What follows from each number after each list of marks: pairs, and where those of a number begin. */
function followed(
  length: number,
  known: (from: number) => readonly (number | undefined)[],
): { readonly rows: readonly Row[]; readonly first: readonly number[] } {
  const rows: Row[] = [];
  const first: number[] = [];
  for (let from = 0; from < length; from++) {
    first.push(rows.length);
    for (const [marks, next] of known(from).entries())
      if (next !== undefined) rows.push({ value: `{ ${marks}, ${next} }` });
  }
  return { rows, first: [...first, rows.length] };
}

/** Lists of numbers, one after the other, equal ones once. */
class Lists {
  readonly rows: Row[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(list: readonly number[]): number {
    const key = list.join();
    let first = this.#numbers.get(key);
    if (first === undefined) {
      first = this.rows.length;
      this.#numbers.set(key, first);
      this.rows.push(...[...list, -1].map(number));
    }
    return first;
  }
}
