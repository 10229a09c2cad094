/**
 * The state space of a transition system up to exchanges of names: each orbit is kept as the member with the
 * least text. Nothing is known of such a state but its text, so every member of every orbit is asked for its
 * successors, and these have to be each other, renamed. That saves memory and no time.
 */
import { UserMistake } from '../model/errors.ts';
import { canonical } from '../model/plain-data.ts';
import type { Property } from '../model/property.ts';
import type { AnyTransitionSystem, Successor } from '../model/transition-system.ts';
import type { KeyedSpace } from './keyed-space.ts';
import { type Orbit, orbitOf } from './orbit.ts';
import { outsideBoundary, outsideConstraint } from './space.ts';
import { asymmetry, type SymmetricSets } from './symmetric-sets.ts';

/** A state with its text. */
interface Keyed {
  readonly state: unknown;
  readonly key: string;
}

export class KeyedSymmetry {
  readonly #system: AnyTransitionSystem;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #sets: SymmetricSets;
  /** The orbits of states whose orbit is known, by text. */
  readonly #orbits = new Map<string, Keyed>();

  constructor(
    system: AnyTransitionSystem,
    parameters: Readonly<Record<string, unknown>>,
    sets: SymmetricSets,
  ) {
    this.#system = system;
    this.#parameters = parameters;
    this.#sets = sets;
  }

