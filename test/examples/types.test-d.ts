/**
 * What the compiler must infer and what it must refuse. `npx tsc -p tsconfig.json` runs this file: an
 * error that does not come is an error too.
 */
import {
  check,
  constant,
  defineNode,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  type Effect,
  integer,
  invariant,
  oneOf,
  type Received,
  replicate,
  run,
  send,
  type View,
  variant,
  write,
} from 'counterpoint';
import { emit, setup } from 'xstate';

type Message = { type: 'PREPARE' } | { type: 'VOTE'; yes: boolean };
type LogRecord = { record: 'prepared'; round: number };

const participant = setup({
  types: {
    context: {} as { able: boolean; round: number },
    input: {} as { able: boolean; found: 'prepared' | 'nothing' },
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, LogRecord>,
  },
  delays: { patience: 100 },
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({ able: input.able, round: 1 }),
  initial: 'working',
  states: {
    working: { on: { PREPARE: 'prepared' }, after: { patience: 'aborted' } },
    prepared: {},
    aborted: {},
  },
});

const clock = setup({ types: { context: {} as { ticks: number } } }).createMachine({
  id: 'clock',
  context: { ticks: 0 },
});

/** Only its type counts: `same<A, B>()` compiles when the two are the same type. */
const same = <A, B>(
  ..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void => {};

const first = { able: true, found: 'nothing' } as const;

// Messages and records.

setup({
  types: { events: {} as Received<Message>, emitted: {} as Effect<Message, LogRecord> },
}).createMachine({
  entry: [
    emit(send('p1', { type: 'VOTE', yes: true })),
    // @ts-expect-error a misspelt message
    emit(send('p1', { type: 'VOTES', yes: true })),
    // @ts-expect-error a message without its payload
    emit(send('p1', { type: 'VOTE' })),
    emit(write({ record: 'prepared', round: 1 }, 'forced')),
    // @ts-expect-error a record that this machine does not write
    emit(write({ record: 'commit', round: 1 }, 'forced')),
  ],
});

// Input, delays, choices and recovery are those of the machine.

defineProcess({ machine: participant, input: first });
// @ts-expect-error a wrong input
defineProcess({ machine: participant, input: { able: 'yes', found: 'nothing' } });
defineProcess({ machine: participant, input: first, delays: { patience: constant(5) } });
// @ts-expect-error a delay that the machine does not have
defineProcess({ machine: participant, input: first, delays: { patince: constant(5) } });
// @ts-expect-error a delay is a distribution, not a number
defineProcess({ machine: participant, input: first, delays: { patience: 5 } });
defineProcess({
  machine: participant,
  input: first,
  delays: { patience: ({ context }) => constant(context.round) },
  recover: (records) => {
    same<typeof records, readonly LogRecord[]>();
    // The text is checked as what the input allows, without `as const`.
    return { able: true, found: records.length > 0 ? 'prepared' : 'nothing' };
  },
});
// @ts-expect-error recovery makes an input that the machine does not take
defineProcess({ machine: participant, input: first, recover: () => ({ able: true, found: 'x' }) });
// @ts-expect-error a choice is one of the machine's own events
defineProcess({ machine: participant, input: first, choices: [{ event: { type: 'DECIDE' } }] });

// Properties know the processes by name, their contexts, the observer and the parameters.

const system = defineSystem({
  name: 'typed',
  parameters: {
    participants: 3,
    votes: oneOf(['any', 'yes']),
    rounds: integer(2, { min: 1 }),
    cooperative: false,
  },
  nodes: ({ participants, votes, rounds, cooperative }) => {
    same<typeof participants, number>();
    same<typeof votes, 'any' | 'yes'>();
    same<typeof rounds, number>();
    same<typeof cooperative, boolean>();
    return {
      leader: defineProcess({ machine: participant, input: first }),
      host: defineNode({ processes: { clock: defineProcess({ machine: clock }) } }),
      ...replicate('p', participants, (id, index) => {
        same<typeof id, `p${number}`>();
        same<typeof index, number>();
        return defineProcess({ machine: participant, input: first });
      }),
    };
  },
  observe: { initial: { decisions: 0 }, on: (observed) => observed },
  properties: ({ invariant, transition, reachable, alwaysPossible }) => [
    invariant('inference', ({ processes, observed, parameters }) => {
      same<typeof observed, { decisions: number }>();
      same<typeof parameters.votes, 'any' | 'yes'>();
      const { leader, p1 } = processes;
      if (leader.up) same<typeof leader.context, { able: boolean; round: number }>();
      // A replica may not be there: that depends on the parameter.
      if (p1?.up === true) same<typeof p1.context.round, number>();
      return processes['host/clock'].up;
    }),
    // @ts-expect-error a process that the system does not have
    invariant('misspelt process', ({ processes }) => processes.leadr.up),
    invariant(
      'misspelt context',
      // @ts-expect-error a field that the context does not have
      ({ processes: { leader } }) => leader.up && leader.context.abel,
    ),
    // @ts-expect-error a process that is down has no context
    invariant('down', ({ processes }) => processes.leader.context.able),
    transition('rounds grow', (before, after) => {
      same<typeof before, typeof after>();
      return before.observed.decisions <= after.observed.decisions;
    }),
    reachable('decided', ({ observed }) => observed.decisions > 0),
    alwaysPossible('goal', ({ all }) => all.every((process) => process.in('prepared')), {
      without: (decision) => decision.type === 'restart',
    }),
  ],
  settled: ({ processes }) => processes.leader.in('prepared'),
});

// A shared property, over any system whose observer keeps what it looks at.

const shared = invariant<Pick<View<Record<never, never>, { decisions: number }>, 'observed'>>(
  'few decisions',
  ({ observed }) => observed.decisions < 3,
);
variant(system, 'shared', { properties: [shared] });
variant(system, 'typed too', {
  properties: ({ invariant }) => [invariant('up', ({ processes }) => processes.leader.up)],
});
// @ts-expect-error a timing that there is not
variant(system, 'wrong', { timing: 'sometimes' });

// A constructor called in a plain list sees every process, but not which machine it is of.

defineSystem({
  name: 'untyped',
  nodes: () => ({ leader: defineProcess({ machine: participant, input: first }) }),
  properties: [invariant('up', ({ processes }) => processes.leader?.up === true)],
});

// Running and checking.

run(system, { seed: 1 });
// @ts-expect-error a run without a seed
run(system, {});
check(system, { timing: 'synchronous', scope: { crashes: 1 } });
check(system, { timing: 'timed', scope: { tickMs: 10, latency: '1..3', ticks: 20 } });
// @ts-expect-error a timing that there is not
check(system, { timing: 'timely' });

// Abstract systems.

defineTransitionSystem({
  name: 'counter',
  parameters: { top: 3 },
  initial: () => [{ count: 0 }],
  next: ({ count }, { top }) => (count < top ? [{ label: 'up', state: { count: count + 1 } }] : []),
  properties: ({ invariant, alwaysPossible }) => [
    invariant('small', ({ count }) => count < 4),
    alwaysPossible('full', ({ count }) => count === 3),
    // @ts-expect-error a field that the state does not have
    invariant('misspelt', ({ cuont }) => cuont < 4),
  ],
});

// Parameters of the system, for those who run and check it.

run(system, { seed: 1, parameters: { participants: 2, votes: 'yes' } });
// @ts-expect-error a parameter of another type
run(system, { seed: 1, parameters: { participants: 'two' } });
// @ts-expect-error a value that the parameter does not take
check(system, { parameters: { votes: 'no' } });
// @ts-expect-error a parameter that the system does not have
check(system, { parameters: { participant: 2 } });
