/** Mistakes in Raft's leases, each a small change of one rule, with the faults under which its clients see it. */
import type { AnyStateMachine } from 'xstate';
import type { RunOptions, Variation } from '../../src/index.ts';
import { renewedAt } from '../../src/protocols/raft/leases.ts';
import type { Seen, ServerInput } from '../../src/protocols/raft/server-state.ts';

export interface LeaseBug {
  readonly name: string;
  readonly mutation: string;
  readonly source: string;
  readonly variation: Variation;
  /** One run of `kv-raft/leases`. */
  readonly run: Omit<RunOptions, 'seed'>;
}

type Rules = Parameters<AnyStateMachine['provide']>[0];
const guards = (rules: object): Variation => ({ provide: { server: { guards: rules } as Rules } });

/** The reading of the clock that comes with every event. */
const now = ({ event }: Seen): number => (event as unknown as { readonly now: number }).now;

const get = { type: 'GET', key: 'k1' } as const;
/** c2 is not heard by s1 and turns to the next servers; c1 reads at s1 all the while. */
const operations = [
  { process: 'c2', operation: { type: 'PUT', key: 'k1', value: 'new ' }, afterMs: 262 },
  { process: 'c1', operation: get, afterMs: 240 },
  ...Array.from({ length: 90 }, () => ({ process: 'c1', operation: get, afterMs: 3 })),
] as const;

const bothWays = (a: string, b: string): readonly (readonly [string, string])[] => [
  [a, b],
  [b, a],
];
/** Only s2 and c2 do not hear s1: s2 stands while s3 hears it. */
const deaf = {
  fault: 'partition',
  links: [...bothWays('s1', 's2'), ...bothWays('s1', 'c2')],
  atMs: 256,
  forMs: 400,
} as const;
/** The heartbeat of 403 ms is answered by s3 at 404 ms, and the request of s2 for its vote comes at 405 ms. */
const perfect = { standing: `s1 s2${' s1,s2,s3'.repeat(10)}`, driftPercent: 0 };

export const leaseBugs: readonly LeaseBug[] = [
  {
    name: 'lease-ignores-drift',
    mutation: 'The lease is not shortened by the bound of the drift of clocks.',
    source: 'bug-zoo raft-lease-ignores-drift (dissertation 6.4.1)',
    variation: guards({
      holdsLease: (seen: Seen) => now(seen) < (renewedAt(seen.context) ?? 0) + 150,
    }),
    run: { scenario: 'slow-leader' },
  },
  {
    name: 'lease-of-one-answer',
    mutation: 'Whatever one server answers renews the lease.',
    source: 'own: of five servers two are no majority',
    variation: guards({
      holdsLease: (seen: Seen) =>
        now(seen) < Math.max(0, ...Object.values(seen.context.renewed)) + seen.context.leaseMs,
    }),
    run: {
      scenario: 'quick',
      parameters: { ...perfect, servers: 5, standing: 's1 s3 s4' },
      operations,
      faults: [{ fault: 'partition', groups: [['s1', 's2', 'c1']], atMs: 256, forMs: 600 }],
    },
  },
  {
    name: 'candidates-heeded',
    mutation: 'Who hears a leader votes for another one all the same.',
    source: 'own: what a lease rests on (dissertation 4.2.3)',
    variation: guards({ ignoresCandidates: () => false }),
    run: { scenario: 'quick', parameters: perfect, operations, faults: [deaf] },
  },
  {
    name: 'promise-forgotten-by-crash',
    mutation: 'Who restarts votes at once, whatever it has promised before the crash.',
    source: 'own: what is promised outlives a crash',
    variation: {
      recover: {
        server: (records, original) => ({
          ...(original(records) as ServerInput),
          isRestarted: false,
        }),
      },
    },
    run: {
      scenario: 'quick',
      parameters: perfect,
      operations,
      faults: [deaf, { fault: 'crash', node: 's3', atMs: 404.3, forMs: 0.4 }],
    },
  },
];
