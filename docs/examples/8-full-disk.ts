/**
 * 8. A full disk: a forced write that fails stops its node, unless the machine says what to do then. Here a
 * participant that cannot write its promise votes no.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/8-full-disk.ts
 *     npm run -s counterpoint -- check docs/examples/8-full-disk.ts --scope failedWrites=1
 */
import { fileURLToPath } from 'node:url';
import { check, invariant, send, variant, write } from 'counterpoint';
import { emit } from 'xstate';
import { system as commit } from './1-define-and-run.ts';

const staysUp = invariant('participants stay up', ({ all }) =>
  all.every((process) => process.address === 'coordinator' || process.up),
);

/** As it is: the forced write holds the node, and nobody is there to be told that it fails. */
const stopping = variant(commit, 'stopping', { properties: [...commit.properties, staysUp] });

const vote = (yes: boolean) => emit(send('coordinator', { type: 'VOTE', yes }));

/** It goes on while the disk works, and hears of the end either way. */
export const system = variant(stopping, 'told', {
  patch: {
    participant: (config) => ({
      ...config,
      states: {
        ...config.states,
        working: {
          ...config.states?.working,
          on: { PREPARE: 'promising', ABORT: 'aborted' },
        },
        promising: {
          entry: emit(write('prepared', 'forced', 'SAVED', 'WRITE_FAILED')),
          on: {
            SAVED: { target: 'prepared', actions: vote(true) },
            WRITE_FAILED: { target: 'aborted', actions: vote(false) },
            ABORT: 'aborted',
          },
        },
      },
    }),
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const one of [stopping, system]) {
    const { verdict, distinct, properties } = check(one, {
      scope: { failedWrites: 1, restarts: 1 },
      stopAtViolation: false,
    });
    console.log(`${one.name}: ${verdict} in ${distinct} states`);
    for (const property of properties) console.log(`  ${property.name}: ${property.verdict}`);
  }
