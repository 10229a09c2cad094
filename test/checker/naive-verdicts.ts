/** Verdicts on a graph of states by brute force, for each kind of property. */
export interface Graph {
  readonly values: readonly Readonly<Record<string, string>>[];
  readonly edges: readonly Edge[];
  readonly fairness: Fairness;
}

type Fairness = Readonly<Record<string, 'weak' | 'strong' | undefined>>;

/** What is violated, of properties that speak of goals and of where something begins. */
export function naiveVerdicts(
  { values, edges, fairness }: Graph,
  isGoal: (values: Readonly<Record<string, string>>) => boolean,
  begins: (values: Readonly<Record<string, string>>) => boolean,
) {
  const all = values.map((_, state) => state);
  const goals = new Set(all.filter((state) => isGoal(values[state] ?? {})));
  const avoiding = fairStates(edges, fairness, new Set(all.filter((state) => !goals.has(state))));
  return {
    invariant: goals.size > 0,
    transition: edges.some(({ from, to }) => goals.has(from) && !goals.has(to)),
    reachable: goals.size === 0,
    alwaysPossible: backwards(edges, goals, new Set(all)).size < all.length,
    eventually: avoiding.has(0),
    leadsTo: all.some((state) => begins(values[state] ?? {}) && avoiding.has(state)),
    infinitelyOften: avoiding.size > 0,
  };
}

/**
 * The states from which a fair execution stays in a region for ever, by brute force: guess which strong
 * classes are possible only finitely often, then nested fixpoints (Emerson and Lei 1986).
 */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

function fairStates(
  edges: readonly Edge[],
  fairness: Fairness,
  region: ReadonlySet<number>,
): Set<number> {
  const labelsOf = new Map<number, Set<string>>();
  for (const { from, label } of edges)
    labelsOf.set(from, (labelsOf.get(from) ?? new Set()).add(label));
  const possible = (state: number, label: string): boolean =>
    labelsOf.get(state)?.has(label) === true;
  const declared = Object.keys(fairness).filter((label) => fairness[label] !== undefined);
  const strong = declared.filter((label) => fairness[label] === 'strong');
  const fair = new Set<number>();
  for (let guess = 0; guess < 2 ** strong.length; guess++) {
    const never = strong.filter((_, bit) => (guess >> bit) & 1);
    const inside = [...region].filter((s) => !never.some((label) => possible(s, label)));
    const owed = declared.filter((label) => !never.includes(label));
    for (const state of recurring(edges, possible, new Set(inside), owed, fairness))
      fair.add(state);
  }
  const within = edges.filter(({ from }) => region.has(from));
  return backwards(within, fair, region);
}

/** The greatest set in which every owed class is, again and again, taken or found impossible. */
function recurring(
  edges: readonly Edge[],
  possible: (state: number, label: string) => boolean,
  inside: ReadonlySet<number>,
  owed: readonly string[],
  fairness: Fairness,
): ReadonlySet<number> {
  let z = inside;
  for (;;) {
    const steps = edges.filter(({ from, to }) => z.has(from) && z.has(to));
    let next = z;
    for (const label of owed) {
      // That a strong class is possible no more is guessed; a weak one may be impossible now and then.
      const settled = new Set(
        fairness[label] === 'weak' ? [...z].filter((state) => !possible(state, label)) : [],
      );
      for (const step of steps) if (step.label === label) settled.add(step.from);
      const reaching = backwards(steps, settled, z);
      next = new Set([...next].filter((state) => reaching.has(state)));
    }
    if (next.size === z.size) return z;
    z = next;
  }
}

function backwards(
  edges: readonly Edge[],
  goals: ReadonlySet<number>,
  region: ReadonlySet<number>,
): Set<number> {
  const reached = new Set(goals);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { from, to } of edges)
      if (region.has(from) && reached.has(to) && !reached.has(from)) {
        reached.add(from);
        grown = true;
      }
  }
  return reached;
}
