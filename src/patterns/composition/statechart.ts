/** The states of each part of a composition, and where they lead. */
import type { Position } from './flow.ts';
import {
  type Attempt,
  type Choice,
  type Composition,
  type Loop,
  type Parallel,
  partsOf,
  type Race,
} from './plan.ts';

export type StateConfig = Readonly<Record<string, unknown>>;

interface Action {
  readonly type: string;
  readonly params: object;
}

/** Where a thread goes on, and what is done on the way. */
interface Way {
  readonly target: string;
  readonly actions: readonly Action[];
}

/** Where failures lead: whose data becomes the error, and inside what everything is given up. */
interface Catching extends Way {
  readonly caughtBy: Position;
  readonly inside: Position;
}

/** States next to each other, in the order in which they are to be read. */
interface Region {
  /** `order.all.branch1` */
  readonly path: string;
  readonly thread: Position;
  readonly states: Record<string, StateConfig>;
}

/** Where a part stands, and where it leads. */
interface Site {
  readonly region: Region;
  readonly at: Position;
  readonly next: Way;
  readonly failed: Catching;
}

/** What the states of a composition come to beside them. */
export interface Statechart {
  readonly initial: string;
  readonly states: Readonly<Record<string, StateConfig>>;
  readonly parts: ReadonlyMap<Position, Composition>;
  /** The waits, each the delay `wait POSITION`, with their threads. */
  readonly waits: ReadonlyMap<Position, Position>;
  /** The forEachs, with the families of their items. */
  readonly families: ReadonlyMap<Position, string>;
}

export const childAt = (at: Position, segment: number | '*'): Position =>
  at === '' ? String(segment) : `${at}.${segment}`;

/** The whole is a sequence, of one if need be, so that a sequence of one has the positions of its step. */
const whole = (composition: Composition): Composition =>
  composition.kind === 'sequence' ? composition : { kind: 'sequence', steps: [composition] };

