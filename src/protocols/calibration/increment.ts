/**
 * Two threads that increment a shared number without a lock (stateright/stateright, increment.rs): reads
 * before a write lose an increment, so the invariant is violated, which is the point of the example.
 * Shared memory and no messages: a transition system.
 */
import { integer } from '../../model/parameters.ts';
import { defineTransitionSystem } from '../../model/transition-system.ts';

interface Thread {
  /** What it has read. */
  readonly t: number;
  /** 1: it reads next; 2: it writes next; 3: it has ended. */
  readonly pc: 1 | 2 | 3;
}

interface State {
  readonly shared: number;
  readonly threads: readonly Thread[];
}

export const increment = defineTransitionSystem({
  name: 'calibration/increment',
  description: 'Threads that increment a shared number without a lock; an increment is lost.',
  parameters: {
    threads: integer(2, { min: 1, max: 8 }),
    symmetric: {
      kind: 'parameter',
      default: false,
      description: 'states counted up to permutation of the threads, which are then sorted',
    },
  },
  initial: ({ threads }): readonly State[] => [
    { shared: 0, threads: Array.from({ length: threads }, () => ({ t: 0, pc: 1 })) },
  ],
  *next({ shared, threads }, { symmetric }) {
    // A thread is its pair, so that a sorted list of pairs is a canonical form.
    const ordered = (all: readonly Thread[]): readonly Thread[] =>
      symmetric ? all.toSorted((a, b) => a.t - b.t || a.pc - b.pc) : all;
    for (const [i, { t, pc }] of threads.entries()) {
      const become = (thread: Thread): readonly Thread[] => ordered(threads.with(i, thread));
      if (pc === 1)
        yield {
          label: `read ${i + 1}`,
          state: { shared, threads: become({ t: shared, pc: 2 }) },
        };
      if (pc === 2)
        yield { label: `write ${i + 1}`, state: { shared: t + 1, threads: become({ t, pc: 3 }) } };
    }
  },
  properties: ({ invariant }) => [
    invariant(
      'no increment is lost',
      ({ shared, threads }) => shared === threads.filter(({ pc }) => pc === 3).length,
      { description: 'The number equals the count of threads that have ended.' },
    ),
  ],
});
