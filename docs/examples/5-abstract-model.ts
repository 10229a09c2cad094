/**
 * 5. Abstract model: labelled successors over plain data, where machines would say too much. This is
 * TCommit, the specification of transaction commit (Gray and Lamport 2006, section 2): 34 states for
 * three resource managers, as published with the TLA+ examples.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/5-abstract-model.ts
 */
import { fileURLToPath } from 'node:url';
import { check, defineTransitionSystem, integer } from 'counterpoint';

type Manager = 'working' | 'prepared' | 'committed' | 'aborted';
type Managers = readonly Manager[];

const canCommit = (all: Managers) => all.every((one) => one === 'prepared' || one === 'committed');
const noneCommitted = (all: Managers) => !all.includes('committed');

export const system = defineTransitionSystem({
  name: 'transaction-commit',
  parameters: { managers: integer(3, { min: 1, max: 8 }) },
  initial: ({ managers }): Managers[] => [Array.from({ length: managers }, () => 'working')],
  *next(all) {
    for (const [index, one] of all.entries()) {
      const rm = `rm${index + 1}`;
      const become = (next: Manager) => ({ label: `${rm} ${next}`, state: all.with(index, next) });
      if (one === 'working') yield become('prepared');
      if (one === 'prepared' && canCommit(all)) yield become('committed');
      if ((one === 'working' || one === 'prepared') && noneCommitted(all)) yield become('aborted');
    }
  },
  properties: ({ invariant, reachable }) => [
    invariant('consistency', (all) => noneCommitted(all) || !all.includes('aborted')),
    reachable('a commit', (all) => all.every((one) => one === 'committed')),
  ],
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { verdict, distinct, generated, depth } = check(system);
  console.log(`${verdict}: ${distinct} states, ${generated} generated, depth ${depth}`);
}
