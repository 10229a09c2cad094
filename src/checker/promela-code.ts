/**
 * The relation a second time, in C for Spin: the network, the faults, the timing, the scope and what a step
 * does, around the tables of what nodes do. It follows docs/semantics.md, sections 5 to 8.
 */
import { predicateCode } from './promela-predicates.ts';

export interface CodeOptions {
  /** Whether messages wait in queues. */
  readonly queue: boolean;
  /** Whether what was delivered last is part of the state. */
  readonly remembers: boolean;
  readonly hasHistory: boolean;
  /** Whether a start is chosen first. */
  readonly manyStarts: boolean;
}

/** What the network and its cuts do. */
export function networkCode({ queue, remembers }: CodeOptions): readonly string[] {
  return [
    '/* Spin has come to where this system never came: its tables end here. */',
    'static void give_up(const char *why) { printf("pan: %s\\n", why); exit(3); }',
    'static int is_cut(int source, int target) {',
    '  return now.cut_number != 0 && CUT((now.cut_number * NODES + source) * NODES + target);',
    '}',
    'static const struct node *here(int node) { return &NODE(NODE_BASE(node) + now.node_state[node]); }',
    'static int fault_count(int kind) {',
    '  return kind == 0 ? now.crash_count : kind == 1 ? now.restart_count',
    '    : kind == 2 ? now.partition_count : now.disk_loss_count;',
    '}',
    ...(queue ? queueCode : bagCode),
    '',
    '/* The moves by which a message that is at hand is taken now. */',
    'static struct moves taken_by(int message) {',
    '  static const struct moves none = { 0, 0 };',
    '  int target, at;',
    '  if (message < 0) return none;',
    '  target = ENVELOPE(message).target;',
    '  if (!here(target)->ready || is_cut(ENVELOPE(message).source, target)) return none;',
    '  at = DELIVERY_BASE(target) + now.node_state[target] * INCOMING(target);',
    '  return DELIVERY(at + ENVELOPE(message).place);',
    '}',
    '/* A message may be lost for good where there is loss, and where its target is down or cut off. */',
    'static int is_losable(int message) {',
    '  if (message < 0) return 0;',
    '  return is_cut(ENVELOPE(message).source, ENVELOPE(message).target)',
    '    || !here(ENVELOPE(message).target)->up || (LOSS && ENVELOPE(message).losable);',
    '}',
    ...(remembers
      ? ['static void remember(int message) { now.last_delivered = message + 1; }']
      : ['static void remember(int message) { }']),
  ];
}

/** Moves, steps, and the predicates with which states are judged and bounded. */
export function stepCode(
  { queue, hasHistory, manyStarts }: CodeOptions,
  bounds: readonly number[],
): readonly string[] {
  return [
    ...possibility,
    'static void leave_marks(int marks) {',
    '  int i;',
    '  if (marks == 0) return;',
    ...markCode('observation', 'OBSERVED'),
    ...(hasHistory ? markCode('client_history', 'HISTORY') : []),
    '}',
    ...moves,
    ...predicateCode(hasHistory),
    ...(bounds.length === 0
      ? ['#define BEFORE', '#define AFTER']
      : [
          '/* A step that leads out of bounds is not taken. */',
          'static State before_step;',
          `static int is_within(void) { return ${bounds.map((root) => `answered(${root})`).join(' && ')}; }`,
          '#define BEFORE before_step = now;',
          '#define AFTER if (!is_within()) now = before_step;',
        ]),
    ...steps,
    ...(manyStarts
      ? [
          'static void choose_start(int k) {',
          `  int i, at = k * (NODES + ${queue ? 'CELLS' : 'ENVELOPES'} + 2);`,
          '  for (i = 0; i < NODES; i++) now.node_state[i] = FIRST_VALUE(at++);',
          `  for (i = 0; i < ${queue ? 'CELLS' : 'ENVELOPES'}; i++) now.${queue ? 'queue_cell' : 'in_flight'}[i] = FIRST_VALUE(at++);`,
          '  now.observation = FIRST_VALUE(at++);',
          ...(hasHistory ? ['  now.client_history = FIRST_VALUE(at);'] : []),
          '  now.has_started = 1;',
          '}',
        ]
      : []),
  ];
}

/** How a number moves on when marks are left. */
function markCode(variable: string, name: string): readonly string[] {
  return [
    `  for (i = ${name}_FIRST(now.${variable}); i < ${name}_FIRST(now.${variable} + 1); i++)`,
    `    if (${name}(i).marks == marks) break;`,
    `  if (i == ${name}_FIRST(now.${variable} + 1)) give_up("marks were left that the tables do not know");`,
    `  now.${variable} = ${name}(i).next;`,
  ];
}

const bagCode = [
  '/* Messages in no order: a slot is a message. */',
  'static int at_hand(int slot) { return now.in_flight[slot] > 0 ? slot : -1; }',
  'static void put(int message) {',
  '  if (now.in_flight[message] < COPIES) now.in_flight[message]++;',
  '}',
  'static void take_out(int slot, int place) { now.in_flight[slot]--; }',
  'static int waiting(int slot, int place) { return at_hand(slot); }',
  'static int messages_in_flight(void) {',
  '  int i, sum = 0;',
  '  for (i = 0; i < ENVELOPES; i++) sum += now.in_flight[i];',
  '  return sum;',
  '}',
  'static int message_in_flight(int position) {',
  '  int l, i;',
  '  for (l = 0; l < LANES; l++)',
  '    for (i = 0; i < ENVELOPES; i++)',
  '      if (ENVELOPE(i).lane == SEEN_LANE(l)) {',
  '        if (position < now.in_flight[i]) return i;',
  '        position -= now.in_flight[i];',
  '      }',
  '  return ENVELOPES;',
  '}',
  '#define SLOTS ENVELOPES',
];

