/**
 * 4. Swap a rule: the same machines with one guard replaced, and the check that tells what it was for.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/4-swap-a-rule.ts
 */
import { check, replay, variant } from 'counterpoint';
import { story } from 'counterpoint/reports';
import { system } from './1-define-and-run.ts';

const impatient = variant(system, 'impatient', {
  provide: { participant: { guards: { mayDecideAlone: () => true } } },
});

const { verdict, properties } = check(impatient);
console.log(`${impatient.name}: ${verdict}`);
for (const { name, counterexample } of properties)
  if (counterexample !== undefined && 'decisions' in counterexample)
    console.log(`\n${name} is violated. ${story(replay(impatient, counterexample))}`);
