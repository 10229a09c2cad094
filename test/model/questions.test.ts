/** What is asked of a system: timing, scope and parameters; and the decisions that follow from them. */
import { describe, expect, test } from 'vitest';
import {
  apply,
  type Decision,
  describeDecision,
  describeScope,
  enabledDecisions,
  fullScope,
  initialState,
  instantiate,
  integer,
  type Message,
  oneOf,
  type Scope,
  type State,
  type UntimedTiming,
} from '../../src/model/index.ts';
import { networkSemantics } from '../../src/model/network.ts';
import { parameterValues } from '../../src/model/parameters.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

const instance = instantiate(twoPhaseCommit, { participants: 2, votes: 'yes' });

function stateAfter(...decisions: readonly Decision[]): State {
  let { state } = initialState(instance);
  for (const decision of decisions) ({ state } = apply(instance, state, decision));
  return state;
}

function possible(state: State, timing: UntimedTiming, scope: Scope = {}): string[] {
  const full = fullScope({ loss: false, duplication: false, ...scope }, {}, instance.network);
  return enabledDecisions(instance, state, { timing, scope: full }).map(describeDecision);
}

const begin: Decision = {
  type: 'invoke',
  process: 'coordinator',
  operation: { type: 'BEGIN' },
};
const prepare = (to: string): Decision => ({
  type: 'deliver',
  from: 'coordinator',
  to,
  message: { type: 'PREPARE' },
});
const timers = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('fire')).map((line) => line.split(' ')[1] ?? '');

describe('asynchronous timing', () => {
  test('lets an armed timer fire at any moment', () => {
    expect(timers(possible(stateAfter(), 'asynchronous'))).toEqual(['p1', 'p2']);
    expect(timers(possible(stateAfter(begin), 'asynchronous'))).toEqual([
      'coordinator',
      'p1',
      'p2',
    ]);
  });
});

