/**
 * Predicates that remember their answers. What a predicate asks next depends only on the answers so far,
 * so its runs form a decision tree: walking it costs a few lookups where the predicate would have to
 * build and read a view of the state.
 */
import type { Property } from '../model/property.ts';
import type { View } from '../model/view.ts';
import type { Cursor, Question, Questions } from './questions.ts';

/** The predicate over one state, or over the two of a step. */
type Predicate = (before: View, after: View) => boolean;

interface Inner {
  readonly question: Question;
  readonly branches: (Inner | boolean | undefined)[];
}

/** Beyond so many nodes a tree costs more memory than it is worth. */
const mostNodes = 1 << 19;
/** A tree that grows with nearly every state remembers nothing that comes again. */
const trial = 1 << 14;

class DecisionTree {
  readonly #predicate: Predicate;
  readonly #questions: Questions;
  #root: Inner | boolean | undefined;
  #nodes = 0;
  #asked = 0;
  #missed = 0;
  /** Whether the predicate asks too much, or not the same things in equal states. */
  #givenUp = false;

  constructor(predicate: Predicate, questions: Questions) {
    this.#predicate = predicate;
    this.#questions = questions;
  }

  answer(before: Cursor, after: Cursor): boolean {
    if (this.#givenUp) return this.#afresh(before, after);
    let at = this.#root;
    while (at !== undefined && at !== true && at !== false) {
      const { question } = at;
      const value = (question.side === 0 ? before : after).read(question.column);
      at = at.branches[question.of(value)];
    }
    this.#asked++;
    return at ?? this.#learn(before, after);
  }

  /** The predicate on the states as they are. */
  #afresh(before: Cursor, after: Cursor): boolean {
    const earlier = before.view();
    const later = before === after ? earlier : after.view();
    const answer = this.#predicate(earlier, later);
    if (earlier.lookedAtMessages || later.lookedAtMessages) this.#questions.sawMessages = true;
    return answer;
  }

  #learn(before: Cursor, after: Cursor): boolean {
    const path = new Set<Question | undefined>();
    const asked = (question: Question | undefined): unknown => path.add(question);
    const isOfStep = before !== after;
    let answer: boolean;
    try {
      const earlier = this.#questions.view(before.view(), 0, isOfStep, asked);
      const later = isOfStep ? this.#questions.view(after.view(), 1, isOfStep, asked) : earlier;
      answer = this.#predicate(earlier, later);
    } catch {
      // A stand-in fits less than what it stands for (structuredClone refuses it); what is wrong with the
      // predicate itself is told by the states as they are.
      return this.#giveUp(before, after);
    }
    this.#missed++;
    const fruitless = this.#asked > trial && this.#missed > this.#asked / 2;
    if (path.has(undefined) || fruitless || !this.#insert([...path], before, after, answer))
      return this.#giveUp(before, after);
    return answer;
  }

  #giveUp(before: Cursor, after: Cursor): boolean {
    this.#givenUp = true;
    this.#root = undefined;
    return this.#afresh(before, after);
  }

  /** Whether the path could be added. */
  #insert(
    path: readonly (Question | undefined)[],
    before: Cursor,
    after: Cursor,
    answer: boolean,
  ): boolean {
    let at = this.#root;
    let attach = (node: Inner | boolean): void => {
      this.#root = node;
    };
    for (const question of path) {
      if (question === undefined || typeof at === 'boolean') return false;
      if (at === undefined) {
        at = { question, branches: [] };
        attach(at);
        if (++this.#nodes > mostNodes) return false;
      }
      if (at.question !== question) return false;
      const branch = question.of((question.side === 0 ? before : after).read(question.column));
      const { branches } = at;
      attach = (node) => {
        branches[branch] = node;
      };
      at = branches[branch];
    }
    if (at !== undefined) return false;
    attach(answer);
    return true;
  }
}

/** The predicate over a state, with its answers remembered. */
export function remembering(
  questions: Questions,
  predicate: (view: View) => boolean,
): (state: Cursor) => boolean {
  const tree = new DecisionTree(predicate, questions);
  return (state) => tree.answer(state, state);
}

/** The predicate over a step, with its answers remembered. */
export function rememberingSteps(
  questions: Questions,
  allows: (before: View, after: View) => boolean,
): (before: Cursor, after: Cursor) => boolean {
  const tree = new DecisionTree(allows, questions);
  return (before, after) => tree.answer(before, after);
}

/** The property with predicates that remember their answers. */
export function rememberingProperty(
  questions: Questions,
  property: Property<View>,
): Property<Cursor> {
  const of = (predicate: (view: View) => boolean) => remembering(questions, predicate);
  const { premise, ...rest } = property;
  const common = premise === undefined ? {} : { premise: of(premise) };
  switch (rest.kind) {
    case 'invariant':
    case 'reachable':
      return { ...rest, ...common, holds: of(rest.holds) };
    case 'alwaysPossible': {
      const { from, ...asked } = rest;
      const begins = from === undefined ? {} : { from: of(from) };
      return { ...asked, ...common, ...begins, goal: of(asked.goal) };
    }
    case 'eventually':
    case 'infinitelyOften':
      return { ...rest, ...common, goal: of(rest.goal) };
    case 'leadsTo':
      return { ...rest, ...common, from: of(rest.from), to: of(rest.to) };
    case 'linearizable':
      return { ...rest, ...common };
    case 'transition':
      return { ...rest, ...common, allows: rememberingSteps(questions, rest.allows) };
  }
}