const queueCode = [
  '/* Messages in queues: a slot is a lane. */',
  'static int waiting(int slot, int place) {',
  '  return place < LANE(slot).cells ? now.queue_cell[LANE(slot).first + place] - 1 : -1;',
  '}',
  'static int at_hand(int slot) { return waiting(slot, 0); }',
  'static void put(int message) {',
  '  const struct lane *l = &LANE(ENVELOPE(message).lane);',
  '  int i, copies = 0;',
  '  for (i = 0; i < l->cells && now.queue_cell[l->first + i]; i++)',
  '    copies += now.queue_cell[l->first + i] == message + 1;',
  '  if (copies >= COPIES) return;',
  '  if (i >= l->cells) give_up("a queue is longer than any that the tables know");',
  '  now.queue_cell[l->first + i] = message + 1;',
  '}',
  'static void take_out(int slot, int place) {',
  '  const struct lane *l = &LANE(slot);',
  '  int i;',
  '  for (i = place; i + 1 < l->cells; i++)',
  '    now.queue_cell[l->first + i] = now.queue_cell[l->first + i + 1];',
  '  now.queue_cell[l->first + l->cells - 1] = 0;',
  '}',
  'static int messages_in_flight(void) {',
  '  int i, sum = 0;',
  '  for (i = 0; i < CELLS; i++) sum += now.queue_cell[i] != 0;',
  '  return sum;',
  '}',
  'static int message_in_flight(int position) {',
  '  int l, i;',
  '  for (l = 0; l < LANES; l++)',
  '    for (i = 0; i < LANE(SEEN_LANE(l)).cells && waiting(SEEN_LANE(l), i) >= 0; i++)',
  '      if (position-- == 0) return waiting(SEEN_LANE(l), i);',
  '  return ENVELOPES;',
  '}',
  '#define SLOTS LANES',
];

const possibility = [
  '',
  '/* Synchronous timing: whether a step is under way that time-outs wait for. */',
  'static int is_urgent(void) {',
  '  int i;',
  '  for (i = 0; i < NODES; i++) if (here(i)->urgent) return 1;',
  '  for (i = 0; i < SLOTS; i++) if (taken_by(at_hand(i)).count > 0) return 1;',
  '  return 0;',
  '}',
  'static int is_due(int node, int timeout) {',
  '  int peer;',
  '  if (timeout == 0 || !SYNCHRONOUS) return 1;',
  '  if (is_urgent()) return 0;',
  '  if (timeout == 1) return 1;',
  '  for (peer = 0; peer < NODES; peer++)',
  '    if (SUSPECTED((timeout - 2) * NODES + peer)',
  '        && (!here(peer)->up || is_cut(peer, node) || is_cut(node, peer))) return 1;',
  '  return 0;',
  '}',
  '/* Whether a move is possible within the scope and under the timing. */',
  'static int is_possible(int node, int row) {',
  '  const struct move *m = &MOVE(row);',
  '  return now.crash_count + m->crash <= CRASHES && now.restart_count + m->restart <= RESTARTS',
  '    && now.disk_loss_count + m->disk_loss <= DISK_LOSSES && is_due(node, m->timeout);',
  '}',
];

const moves = [
  'static void make_move(int node, int row) {',
  '  const struct move *m = &MOVE(row);',
  '  int i;',
  '  now.node_state[node] = m->next;',
  '  now.crash_count += m->crash;',
  '  now.restart_count += m->restart;',
  '  now.disk_loss_count += m->disk_loss;',
  '  for (i = m->sends; SEND(i) >= 0; i++) put(SEND(i));',
  '  leave_marks(m->marks);',
  '}',
  '',
];

const steps = [
  '',
  '/* The steps: whether the k-th of a kind is possible, and what it does. */',
  'static int may_move(int node, int k) {',
  '  return k < here(node)->count && is_possible(node, here(node)->first + k);',
  '}',
  'static void move_node(int node, int k) {',
  '  BEFORE',
  '  make_move(node, here(node)->first + k);',
  '  AFTER',
  '}',
  'static int may_deliver(int slot, int k) {',
  '  int message = at_hand(slot);',
  '  struct moves by = taken_by(message);',
  '  return k < by.count && is_possible(ENVELOPE(message).target, by.first + k);',
  '}',
  'static void deliver(int slot, int k, int keep) {',
  '  int message = at_hand(slot);',
  '  struct moves by = taken_by(message);',
  '  BEFORE',
  '  if (!keep) take_out(slot, 0);',
  '  remember(message);',
  '  make_move(ENVELOPE(message).target, by.first + k);',
  '  AFTER',
  '}',
  'static int may_lose(int slot, int place) { return is_losable(waiting(slot, place)); }',
  'static void lose(int slot, int place) {',
  '  BEFORE',
  '  take_out(slot, place);',
  '  AFTER',
  '}',
  'static int may_cut(void) { return !now.cut_number && now.partition_count < PARTITIONS; }',
  'static void cut_off(int cut) {',
  '  BEFORE',
  '  now.cut_number = cut;',
  '  now.partition_count++;',
  '  AFTER',
  '}',
  'static void mend(void) {',
  '  BEFORE',
  '  now.cut_number = 0;',
  '  AFTER',
  '}',
];
