/**
 * A predicate as a tree of questions, learnt while it is asked in every reachable state. Two states that
 * give the same answers to the same questions cannot be told apart by the predicate, so the tree says
 * exactly what the predicate says; and its questions have tables, so it can be handed to another tool.
 */
import type { Instance } from '../model/instance.ts';
import type { View } from '../model/view.ts';
import { type Asked, probe, type Question, Untabled } from './probe.ts';

export interface Inner {
  readonly question: Question;
  readonly children: Map<string, Tree>;
}

/** A verdict, or a question with what follows from each answer that came. */
export type Tree = boolean | Inner;

/** A predicate that asks more than this is no small table any more. */
const largest = 20_000;

export class DecisionTree {
  /** Why the predicate cannot be written down as tables, or undefined. */
  reason: string | undefined;
  readonly #instance: Instance;
  readonly #predicate: (view: View) => boolean;
  #root: Tree | undefined;
  #size = 0;

  constructor(instance: Instance, predicate: (view: View) => boolean) {
    this.#instance = instance;
    this.#predicate = predicate;
  }

  /** What the predicate says of the state; the tree learns it where it does not know. */
  holds(view: View): boolean {
    if (this.reason !== undefined) return this.#predicate(view);
    let tree = this.#root;
    while (typeof tree === 'object') tree = tree.children.get(tree.question.ask(view));
    return tree ?? this.#learn(view);
  }

  /** The tree with all that was asked. */
  get whole(): Tree | undefined {
    return this.#root;
  }

  /** The tree without questions whose answer does not matter; undefined when no state was asked about. */
  get tree(): Tree | undefined {
    if (this.#root === undefined) return undefined;
    return simplified(this.#root, new Map(), new Map());
  }

  #learn(view: View): boolean {
    const answer = this.#predicate(view);
    const probing = probe(this.#instance, view);
    try {
      if (Boolean(this.#predicate(probing.view)) !== Boolean(answer))
        throw new Untabled('it compares what is looked at by identity');
      this.#root = this.#with(this.#root, probing.asked, 0, Boolean(answer));
      if (this.#size > largest) throw new Untabled('it asks about too much');
    } catch (error) {
      // A stand-in may fit less than what it stands for: structuredClone, for one, refuses it.
      this.reason =
        error instanceof Untabled ? error.message : 'it takes a state apart in its own way';
      this.#root = undefined;
    }
    return answer;
  }

  #with(tree: Tree | undefined, asked: Asked, from: number, answer: boolean): Tree {
    const next = asked[from];
    if (next === undefined) {
      if (tree !== undefined && tree !== answer) throw new Untabled('its answers vary');
      return answer;
    }
    if (tree === undefined) this.#size++;
    const inner = tree ?? { question: next.question, children: new Map() };
    if (typeof inner !== 'object' || inner.question.text !== next.question.text)
      throw new Untabled('its answers vary');
    const child = inner.children.get(next.answer);
    inner.children.set(next.answer, this.#with(child, asked, from + 1, answer));
    return inner;
  }
}

/** Equal subtrees made one, and questions left out whose answers all lead to the same. */
function simplified(tree: Tree, known: Map<string, Inner>, ids: Map<Tree, number>): Tree {
  if (typeof tree !== 'object') return tree;
  const children = new Map<string, Tree>();
  for (const [answer, child] of tree.children) children.set(answer, simplified(child, known, ids));
  const [first, ...others] = children.values();
  if (first !== undefined && others.every((other) => other === first)) return first;
  const idOf = (child: Tree): string =>
    typeof child === 'object' ? `${ids.get(child)}` : `${child}`;
  const key = [
    tree.question.text,
    ...[...children].map(([a, child]) => `${a}\n${idOf(child)}`).sort(),
  ].join('\n\n');
  const same = known.get(key);
  if (same !== undefined) return same;
  const made: Inner = { question: tree.question, children };
  known.set(key, made);
  ids.set(made, ids.size);
  return made;
}
