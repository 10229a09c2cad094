/**
 * 2. Check: every execution within a scope, and a shortest counterexample where there is one.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/2-check.ts
 *     npm run -s counterpoint -- check docs/examples/1-define-and-run.ts --scope crashes=1 restarts=0
 */
import { check, replay } from 'counterpoint';
import { story } from 'counterpoint/reports';
import { system } from './1-define-and-run.ts';

// A node may crash between any two effects, and comes back: the protocol recovers.
const repaired = check(system, { scope: { crashes: 1 } });
console.log(`with restarts: ${repaired.verdict} in ${repaired.distinct} states`);

// The same, but nobody comes back: two-phase commit blocks, and here is how.
const { verdict, properties } = check(system, { scope: { crashes: 1, restarts: 0 } });
console.log(`without: ${verdict}`);
for (const { name, counterexample } of properties)
  if (counterexample !== undefined && 'decisions' in counterexample) {
    console.log(`\n${name} is violated. ${story(replay(system, counterexample))}`);
  }
