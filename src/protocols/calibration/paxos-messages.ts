/**
 * Single-decree Paxos over a message set (tlaplus/Examples, Paxos.tla; Lamport, The Part-Time Parliament,
 * 1998, and Paxos Made Simple, 2001).
 *
 * A transition system, though it has messages: its leader has no state at all, and phase 2a looks at the
 * 1b messages of a whole quorum at once, while they stay in the set. As machines, a leader would have to
 * receive one promise after the other and remember them; each receipt would be a state more, and the
 * published counts are of the model without. paxos-actors.ts is Paxos as machines.
 */
import { integer, type ParameterValues } from '../../model/parameters.ts';
import { defineTransitionSystem, type Successor } from '../../model/transition-system.ts';

/** Ballots and values count from 0; -1 is no ballot and no value. */
const none = -1;

/** What an acceptor last voted for: ballot and value. */
type Vote = readonly [ballot: number, value: number];

interface State {
  /** For each acceptor maxBal, maxVBal and maxVal. */
  readonly acceptors: readonly (readonly [maxBal: number, maxVBal: number, maxVal: number])[];
  /** By ballot: whether 1a was sent. */
  readonly prepares: readonly boolean[];
  /** By ballot and acceptor: the vote that its 1b reports, or null while there is no 1b. */
  readonly promises: readonly (readonly (Vote | null)[])[];
  /** By ballot: the value of its 2a, or none. The guard of phase 2a allows one at most. */
  readonly proposals: readonly number[];
  /** By ballot: the acceptors that have sent a 2b for its 2a. */
  readonly votes: readonly (readonly boolean[])[];
}

const parameters = {
  acceptors: integer(3, { min: 1, max: 5 }),
  values: integer(2, { min: 1, max: 4 }),
  ballots: integer(2, { min: 1, max: 4 }),
  witnesses: {
    kind: 'parameter',
    default: true,
    description:
      'a successor for each witness and for what changes nothing, as TLC counts; else a rule that changes nothing is disabled, and each ballot and value has one successor',
  },
} as const;

type Values = ParameterValues<typeof parameters>;

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The smallest majorities of the acceptors. */
function quorums(acceptors: number): readonly (readonly number[])[] {
  const size = Math.floor(acceptors / 2) + 1;
  return range(2 ** acceptors)
    .map((set) => range(acceptors).filter((a) => (set >> a) % 2 === 1))
    .filter((members) => members.length === size);
}

/**
 * The rule of phase 2a: in how many ways the promises of some quorum allow the value. A quorum that
 * reports no vote allows any value, in one way; else each of its reports of the highest vote allows
 * the value of that vote.
 */
function waysToPropose(
  promises: readonly (Vote | null)[],
  value: number,
  majorities: readonly (readonly number[])[],
): number {
  let ways = 0;
  for (const members of majorities) {
    const reports = members.map((a) => promises[a] ?? null);
    const voted = reports.filter((report) => report !== null);
    if (voted.length < members.length) continue;
    const highest = Math.max(...voted.map(([ballot]) => ballot));
    ways +=
      highest === none
        ? 1
        : voted.filter(([ballot, reported]) => ballot === highest && reported === value).length;
  }
  return ways;
}

function* leaderSteps(state: State, { acceptors, values, witnesses }: Values) {
  const majorities = quorums(acceptors);
  for (const [b, prepared] of state.prepares.entries()) {
    if (witnesses || !prepared)
      yield { label: `1a(${b})`, state: { ...state, prepares: state.prepares.with(b, true) } };
    if (state.proposals[b] !== none) continue;
    for (const v of range(values)) {
      const ways = waysToPropose(state.promises[b] ?? [], v, majorities);
      for (let way = 0; way < (witnesses ? ways : Math.min(ways, 1)); way++)
        yield {
          label: `2a(${b}, ${v})`,
          state: { ...state, proposals: state.proposals.with(b, v) },
        };
    }
  }
}

function* acceptorSteps(state: State, { witnesses }: Values): Generator<Successor<State>> {
  const { acceptors, prepares, promises, proposals, votes } = state;
  for (const [a, [maxBal, maxVBal, maxVal]] of acceptors.entries())
    for (const [b, prepared] of prepares.entries()) {
      if (prepared && b > maxBal)
        yield {
          label: `1b(${a}, ${b})`,
          state: {
            ...state,
            acceptors: acceptors.with(a, [b, maxVBal, maxVal]),
            promises: promises.with(b, (promises[b] ?? []).with(a, [maxVBal, maxVal])),
          },
        };
      const v = proposals[b] ?? none;
      const ballotVotes = votes[b] ?? [];
      if (v !== none && b >= maxBal && (witnesses || ballotVotes[a] !== true))
        yield {
          label: `2b(${a}, ${b}, ${v})`,
          state: {
            ...state,
            acceptors: acceptors.with(a, [b, b, v]),
            votes: votes.with(b, ballotVotes.with(a, true)),
          },
        };
    }
}

/** The values that some quorum has voted for at one ballot. */
function chosen({ acceptors, proposals, votes }: State): ReadonlySet<number> {
  const size = Math.floor(acceptors.length / 2) + 1;
  return new Set(
    proposals.filter((_, b) => (votes[b] ?? []).filter((voted) => voted).length >= size),
  );
}

export const paxosMessages = defineTransitionSystem({
  name: 'calibration/paxos-messages',
  description: 'Single-decree Paxos over a message set, with counts published for TLC.',
  parameters,
  initial: ({ acceptors, ballots }): readonly State[] => [
    {
      acceptors: range(acceptors).map(() => [none, none, none]),
      prepares: range(ballots).map(() => false),
      promises: range(ballots).map(() => range(acceptors).map(() => null)),
      proposals: range(ballots).map(() => none),
      votes: range(ballots).map(() => range(acceptors).map(() => false)),
    },
  ],
  *next(state, values) {
    yield* leaderSteps(state, values);
    yield* acceptorSteps(state, values);
  },
  properties: ({ invariant, transition }) => [
    invariant('one value is chosen', (state) => chosen(state).size <= 1, {
      description: 'At most one value has, at some ballot, the votes of a quorum.',
    }),
    transition(
      'one value per ballot',
      (before, after) =>
        before.proposals.every((v, b) => v === none || v === (after.proposals[b] ?? none)),
      { description: 'Two 2a messages of one ballot carry the same value.' },
    ),
    invariant(
      'acceptors remember their votes',
      ({ acceptors, proposals, votes }) =>
        acceptors.every(
          ([maxBal, maxVBal, maxVal], a) =>
            maxBal >= maxVBal &&
            (maxVBal === none
              ? maxVal === none
              : votes[maxVBal]?.[a] === true && proposals[maxVBal] === maxVal),
        ),
      { description: 'maxVBal and maxVal are the vote of a 2b that was sent, or none.' },
    ),
    invariant(
      'promises tell the truth',
      ({ promises, proposals, votes }) =>
        promises.every((reports) =>
          reports.every(
            (report, a) =>
              report === null ||
              (report[0] === none
                ? report[1] === none
                : votes[report[0]]?.[a] === true && proposals[report[0]] === report[1]),
          ),
        ),
      { description: 'The vote that a 1b reports is a 2b of its acceptor, or none.' },
    ),
  ],
});
