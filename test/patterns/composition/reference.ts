/**
 * A second interpreter of compositions, written from the rules of docs/semantics.md, section 16.3, alone: a
 * recursive function over the tree, an agenda of answers by their times, and no statechart.
 */
import type { Composition, CompositionError } from '../../../src/patterns/composition/index.ts';

/** What a service makes of an input, and after how long. */
export type Behaviour = (
  service: string,
  input: unknown,
) => { readonly ms: number } & ({ readonly output: unknown } | { readonly error: string });

export interface Observed {
  readonly result: { readonly output: unknown } | { readonly error: CompositionError } | 'none';
  readonly endedAtMs: number;
  /** Every call in the order in which they were made. */
  readonly calls: readonly {
    readonly key: string;
    readonly service: string;
    readonly input: unknown;
    readonly atMs: number;
  }[];
  /** Keys of the calls that were taken back, sorted. */
  readonly cancelled: readonly string[];
}

type Then<T> = (value: T) => void;
/** What is under way in some part: given up, each tells what it must. */
type Scope = Set<() => void>;

export function interpret(plan: Composition, data: unknown, behaviour: Behaviour): Observed {
  let now = 0;
  let serial = 0;
  let agenda: { readonly at: number; readonly serial: number; readonly run: () => void }[] = [];
  // Items of a forEach start once the step is over, and their ends are events after it.
  const starting: (() => void)[] = [];
  const local: (() => void)[] = [];
  const calls: Observed['calls'][number][] = [];
  const cancelled: string[] = [];
  let result: Observed['result'] = 'none';
  let endedAtMs = 0;

  const later = (ms: number, scope: Scope, given: (() => void) | undefined, then: () => void) => {
    const entry = {
      at: now + Math.round(ms * 1000),
      serial: serial++,
      run: () => {
        scope.delete(giveUp);
        then();
      },
    };
    const giveUp = () => {
      agenda = agenda.filter((one) => one !== entry);
      given?.();
    };
    scope.add(giveUp);
    agenda.push(entry);
  };

  const giveUpAll = (scope: Scope) => {
    for (const giveUp of [...scope]) giveUp();
    scope.clear();
  };

  const go = (
    part: Composition,
    x: unknown,
    key: string,
    scope: Scope,
    done: Then<unknown>,
    failed: Then<CompositionError>,
  ): void => {
    const d = x as never;
    switch (part.kind) {
      case 'task': {
        const input = part.input === undefined ? x : part.input(d);
        calls.push({ key, service: part.service, input, atMs: now / 1000 });
        const end = behaviour(part.service, input);
        later(
          end.ms,
          scope,
          () => cancelled.push(key),
          () => {
            if ('error' in end) failed(end.error);
            else done(part.output === undefined ? end.output : part.output(end.output as never, d));
          },
        );
        return;
      }
      case 'compute':
        return done(part.output(d));
      case 'wait': {
        const law = typeof part.delay === 'function' ? part.delay(d) : part.delay;
        if (law.kind !== 'constant') throw new Error('only constant waits have a known end');
        return later(law.ms, scope, undefined, () => done(x));
      }
      case 'fail':
        return failed(typeof part.error === 'function' ? part.error(d) : part.error);
      case 'sequence': {
        const step = (index: number, data: unknown): void => {
          const next = part.steps[index];
          if (next === undefined) return done(data);
          go(next, data, `${key}.${index + 1}`, scope, (value) => step(index + 1, value), failed);
        };
        return step(0, x);
      }
      case 'choice': {
        const found = part.rules.findIndex(({ when }) => when(d));
        const chosen = found < 0 ? part.otherwise : part.rules[found]?.part;
        if (chosen === undefined) return failed('no-choice');
        const number = found < 0 ? part.rules.length + 1 : found + 1;
        return go(chosen, x, `${key}.${number}`, scope, done, failed);
      }
      case 'loop': {
        const round = (rounds: number, data: unknown): void => {
          if (!part.while(data as never, rounds)) return done(data);
          if (rounds === part.atMost) return failed('too-many-rounds');
          const next = (value: unknown) => round(rounds + 1, value);
          go(part.body, data, `${key}.#${rounds + 1}`, scope, next, failed);
        };
        return round(0, x);
      }
      case 'attempt': {
        const catching = (error: CompositionError): void => {
          const name = typeof error === 'string' ? error : 'all-failed';
          const found = part.catchers.findIndex(({ errors }) => errors?.includes(name) ?? true);
          const handler = part.catchers[found]?.handler;
          if (handler === undefined) return failed(error);
          go(handler, { error, input: x }, `${key}.${found + 2}`, scope, done, failed);
        };
        return go(part.body, x, `${key}.1`, scope, done, catching);
      }
      case 'parallel':
      case 'race': {
        const isRace = part.kind === 'race';
        const ends: unknown[] = [];
        const inner: Scope = new Set();
        const giveUp = () => giveUpAll(inner);
        scope.add(giveUp);
        let over = false;
        let open = part.branches.length;
        const finish = (then: () => void) => {
          over = true;
          scope.delete(giveUp);
          giveUp();
          then();
        };
        if (open === 0) return finish(() => done([]));
        const wins = (value: unknown) => finish(() => done(value));
        const loses = (error: CompositionError) => finish(() => failed(error));
        const noted = (index: number, then: () => void) => (end: unknown) => {
          ends[index] = end;
          open--;
          if (open === 0) finish(then);
        };
        for (const [index, branch] of part.branches.entries()) {
          if (over) return;
          const all = isRace ? () => failed(ends as CompositionError[]) : () => done(ends);
          const note = noted(index, all);
          go(branch, x, `${key}.${index + 1}`, inner, isRace ? wins : note, isRace ? note : loses);
        }
        return;
      }
      case 'forEach': {
        const items = part.items(d);
        if (items.length === 0) return done([]);
        const outputs: unknown[] = [];
        const running = new Map<number, Scope>();
        let next = 0;
        let ended = 0;
        let over = false;
        const giveUp = () => {
          over = true;
          for (const one of running.values()) local.push(() => giveUpAll(one));
        };
        const finish = (then: () => void) => {
          scope.delete(giveUp);
          giveUp();
          then();
        };
        const start = (): void => {
          const limit = part.concurrency === 0 ? items.length : part.concurrency;
          while (next < items.length && running.size < limit) {
            const index = next++;
            const own: Scope = new Set();
            running.set(index, own);
            const end = (then: () => void) => () =>
              local.push(() => {
                if (over) return;
                running.delete(index);
                then();
              });
            const single = part.body.kind === 'sequence' ? '' : '.1';
            const itemKey = `${key}.${index}:${single}`;
            starting.push(() =>
              go(
                part.body,
                items[index],
                itemKey,
                own,
                (value) =>
                  end(() => {
                    outputs[index] = value;
                    if (++ended === items.length) finish(() => done(outputs));
                    else start();
                  })(),
                (error) => end(() => finish(() => failed(error)))(),
              ),
            );
          }
        };
        scope.add(giveUp);
        return start();
      }
    }
  };

  const settle = () => {
    for (;;) {
      const next = starting.shift() ?? local.shift();
      if (next === undefined) return;
      next();
    }
  };

  const ends = (end: Observed['result']) => {
    result = end;
    endedAtMs = now / 1000;
  };
  const first = plan.kind === 'sequence' ? '' : '.1';
  go(
    plan,
    data,
    first,
    new Set(),
    (output) => ends({ output }),
    (error) => ends({ error }),
  );
  settle();
  for (;;) {
    const [next] = agenda.sort((a, b) => a.at - b.at || a.serial - b.serial);
    if (next === undefined) break;
    agenda = agenda.filter((one) => one !== next);
    now = next.at;
    next.run();
    settle();
  }
  const named = (key: string) => key.replaceAll(':.', ':').replace(/^\./, '');
  return {
    result,
    endedAtMs,
    calls: calls.map((call) => ({ ...call, key: named(call.key) })),
    cancelled: cancelled.map(named).sort(),
  };
}
