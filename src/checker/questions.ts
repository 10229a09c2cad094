/**
 * What predicates ask of a state, as questions about one column of its row: is the process in that
 * state, is the node up, or simply which value it has. The answer for a value is found once.
 */
import type { ClientHistory } from '../model/client-history.ts';
import { type StateView, viewsOf } from '../model/state-view.ts';
import type { ProcessView, View } from '../model/view.ts';
import type { Columns } from './columns.ts';

/** A state by its index, as the search hands it to remembered predicates. */
export interface Cursor {
  /** The value of a column. */
  read(column: number): number;
  /** What clients have seen. */
  readonly history: ClientHistory;
  /** The state as predicates know it. */
  view(): StateView;
}

/** A question about one column of one of the states that a predicate is given. */
export class Question {
  /** 0, or 1 for the later state of a step. */
  readonly side: 0 | 1;
  readonly column: number;
  readonly #answer: (value: number) => number;
  readonly #known: (number | undefined)[] = [];

  constructor(side: 0 | 1, column: number, answer: (value: number) => number) {
    this.side = side;
    this.column = column;
    this.#answer = answer;
  }

  /** The answer for a value of the column: a small number. */
  of(value: number): number {
    let answer = this.#known[value];
    if (answer === undefined) {
      answer = this.#answer(value);
      this.#known[value] = answer;
    }
    return answer;
  }
}

/** Called for each question in the order in which a predicate asks; undefined: about too many columns. */
type Asked = (question: Question | undefined) => void;

/** All questions asked so far, each once. */
export class Questions {
  /** Whether a predicate has looked at messages in flight, which is a question about many columns. */
  sawMessages = false;
  readonly #columns: Columns;
  readonly #known = new Map<string, Question>();
  readonly #families: readonly number[];

  constructor(columns: Columns) {
    this.#columns = columns;
    const { nodes } = columns.instance;
    this.#families = nodes.filter(({ families }) => families.size > 0).map(({ index }) => index);
  }

  /**
   * The view of a state that reports each question; undefined questions are about too much to remember.
   * Of a step, `isOfStep`, a process may be compared with what it was before, which no small question
   * answers: there whatever is looked at of a process is a question about all of its node.
   */
  view(of: StateView, side: 0 | 1, isOfStep: boolean, asked: Asked): View {
    const { instance, faults, observed, cut, history } = this.#columns;
    const whole = (column: number): void => asked(this.#whole(side, column));
    const node = (id: string): void => whole(instance.node(id).index);
    let listed: readonly ProcessView[] | undefined;
    const all = (): readonly ProcessView[] => {
      // Which instances of families there are is a question about their node.
      for (const index of this.#families) whole(index);
      // One stand-in for each process, however often it is asked for: predicates compare them.
      listed ??= isOfStep ? of.all : of.all.map((process) => this.#process(process, side, asked));
      return listed;
    };
    const questions = this;
    return {
      parameters: of.parameters,
      get all() {
        if (isOfStep) for (const { index } of instance.nodes) whole(index);
        return all();
      },
      get processes() {
        const views = {};
        for (const process of all())
          Object.defineProperty(views, process.address, {
            enumerable: true,
            get: () => {
              if (isOfStep) node(process.node);
              return process;
            },
          });
        return views as never;
      },
      get faults() {
        whole(faults);
        return of.faults;
      },
      get observed() {
        whole(observed);
        return of.observed;
      },
      get history() {
        if (history !== undefined) whole(history);
        return of.history;
      },
      get inFlight() {
        questions.sawMessages = true;
        asked(undefined);
        return of.inFlight;
      },
      isUp: (id) => {
        node(id);
        return of.isUp(id);
      },
      isConnected: (from, to) => {
        node(to);
        whole(cut);
        return of.isConnected(from, to);
      },
      records: (process) => {
        whole(instance.placeOf(process).node);
        return of.records(process);
      },
    };
  }

  #whole(side: 0 | 1, column: number): Question {
    return this.#find(side, column, '', (value) => value);
  }

  /** The view of a process that reports what is looked at. Whatever is not known better asks for all. */
  #process(process: ProcessView, side: 0 | 1, asked: Asked): ProcessView {
    const { instance, moves } = this.#columns;
    const definition = instance.node(process.node);
    const column = definition.index;
    const position = definition.processes.findIndex(({ address }) => address === process.address);
    const everything = (): void => asked(this.#whole(side, column));
    const about = (what: string, answer: (of: ProcessView) => boolean): void => {
      // An instance of a family may be gone in another state of its node.
      if (position < 0) return everything();
      asked(
        this.#find(side, column, `${process.address} ${what}`, (value) => {
          const { declared } = viewsOf(definition, moves.node(column, value));
          return answer(declared[position] as ProcessView) ? 1 : 0;
        }),
      );
    };
    const isIn = (path: string): boolean => {
      about(`in ${path}`, (of) => of.in(path));
      return process.in(path);
    };
    return new Proxy(process, {
      get(target, key) {
        if (key === 'in') return isIn;
        if (key === 'up') about('up', ({ up }) => up);
        else if (key !== 'address' && key !== 'node') everything();
        return Reflect.get(target, key);
      },
      has(target, key) {
        everything();
        return Reflect.has(target, key);
      },
      ownKeys(target) {
        everything();
        return Reflect.ownKeys(target);
      },
      getOwnPropertyDescriptor(target, key) {
        everything();
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
  }

  #find(side: 0 | 1, column: number, what: string, answer: (value: number) => number): Question {
    const key = `${side} ${column} ${what}`;
    let question = this.#known.get(key);
    if (question === undefined) {
      question = new Question(side, column, answer);
      this.#known.set(key, question);
    }
    return question;
  }
}