describe('synchronous timing', () => {
  test('lets no timer fire while a message is in transit or a step is open', () => {
    expect(timers(possible(stateAfter(begin), 'synchronous'))).toEqual([]);
    expect(
      timers(possible(stateAfter(begin, prepare('p1'), prepare('p2')), 'synchronous')),
    ).toEqual([]);
  });

  test('lets a timer that suspects nobody wait for the last message all the same', () => {
    const yes: Decision = { type: 'choose', process: 'p1', event: { type: 'CAN_COMMIT' } };
    const voted = stateAfter(begin, prepare('p1'), yes, { type: 'durable', node: 'p1' });
    expect(timers(possible(voted, 'asynchronous'))).toContain('p1');
    expect(timers(possible(voted, 'synchronous'))).toEqual([]);
  });

  test('lets a time-out on a peer fire only when that peer is down or cut off', () => {
    // Patience suspects the coordinator, which is up.
    expect(timers(possible(stateAfter(), 'synchronous'))).toEqual([]);
    const down = stateAfter({ type: 'crash', node: 'coordinator' });
    expect(timers(possible(down, 'synchronous'))).toEqual(['p1', 'p2']);
    for (const links of [[['coordinator', 'p1']], [['p1', 'coordinator']]] as const) {
      const cut = stateAfter({ type: 'cut', links });
      expect(timers(possible(cut, 'synchronous'))).toEqual(['p1']);
    }
  });

  test('lets the coordinator give up on a participant that is down, and on no other', () => {
    const crash: Decision = { type: 'crash', node: 'p1' };
    const drop: Decision = {
      type: 'drop',
      from: 'coordinator',
      to: 'p1',
      message: { type: 'PREPARE' },
    };
    const vote: Decision = {
      type: 'deliver',
      from: 'p2',
      to: 'coordinator',
      message: { type: 'VOTE', yes: true } as Message,
    };
    const yes: Decision = { type: 'choose', process: 'p2', event: { type: 'CAN_COMMIT' } };
    const durable: Decision = { type: 'durable', node: 'p2' };
    const waiting = [begin, prepare('p2'), yes, durable, vote] as const;
    expect(timers(possible(stateAfter(crash, ...waiting, drop), 'synchronous'))).toContain(
      'coordinator',
    );
    expect(timers(possible(stateAfter(...waiting), 'synchronous'))).not.toContain('coordinator');
  });

  test('lets every timer fire where nothing would ever happen otherwise', () => {
    const lost: Decision[] = ['p1', 'p2'].map((to) => ({
      type: 'drop',
      from: 'coordinator',
      to,
      message: { type: 'PREPARE' },
    }));
    // Both requests are lost: nobody is down, and nobody has a message or a step to wait for.
    expect(timers(possible(stateAfter(begin, ...lost), 'synchronous', { loss: true }))).toEqual([
      'coordinator',
      'p1',
      'p2',
    ]);
    // Before BEGIN something is still to come: the operation.
    expect(timers(possible(stateAfter(), 'synchronous'))).toEqual([]);
    // Who is in doubt asks again and again, and is told nothing: that leads nowhere.
    const inDoubt = stateAfter(
      begin,
      prepare('p1'),
      { type: 'choose', process: 'p1', event: { type: 'CAN_COMMIT' } },
      { type: 'durable', node: 'p1' },
      {
        type: 'drop',
        from: 'p1',
        to: 'coordinator',
        message: { type: 'VOTE', yes: true } as Message,
      },
      ...lost.slice(1),
    );
    expect(timers(possible(inDoubt, 'synchronous', { loss: true }))).toEqual([
      'p1',
      'coordinator',
      'p2',
    ]);
  });

  test('keeps a node down until the time-outs on it have told what they can', () => {
    const restarts = (timing: UntimedTiming, ...decisions: readonly Decision[]): number =>
      enabledDecisions(instance, stateAfter(...decisions), {
        timing,
        scope: fullScope({ loss: false, crashes: 2 }, {}, instance.network),
      }).filter(({ type }) => type === 'restart').length;
    const crash: Decision = { type: 'crash', node: 'coordinator' };
    expect(restarts('asynchronous', crash)).toBe(1);
    expect(restarts('synchronous', crash)).toBe(0);
    const [p1 = crash, p2 = crash] = enabledDecisions(instance, stateAfter(crash), {
      timing: 'synchronous',
      scope: fullScope({ loss: false }, {}, instance.network),
    }).filter(({ type }) => type === 'fire');
    expect(restarts('synchronous', crash, p1)).toBe(0);
    expect(restarts('synchronous', crash, p1, p2)).toBe(1);
  });
});

