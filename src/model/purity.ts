/**
 * A guard or an assign that reads the clock or draws a random number makes two runs of one seed
 * differ, and nobody sees it. So both throw while a step runs, in every driver.
 */
import { UserMistake } from './errors.ts';

const realDate = globalThis.Date;

const refuseRandom = (): number => {
  throw new UserMistake(
    'it called Math.random(); declare the alternatives as choices of the process instead',
  );
};

const refuseClock = (): never => {
  throw new UserMistake(
    'it read the clock through Date; declare `clock: true` on the process and use `event.now` instead',
  );
};

const ForbiddenDate = new Proxy(realDate, {
  construct: refuseClock,
  apply: refuseClock,
  get: (target, key, receiver) =>
    key === 'now' ? refuseClock : Reflect.get(target, key, receiver),
});

/** Runs `step` with `Date` and `Math.random` forbidden, and gives both back whatever happens. */
export function withoutClockOrChance<T>(step: () => T): T {
  if (Math.random === refuseRandom) return step();
  const { Date: outerDate } = globalThis;
  const outerRandom = Math.random;
  globalThis.Date = ForbiddenDate;
  Math.random = refuseRandom;
  try {
    return step();
  } finally {
    globalThis.Date = outerDate;
    Math.random = outerRandom;
  }
}
