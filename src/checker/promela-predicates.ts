/** Predicates as tables: decision trees over the columns of a state, for the C that Spin compiles. */
import type { Instance } from '../model/instance.ts';
import { emptyFlight } from '../model/network.ts';
import { faultNames, noFaults } from '../model/state.ts';
import { viewOf } from '../model/state-view.ts';
import type { View } from '../model/view.ts';
import type { Inner, Tree } from './decision-tree.ts';
import type { Moves } from './moves.ts';
import type { Column } from './probe.ts';
import { type Row, table } from './promela-text.ts';

/** Leaves of trees, as numbers; inner nodes have numbers from 2 on. */
const unknownLeaf = -1;

const kinds = [
  'node',
  'observation',
  'fault',
  'connected',
  'inFlight',
  'message',
  'history',
] as const;

/** Collects the trees of a model, equal parts of different predicates once each. */
export class PredicateTables {
  readonly #instance: Instance;
  readonly #moves: Moves;
  readonly #questions: Row[] = [];
  readonly #answers: Row[] = [];
  readonly #numbers = new Map<Inner, number>();

  constructor(instance: Instance, moves: Moves) {
    this.#instance = instance;
    this.#moves = moves;
  }

  /** The number of a tree: 0 and 1 are verdicts. */
  numberOf(tree: Tree): number {
    if (typeof tree !== 'object') return tree ? 1 : 0;
    const known = this.#numbers.get(tree);
    if (known !== undefined) return known;
    const { question, children } = tree;
    const first = this.#answers.length;
    // Room for the answers comes before those of the questions that follow from them.
    const values = this.#values(question.column);
    for (let value = 0; value < values; value++) this.#answers.push({ value: `${unknownLeaf}` });
    const number = 2 + this.#questions.length;
    this.#numbers.set(tree, number);
    const [index, other] = placeOf(question.column);
    const kind = kinds.indexOf(question.column.kind);
    this.#questions.push({
      value: `{ ${kind}, ${index}, ${other}, ${first}, ${values} }`,
      meaning: `${number}: ${question.text}`,
    });
    for (let value = 0; value < values; value++) {
      const view = this.#viewWith(question.column, value);
      const child = view === undefined ? undefined : children.get(question.ask(view));
      if (child !== undefined) this.#answers[first + value] = { value: `${this.numberOf(child)}` };
    }
    return number;
  }

  tables(): readonly string[] {
    return [
      ...table('question', 'struct question', this.#questions),
      ...table('answer', 'int', this.#answers),
    ];
  }

  /** How many values the column may have. */
  #values(column: Column): number {
    switch (column.kind) {
      case 'node':
        return this.#moves.statesOf(column.node);
      case 'observation':
        return this.#moves.ghosts.observations.length;
      case 'history':
        return this.#moves.ghosts.histories.length;
      case 'connected':
        return 2;
      case 'fault':
        return mostFaults;
      case 'inFlight':
        return mostInFlight;
      case 'message':
        return this.#moves.envelopes.length + 1;
    }
  }

  /** Some state in which the column has that value. */
  #viewWith(column: Column, value: number): View | undefined {
    const { nodes } = this.#instance;
    const blank = {
      nodes: nodes.map((_, index) => this.#moves.node(index, 0)),
      flight: emptyFlight(nodes.length),
      cuts: [],
      faults: noFaults,
      observed: this.#moves.ghosts.observations[0],
    };
    const view = (changed: object): View => viewOf(this.#instance, { ...blank, ...changed });
    switch (column.kind) {
      case 'node': {
        const { node } = column;
        return view({ nodes: blank.nodes.with(node, this.#moves.node(node, value)) });
      }
      case 'observation':
        return view({ observed: this.#moves.ghosts.observations[value] });
      case 'history':
        return view({ history: this.#moves.ghosts.histories[value] });
      case 'fault':
        return view({ faults: { ...noFaults, [column.fault]: value } });
      case 'connected':
        return seeing({ isConnected: () => value === 1 });
      case 'inFlight':
        return seeing({ inFlight: Array(value) });
      case 'message': {
        const envelope = this.#moves.envelopes[value];
        const inFlight: unknown[] = [];
        inFlight[column.position] = envelope;
        return seeing({ inFlight });
      }
    }
  }
}

/** More of them than anybody can wait for; a state with more is answered as unknown. */
const mostFaults = 64;
const mostInFlight = 256;

function seeing(part: object): View {
  return part as unknown as View;
}

function placeOf(column: Column): readonly [number, number] {
  switch (column.kind) {
    case 'node':
      return [column.node, 0];
    case 'fault':
      return [faultNames.indexOf(column.fault), 0];
    case 'connected':
      return [column.source, column.target];
    case 'message':
      return [column.position, 0];
    default:
      return [0, 0];
  }
}

/** The type of a question, and the function that follows a tree from question to question. */
export const predicateType = [
  '/* A question of a predicate: what it is about, and where its answers lie in the table ANSWER:',
  '   0 and 1 are verdicts, larger numbers the questions that follow, -1 what never came up. */',
  'c_decl { struct question { int about, index, other, first, values; }; }',
];

/** Without a history there is no variable of that name. */
export function predicateCode(hasHistory: boolean): readonly string[] {
  return [
    'static int value_asked_for(const struct question *q) {',
    '  switch (q->about) {',
    '  case 0: return now.node_state[q->index];',
    '  case 1: return now.observation;',
    '  case 2: return fault_count(q->index);',
    '  case 3: return NODE(NODE_BASE(q->other) + now.node_state[q->other]).up',
    '    && !is_cut(q->index, q->other);',
    '  case 4: return messages_in_flight();',
    '  case 5: return message_in_flight(q->index);',
    `  default: return ${hasHistory ? 'now.client_history' : '0'};`,
    '  }',
    '}',
    'static int answered(int question) {',
    '  while (question > 1) {',
    '    const struct question *q = &QUESTION(question - 2);',
    '    int value = value_asked_for(q);',
    '    question = value < q->values ? ANSWER(q->first + value) : -1;',
    '  }',
    '  if (question < 0) give_up("a predicate was asked about a state that the tables do not know");',
    '  return question;',
    '}',
  ];
}