/** The states of a composition in a machine of that id, whose families begin with that word. */
export function statechart(composition: Composition, id: string, family: string): Statechart {
  const parts = new Map<Position, Composition>();
  const waits = new Map<Position, Position>();
  const families = new Map<Position, string>();
  const targets = new Map<string, string>();

  const region = (path: string, thread: Position): Region => ({ path, thread, states: {} });

  /** Takes a free name in the region for the state of a part. */
  const name = ({ path, states }: Region, at: string, wish: string): void => {
    const word = wish.replaceAll(/[^A-Za-z0-9_-]/g, '-').replace(/^(?=\d)/, '_');
    let free = word;
    for (let number = 2; Object.hasOwn(states, free) || ends.has(free); number++)
      free = `${word}${number}`;
    states[free] = {};
    targets.set(at, `#${path}.${free}`);
  };

  /** Names the states of a part in the order in which they are to be read, before any leads to another. */
  const nameAll = (part: Composition, at: Position, own: Region): void => {
    parts.set(at, part);
    if (part.kind === 'parallel' || part.kind === 'race') return name(own, at, words[part.kind]);
    if (part.kind === 'forEach') return name(own, at, 'each');
    const isMarked = part.kind !== 'sequence' || part.steps.length === 0;
    if (isMarked) name(own, at, part.kind === 'task' ? part.service : words[part.kind]);
    for (const [index, inner] of partsOf(part).entries()) {
      if (part.kind === 'attempt' && index === 1) name(own, `${at} catch`, 'catch');
      nameAll(inner, childAt(at, part.kind === 'loop' ? '*' : index + 1), own);
    }
  };

  const target = (at: string): string => targets.get(at) as string;

  /** The state by which a part is entered. */
  const entry = (part: Composition, at: Position): string =>
    part.kind === 'sequence' && part.steps[0] !== undefined
      ? entry(part.steps[0], childAt(at, 1))
      : target(at);

  const put = ({ region: own, at }: Site, state: StateConfig, role = ''): void => {
    own.states[target(at + role).slice(own.path.length + 2)] = state;
  };

  const doing =
    ({ region: own, at }: Site) =>
    (type: string, more: object = {}): Action => ({
      type,
      params: { at, thread: own.thread, ...more },
    });

  const onwards = ({ next }: Site, ...actions: readonly Action[]): Way => ({
    target: next.target,
    actions: [...actions, ...next.actions],
  });

  const failing = (site: Site, type: string, more: object = {}): Way => {
    const { target: caught, caughtBy, inside, actions } = site.failed;
    return {
      target: caught,
      actions: [doing(site)(type, { caughtBy, inside, ...more }), ...actions],
    };
  };

  const add = (part: Composition, site: Site): void => {
    const does = doing(site);
    switch (part.kind) {
      case 'task':
        return put(site, {
          entry: does('call'),
          on: {
            reply: { guard: does('isItsAnswer'), ...onwards(site, does('take')) },
            failed: { guard: does('isItsAnswer'), ...failing(site, 'failAsAnswered') },
          },
          exit: does('abandon'),
        });
      case 'compute':
        return put(site, { always: onwards(site, does('compute')) });
      case 'wait':
        waits.set(site.at, site.region.thread);
        return put(site, {
          entry: does('rest'),
          after: { [`wait ${site.at}`]: onwards(site, does('goOn')) },
        });
      case 'fail':
        return put(site, { always: failing(site, 'failAsTold') });
      case 'sequence':
        return addSequence(part.steps, site);
      case 'choice':
        return addChoice(part, site);
      case 'loop':
        return addLoop(part, site);
      case 'attempt':
        return addAttempt(part, site);
      case 'parallel':
      case 'race':
        return addBranches(part, site);
      case 'forEach':
        return addForEach(site);
    }
  };

  const addSequence = (steps: readonly Composition[], site: Site): void => {
    if (steps.length === 0) return put(site, { always: onwards(site) });
    for (const [index, step] of steps.entries()) {
      const after = steps[index + 1];
      const next: Way =
        after === undefined
          ? site.next
          : { target: entry(after, childAt(site.at, index + 2)), actions: [] };
      add(step, { ...site, at: childAt(site.at, index + 1), next });
    }
  };

  const addChoice = ({ rules, otherwise }: Choice, site: Site): void => {
    const inner = rules.map(({ part }) => part);
    const lead = (part: Composition, index: number): string => {
      const at = childAt(site.at, index + 1);
      add(part, { ...site, at });
      return entry(part, at);
    };
    const always: object[] = inner.map((part, index) => ({
      guard: doing(site)('isTrue', { number: index }),
      target: lead(part, index),
    }));
    if (otherwise === undefined) always.push(failing(site, 'failWithoutChoice'));
    else always.push({ target: lead(otherwise, rules.length) });
    put(site, { always });
  };

  const addLoop = ({ body }: Loop, site: Site): void => {
    const does = doing(site);
    const at = childAt(site.at, '*');
    put(site, {
      always: [
        { guard: does('isToGoOn'), target: entry(body, at), actions: does('nextRound') },
        { guard: does('isPastItsBound'), ...failing(site, 'failAtTheBound') },
        onwards(site, does('leaveLoop')),
      ],
    });
    add(body, { ...site, at, next: { target: target(site.at), actions: [] } });
  };

  const addAttempt = ({ body, catchers }: Attempt, site: Site): void => {
    const does = doing(site);
    const first = childAt(site.at, 1);
    put(site, { always: { target: entry(body, first), actions: does('keepInput') } });
    const caught: Catching = {
      target: target(`${site.at}${catchers.length === 0 ? '' : ' catch'}`),
      caughtBy: site.region.thread,
      inside: first,
      actions: [],
    };
    const next = onwards(site, does('forgetInput'));
    // An attempt that catches nothing is its body.
    const failed = catchers.length === 0 ? site.failed : caught;
    add(body, { ...site, at: first, next, failed });
    if (catchers.length === 0) return;
    const rules: object[] = catchers.map(({ handler }, index) => {
      const at = childAt(site.at, index + 2);
      add(handler, { ...site, at });
      return {
        guard: does('catches', { number: index }),
        target: entry(handler, at),
        actions: does('handle'),
      };
    });
    put(site, { always: [...rules, failing(site, 'failUncaught')] }, ' catch');
  };

  const addBranches = ({ kind, branches }: Parallel | Race, site: Site): void => {
    const threads = branches.map((_, index) => childAt(site.at, index + 1));
    const does = doing(site);
    const isRace = kind === 'race';
    const regions = branches.map((branch, index): readonly [string, StateConfig] => {
      const thread = threads[index] as Position;
      const called = `branch${index + 1}`;
      const own = region(`${target(site.at).slice(1)}.${called}`, thread);
      nameAll(branch, thread, own);
      const end = isRace ? 'failed' : 'done';
      const over: Way = { target: `#${own.path}.${end}`, actions: [] };
      const inner = isRace
        ? {
            next: onwards(site, does('win', { branch: thread })),
            failed: { ...over, caughtBy: thread, inside: thread },
          }
        : { next: over, failed: site.failed };
      add(branch, { region: own, at: thread, ...inner });
      const start = {
        always: {
          guard: { type: 'isItsTurn', params: { at: thread, thread } },
          target: entry(branch, thread),
        },
      };
      const endBranch = {
        type: 'endBranch',
        params: { at: thread, thread, branches: threads },
      };
      const states = { start, ...own.states, [end]: { entry: endBranch } };
      return [called, { initial: 'start', states }];
    });
    const always = isRace
      ? failing(site, 'failWithAll', { branches: threads })
      : onwards(site, does('join', { branches: threads }));
    const states = Object.fromEntries(regions);
    const shape = branches.length === 0 ? {} : { type: 'parallel', states };
    put(site, {
      entry: does('fork', { branches: threads }),
      ...shape,
      always: { guard: does('haveAllEnded', { branches: threads }), ...always },
    });
  };

  const addForEach = (site: Site): void => {
    const own = `${family}-${site.at.replaceAll('*', 'n')}`;
    families.set(site.at, own);
    const does = (type: string): Action => doing(site)(type, { family: own });
    put(site, {
      entry: does('openItems'),
      always: { guard: does('hasNoItems'), ...onwards(site, does('collect')) },
      on: {
        FINISHED: [
          { guard: does('isFailedItem'), ...failing(site, 'failAsItem', { family: own }) },
          { guard: does('isLastItem'), ...onwards(site, does('collect')) },
          { guard: does('isItem'), actions: does('nextItem') },
        ],
      },
      exit: does('cancelItems'),
    });
  };

  const root = region(id, '');
  const plan = whole(composition);
  const end = (name: string, type: string): Way => ({
    target: `#${id}.${name}`,
    actions: [{ type, params: {} }],
  });
  nameAll(plan, '', root);
  add(plan, {
    region: root,
    at: '',
    next: end('completed', 'complete'),
    failed: { ...end('failed', 'giveUp'), caughtBy: '', inside: '' },
  });
  const initial = entry(plan, '').slice(id.length + 2);
  return { initial, states: root.states, parts, waits, families };
}

/** What the states of parts are called, beside tasks, which are called as their services. */
const words = {
  ...{ compute: 'compute', wait: 'wait', fail: 'fail', sequence: 'nothing', choice: 'choose' },
  ...{ loop: 'while', attempt: 'attempt', parallel: 'all', race: 'race' },
} as const;

/** Names that no part's state has: ends of flows and of branches, and where branches start. */
const ends: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'done', 'start']);
