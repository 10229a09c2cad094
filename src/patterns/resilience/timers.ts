/** The times that policies count: instances of families, one for each call that has to do with one. */
import { assign, setup } from 'xstate';
import type { Drawn } from './backoff.ts';

/** Ends when its time is over. */
export const timerMachine = setup({ delays: { time: 0 } }).createMachine({
  id: 'policy-timer',
  initial: 'counting',
  states: { counting: { after: { time: 'over' } }, over: { type: 'final' } },
});

/** The same, its time depending on a number that is given when it starts. */
export const givenTimerMachine = setup({
  types: { context: {} as { readonly of: number }, input: {} as { readonly of: number } },
  delays: { time: 0 },
}).createMachine({
  id: 'policy-given-timer',
  context: ({ input: { of } }) => ({ of }),
  initial: 'counting',
  states: { counting: { after: { time: 'over' } }, over: { type: 'final' } },
});

interface WaitInput {
  /** Which retry it is before, from 0. */
  readonly n: number;
  readonly previous?: Drawn;
}

/** What must be known to say how long a drawn wait is; the law of the wait is the process's matter. */
export type DelayOf = (n: number, level: number, previous: Drawn | undefined) => Drawn;

/** The wait before a retry. Where its jitter is a choice, that is made first, at once. */
export function backoffMachine(drawn: DelayOf, isDrawn: boolean) {
  return setup({
    types: {
      context: {} as WaitInput & { readonly drawn?: Drawn },
      input: {} as WaitInput,
      events: {} as { readonly type: 'DRAW'; readonly level: number },
      output: {} as Drawn | null,
    },
    guards: { isCertain: () => !isDrawn },
    actions: {
      draw: assign({
        drawn: ({ context: { n, previous }, event: { level } }) => drawn(n, level, previous),
      }),
    },
    delays: { backoff: 0 },
  }).createMachine({
    id: 'retry-backoff',
    context: ({ input }) => input,
    initial: 'drawing',
    states: {
      drawing: {
        always: { guard: 'isCertain', target: 'waiting' },
        on: { DRAW: { target: 'waiting', actions: 'draw' } },
      },
      waiting: { after: { backoff: 'over' } },
      over: { type: 'final' },
    },
    output: ({ context }) => context.drawn ?? null,
  });
}
