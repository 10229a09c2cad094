import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 5000 } as const;
export const scenarios = {
  'fault-free': {
    description: 'Nothing fails and every participant votes yes.',
    parameters: { votes: 'yes' },
    ...clear,
  },
} as const satisfies Record<string, Scenario>;
