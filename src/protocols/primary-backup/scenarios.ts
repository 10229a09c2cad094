/** Situations of primary-backup replication: what it survives, what blocks it, and what it does not survive. */
import type { Scenario } from '../../model/scenario.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {
  'no-faults': { description: 'Nothing fails.' },
  'primary-crash': {
    description: 'The primary dies, and the backup takes over.',
    faults: [{ fault: 'crash', node: 's1', atMs: 400 }],
  },
  'backup-crash': {
    description: 'The backup dies, and an idle server takes its place.',
    faults: [{ fault: 'crash', node: 's2', atMs: 400 }],
  },
};
