/**
 * Answers of predicates, remembered by observation. Most properties look at nothing but what the observer
 * made of the marks, of which there are far fewer values than states; the view notes what was looked at.
 */
import type { StateView } from '../model/state-view.ts';
import type { View } from '../model/view.ts';

export class Answers {
  /** Whether a predicate has looked at messages in flight. */
  sawMessages = false;
  #looking: StateView | undefined;
  #observation = 0;

  /** Tells which view predicates are given next, and the number of its observation. */
  about(view: StateView, observation: number): StateView {
    this.#looking = view;
    this.#observation = observation;
    return view;
  }

  /**
   * The predicate with its answers remembered where marks alone decide them. Views other than the one
   * that was told about last are looked at afresh.
   */
  remembering(predicate: (view: View) => boolean): (view: View) => boolean {
    const answers: (boolean | null | undefined)[] = [];
    return (view) => {
      const looking = this.#looking;
      if (view !== looking || looking === undefined) return predicate(view);
      const known = answers[this.#observation];
      if (known === true || known === false) return known;
      looking.lookedBeyondMarks = false;
      const answer = predicate(view);
      if (looking.lookedAtMessages) this.sawMessages = true;
      // Null: what this observation alone does not decide.
      answers[this.#observation] = looking.lookedBeyondMarks || known === null ? null : answer;
      return answer;
    };
  }

  /** The predicate on two views, noting whether it looked at messages in flight. */
  noting(allows: (before: View, after: View) => boolean): typeof allows {
    return (before, after) => {
      const answer = allows(before, after);
      for (const view of [before, after])
        if ((view as StateView).lookedAtMessages) this.sawMessages = true;
      return answer;
    };
  }
}