describe('a scope', () => {
  const count = (state: State, scope: Scope, what: RegExp): number =>
    possible(state, 'asynchronous', scope).filter((line) => what.test(line)).length;

  test('bounds crashes, restarts, partitions, disk losses, loss and duplication', () => {
    const down = stateAfter({ type: 'crash', node: 'p1' });
    const cut = stateAfter({ type: 'cut', links: [['p1', 'p2']] }, { type: 'mend' });
    expect(count(stateAfter(), {}, /^crash/)).toBe(0);
    expect(count(stateAfter(), { crashes: 1 }, /^crash/)).toBe(3);
    expect(count(down, { crashes: 1 }, /^crash/)).toBe(0);
    expect(count(down, { crashes: 2 }, /^crash/)).toBe(2);
    expect(count(down, { crashes: 1 }, /^restart/)).toBe(1);
    expect(count(down, { crashes: 1, restarts: 0 }, /^restart/)).toBe(0);
    expect(count(stateAfter(), { partitions: 1 }, /^cut/)).toBe(3);
    expect(count(cut, { partitions: 1 }, /^cut/)).toBe(0);
    expect(count(stateAfter(begin), {}, /^drop/)).toBe(0);
    expect(count(stateAfter(begin), { loss: true }, /^drop/)).toBe(2);
    expect(count(stateAfter(begin), { duplication: true }, /copy stays/)).toBe(2);
  });

  test('offers the loss of a disk that holds something, while its node is down', () => {
    const choose: Decision = { type: 'choose', process: 'p1', event: { type: 'CAN_COMMIT' } };
    const crash: Decision = { type: 'crash', node: 'p1' };
    const written = stateAfter(begin, prepare('p1'), choose, crash);
    expect(count(written, { diskLosses: 1 }, /^lose/)).toBe(1);
    expect(count(written, {}, /^lose/)).toBe(0);
    expect(count(stateAfter(crash), { diskLosses: 1 }, /^lose/)).toBe(0);
    // Its one record was being forced: a restart finds it or not.
    expect(count(written, { crashes: 1 }, /^restart/)).toBe(2);
  });

  test('offers the loss of what cannot be delivered even where nothing else is lost', () => {
    const cut = stateAfter(begin, { type: 'cut', links: [['coordinator', 'p1']] });
    expect(possible(cut, 'asynchronous').filter((line) => line.startsWith('drop'))).toEqual([
      'drop coordinator -> p1 PREPARE (cut)',
    ]);
    expect(possible(cut, 'asynchronous')).not.toContain('deliver coordinator -> p1 PREPARE');
  });

  test('has defaults, takes texts as the command gives them, and is told in words', () => {
    const network = networkSemantics({ loss: true }, 'x');
    const full = fullScope({ crashes: '2', loss: 'false' }, { partitions: 1 }, network);
    expect(full).toEqual({
      ...{ crashes: 2, restarts: 2, partitions: 1, diskLosses: 0, copies: 1 },
      ...{ lostForces: 0, failedWrites: 0 },
      ...{ loss: false, duplication: false },
    });
    expect(describeScope(full)).toBe(
      'crashes <= 2, restarts <= 2, partitions <= 1, copies <= 1, no loss, no duplication',
    );
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ crahses: 1 }, /a scope has no bound "crahses"; did you mean "crashes"\?/],
    [{ crashes: -1 }, /crashes is -1; it must be a whole number, 0 or more/],
    [{ crashes: 'many' }, /crashes is "many"/],
    [{ copies: 0 }, /copies is 0; it must be a whole number, 1 or more/],
    [{ loss: 'perhaps' }, /loss is "perhaps"; it must be true or false/],
  ];
  test('that is wrong is told in one sentence', () => {
    for (const [scope, sentence] of wrong)
      expect(() => fullScope(scope as never, {}, networkSemantics({}, 'x'))).toThrow(sentence);
  });
});

describe('parameters', () => {
  const specs = {
    servers: integer(3, { min: 1, max: 7 }),
    retries: 2,
    mode: oneOf(['fast', 'safe']),
    cached: true,
    label: 'x',
  } as const;
  const values = (given: object) => parameterValues(specs, given as never, 'shop');

  test('have defaults and are read from texts by the type of the default', () => {
    expect(values({})).toEqual({
      ...{ servers: 3, retries: 2, mode: 'fast', cached: true, label: 'x' },
    });
    expect(values({ servers: '5', mode: 'safe', cached: 'false', retries: '0' })).toEqual({
      ...{ servers: 5, retries: 0, mode: 'safe', cached: false, label: 'x' },
    });
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ server: 1 }, /system "shop" has no parameter "server"; did you mean "servers"\?/],
    [{ servers: 8 }, /parameter servers of "shop" is 8; it must be a whole number from 1 to 7/],
    [{ servers: 1.5 }, /is 1\.5; it must be a whole number/],
    [{ servers: '' }, /is ""; it must be/],
    [{ retries: -1 }, /is -1; it must be a whole number, 0 or more/],
    [{ mode: 'slow' }, /mode of "shop" is "slow"; it must be one of fast, safe/],
    [{ cached: 'maybe' }, /is "maybe"; it must be true or false/],
    [{ label: 3 }, /is 3; it must be a text/],
    [{ constructor: 1 }, /has no parameter "constructor"/],
  ];
  test('that are wrong are told in one sentence', () => {
    for (const [given, sentence] of wrong) expect(() => values(given)).toThrow(sentence);
  });
});
