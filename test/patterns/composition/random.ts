/** Random compositions and random services, whose every figure follows from their inputs. */
import * as fc from 'fast-check';
import { constant } from '../../../src/index.ts';
import {
  attempt,
  type Composition,
  choice,
  compute,
  fail,
  forEach,
  loop,
  parallel,
  race,
  sequence,
  task,
  wait,
} from '../../../src/patterns/index.ts';
import type { Behaviour } from './reference.ts';
import { serviceIds } from './simulated.ts';

/** A number from a text, 32 bits (FNV-1a with a last stir). */
export function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  return (h ^ (h >>> 13)) >>> 0;
}

const of = (salt: number, data: unknown) => hash(`${salt} ${JSON.stringify(data)}`);

/** Services whose times in microseconds hardly ever meet. */
export function behaviour(seed: number, failPercent: number): Behaviour {
  return (service, input) => {
    const h = hash(`${seed} ${service} ${JSON.stringify(input)}`);
    const ms = (1 + (h % 1_000_003)) / 1000;
    if (hash(`fails ${h}`) % 100 < failPercent) return { ms, error: h % 2 === 0 ? 'e1' : 'e2' };
    return { ms, output: h % 10 };
  };
}

export const behaviours = fc
  .tuple(fc.nat(1_000_000), fc.constantFrom(0, 20, 60))
  .map(([seed, failPercent]) => ({ seed, failPercent }));

const id = 'composition';
const salts = fc.nat(7);
const errors = fc.constantFrom('e1', 'e2', 'no-choice', 'all-failed', 'too-many-rounds');

/** Compositions of a few parts; `depth` bounds how deeply they nest. */
export const compositions: fc.Arbitrary<Composition> = fc.letrec<{ plan: Composition }>((tie) => {
  const plan = tie('plan');
  const few = (min: number) =>
    fc.array(plan, { minLength: min, maxLength: 3, depthIdentifier: id });
  return {
    plan: fc.oneof(
      { depthIdentifier: id, maxDepth: 5, depthSize: 'large' },
      { weight: 4, arbitrary: fc.constantFrom(...serviceIds).map((one) => task(one)) },
      {
        weight: 2,
        arbitrary: fc.tuple(fc.constantFrom(...serviceIds), salts).map(([one, salt]) =>
          task(
            one,
            (x) => of(salt, x) % 3,
            (answer, x) => [answer, of(salt, x) % 5],
          ),
        ),
      },
      { weight: 1, arbitrary: salts.map((salt) => compute((x) => of(salt, x) % 10)) },
      {
        weight: 1,
        arbitrary: salts.map((salt) => wait((x) => constant((of(salt, x) % 999_983) / 1000))),
      },
      { weight: 1, arbitrary: fc.constantFrom('e1', 'e2').map((error) => fail(error)) },
      { weight: 3, arbitrary: few(0).map((steps) => sequence(...steps)) },
      { weight: 3, arbitrary: few(0).map((branches) => parallel(...branches)) },
      { weight: 3, arbitrary: few(1).map((branches) => race(...branches)) },
      {
        weight: 2,
        arbitrary: fc.tuple(plan, plan, salts, fc.boolean()).map(([one, other, salt, whole]) => {
          const first = [(x: unknown) => of(salt, x) % 3 === 0, one] as const;
          const second = [(x: unknown) => of(salt, x) % 3 === 1, other] as const;
          return whole ? choice(first, other) : choice(first, second);
        }),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(plan, salts, fc.nat(3))
          .map(([body, salt, atMost]) => loop((x) => of(salt, x) % 3 > 0, body, { atMost })),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(plan, salts, fc.nat(2)).map(([body, salt, concurrency]) =>
          forEach((x) => Array.from({ length: of(salt, x) % 4 }, (_, index) => index), body, {
            concurrency,
          }),
        ),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(plan, fc.option(errors), plan, fc.boolean())
          .map(([body, error, handler, twice]) => {
            const once =
              error === null ? attempt(body).catch(handler) : attempt(body).catch(error, handler);
            return twice ? once.catch(compute((x) => of(1, x) % 10)) : once;
          }),
      },
    ),
  };
}).plan;