  space(): KeyedSpace {
    const indices = new Map<string, number>();
    const states: unknown[] = [];
    const starts: { readonly state: unknown; readonly orbit: number }[] = [];
    let arrived: unknown;
    /** The index of a state's orbit, or where it is out of bounds. */
    const place = (state: unknown): { readonly index: number; readonly isNew: boolean } => {
      const { state: least, key } = this.#least(state);
      const known = indices.get(key);
      if (known !== undefined) return { index: known, isNew: false };
      const outside = this.#sameForAll('its constraint or boundary', [least], ([one]) =>
        this.#boundOf(one),
      );
      if (outside !== undefined) return { index: outside, isNew: false };
      const index = states.push(least) - 1;
      indices.set(key, index);
      return { index, isNew: true };
    };
    const successors = (state: unknown): readonly Successor<unknown>[] => [
      ...this.#system.next(state, this.#parameters),
    ];
    return {
      get size() {
        return states.length;
      },
      begin: (found) => {
        const initial: readonly unknown[] = this.#system.initial(this.#parameters);
        this.#compareInitial(initial);
        let generated = 0;
        for (const state of initial) {
          const { index, isNew } = place(state);
          if (index !== outsideBoundary) generated++;
          if (index >= 0) starts.push({ state, orbit: index });
          if (isNew) found(index);
        }
        return generated;
      },
      expand: (source, visit) => {
        this.#compareSuccessors(states[source]);
        for (const successor of successors(states[source])) {
          const { index, isNew } = place(successor.state);
          arrived = successor.state;
          visit(index, isNew, successor);
        }
      },
      view: (index) => states[index],
      reached: () => arrived,
      labels: () => {
        throw new Error('broken promise: orbits have no labels of their own');
      },
      walk: (orbits, shows) => {
        const from = starts.findIndex(({ orbit }) => orbit === orbits[0]);
        let state = starts[from]?.state;
        const path = orbits.slice(1).map((orbit, position) => {
          const isLast = position === orbits.length - 2;
          const step = successors(state).find(
            (one) =>
              place(one.state).index === orbit &&
              (!isLast || shows === undefined || shows(state, one.state)),
          );
          if (step === undefined)
            throw new Error('broken promise: no path leads along these orbits');
          ({ state } = step);
          return step;
        });
        return { path, from };
      },
      start: (from) => starts[from]?.state,
    };
  }

  /** The property, refused where one of its predicates tells versions of a state apart. */
  property(property: Property<unknown>): Property<unknown> {
    const what = `property "${property.name}"`;
    const of = (predicate: (state: unknown) => boolean) => (state: unknown) =>
      this.#sameForAll(what, [state], ([one]) => predicate(one));
    const { premise, ...rest } = property;
    const common = premise === undefined ? {} : { premise: of(premise) };
    switch (rest.kind) {
      case 'invariant':
      case 'reachable':
        return { ...rest, ...common, holds: of(rest.holds) };
      case 'alwaysPossible':
        return { ...rest, ...common, goal: of(rest.goal) };
      case 'transition': {
        const { allows } = rest;
        return {
          ...rest,
          ...common,
          allows: (before, after) =>
            this.#sameForAll(what, [before, after], ([one, other]) => allows(one, other)),
        };
      }
      default:
        throw new UserMistake(
          `"${this.#system.name}" cannot be checked up to exchanges: property "${property.name}" speaks of endless executions, in which it matters who is treated fairly; ask about it alone, or leave out symmetry`,
        );
    }
  }

  #boundOf(state: unknown): number | undefined {
    const { constraint, boundary } = this.#system;
    if (boundary?.(state, this.#parameters) === false) return outsideBoundary;
    return constraint?.(state, this.#parameters) === false ? outsideConstraint : undefined;
  }

  #keyed(state: unknown): Keyed {
    return { state, key: canonical(state, `a state of "${this.#system.name}"`) };
  }

  #least(state: unknown): Keyed {
    const { key } = this.#keyed(state);
    const known = this.#orbits.get(key);
    if (known !== undefined) return known;
    const { members } = this.#orbit([state]);
    const versions = members.map(([one]) => this.#keyed(one));
    const least = versions.reduce((one, other) => (other.key < one.key ? other : one));
    for (const version of versions) this.#orbits.set(version.key, least);
    return least;
  }

  #permuted(state: unknown, transposition: number): unknown {
    const { a, b } = this.#sets.transpositions[transposition] as { a: string; b: string };
    const to = (name: string): string => (name === a ? b : name === b ? a : name);
    return this.#system.symmetry?.permute(state, to);
  }

  /** All versions of some states, exchanged alike. Throws where exchanging twice is not nothing. */
  #orbit(states: readonly unknown[]): Orbit<readonly unknown[]> {
    const { transpositions, permutations } = this.#sets;
    const orbit = orbitOf(
      states,
      (version) => version.map((state) => this.#keyed(state).key).join('\n'),
      (version) =>
        transpositions.map((_, one) => version.map((state) => this.#permuted(state, one))),
    );
    for (const [place, images] of orbit.images.entries())
      for (const [one, image] of images.entries())
        if (orbit.images[image]?.[one] !== place || orbit.members.length > permutations)
          throw asymmetry(
            this.#system.name,
            transpositions[one] as SymmetricSets['transpositions'][number],
            `\`permute\`, twice, does not give back ${canonical(orbit.members[place]?.[0])}`,
          );
    return orbit;
  }

  #sameForAll<T>(
    what: string,
    states: readonly unknown[],
    ask: (version: readonly unknown[]) => T,
  ): T {
    const answer = ask(states);
    for (const version of this.#orbit(states).members)
      if (ask(version) !== answer)
        throw this.#toldApart(
          `${what} says one thing of ${canonical(states)} and another of ${canonical(version)}`,
        );
    return answer;
  }

  #compareInitial(initial: readonly unknown[]): void {
    const known = new Set(initial.map((state) => this.#keyed(state).key));
    for (const state of initial)
      for (const [version] of this.#orbit([state]).members)
        if (!known.has(this.#keyed(version).key))
          throw this.#toldApart(
            `${canonical(state)} is an initial state and ${canonical(version)} is none`,
          );
  }

  #compareSuccessors(state: unknown): void {
    const { members, images } = this.#orbit([state]);
    const nexts = members.map(([member]) =>
      [...this.#system.next(member, this.#parameters)].map((one) => one.state),
    );
    for (const [place, ofMember] of images.entries())
      for (const [one, image] of ofMember.entries()) {
        const expected = (nexts[place] ?? []).map(
          (next) => this.#keyed(this.#permuted(next, one)).key,
        );
        const found = (nexts[image] ?? []).map((next) => this.#keyed(next).key);
        if (expected.sort().join('\n') === found.sort().join('\n')) continue;
        throw this.#toldApart(
          `the steps from ${canonical(members[image]?.[0])} are not those from ${canonical(members[place]?.[0])}, exchanged`,
        );
      }
  }

  #toldApart(what: string): UserMistake {
    const { sets } = this.#sets;
    return new UserMistake(
      `"${this.#system.name}" is not symmetric in ${sets.map((names) => names.join(', ')).join('; ')}: ${what}; check it without symmetry, or declare only names that nothing else tells apart`,
    );
  }
}
