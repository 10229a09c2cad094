import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunFile } from '../../src/cli/files.ts';
import { randomOffer, ranOn } from '../../src/explorer/drive.ts';
import { judgementsOf } from '../../src/explorer/judgement.ts';
import { natureOf } from '../../src/explorer/kinds.ts';
import { type Offer, offersOf } from '../../src/explorer/offers.ts';
import { saved, savedText } from '../../src/explorer/save.ts';
import {
  applied,
  type ExplorerSession,
  here,
  isOnLoadedPath,
  jumped,
  openFile,
  openSession,
  redone,
  returned,
  undone,
  withSettings,
} from '../../src/explorer/session.ts';
import { present } from '../../src/explorer/shown.ts';
import { check, replay, run, runFileOf, stateDigest, variant } from '../../src/index.ts';
import { nonBlockingQuestion, twoPhaseCommit } from '../../src/protocols/index.ts';

const digest = (session: ExplorerSession): string =>
  stateDigest(session.instance, here(session).state);

/** The session after choosing, at each step, the offer at that share of the list. */
function walked(session: ExplorerSession, shares: readonly number[]): ExplorerSession {
  let current = session;
  for (const share of shares) {
    const offers = offersOf(current);
    const chosen = offers[Math.floor(share * offers.length)];
    if (chosen === undefined) return current;
    current = applied(current, chosen.decision);
  }
  return current;
}

function take(session: ExplorerSession, matches: (offer: Offer) => boolean): ExplorerSession {
  const chosen = offersOf(session).find(matches);
  if (chosen === undefined) throw new Error('no such offer');
  return applied(session, chosen.decision);
}

const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 14 });
const systems = fc.constantFrom(
  { system: twoPhaseCommit, parameters: { participants: 2 } },
  { system: twoPhaseCommit, parameters: { participants: 2, cooperative: true, votes: 'yes' } },
);
const limits = fc.boolean();

describe('every offer', () => {
  test('applies, and leads where it said', () => {
    fc.assert(
      fc.property(systems, limits, shares, ({ system, parameters }, limited, choices) => {
        const fresh = openSession(system, { parameters });
        const session = walked(withSettings(fresh, { limited }), choices);
        for (const offer of offersOf(session)) {
          const next = applied(session, offer.decision);
          expect(digest(next)).toBe(stateDigest(session.instance, offer.next.state));
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('is offered once', () => {
    fc.assert(
      fc.property(systems, shares, ({ system, parameters }, choices) => {
        const offers = offersOf(walked(openSession(system, { parameters }), choices));
        const keys = offers.map(({ decision }) => JSON.stringify(decision));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('has words of its own on the page', () => {
    const { shown } = present(openSession(twoPhaseCommit, { parameters: { votes: 'yes' } }));
    const labels = shown.offers.flatMap(({ offers }) => offers.map(({ label }) => label));
    expect(labels).toContain('coordinator is asked for BEGIN');
    expect(labels).toContain('coordinator | p1, p2, p3 can no longer reach each other');
    expect(labels).toContain(
      'coordinator is asked for BEGIN, and the node crashes after 1 of 3 effects: before it sends PREPARE to p2',
    );
    expect(new Set(labels).size).toBe(labels.length);
  });

  test('stays within the scope when limited to it, and is no fault when faults are off', () => {
    const session = openSession(twoPhaseCommit, { scope: { crashes: 1, partitions: 0 } });
    expect(session.settings.limited).toBe(true);
    const crashed = applied(session, { type: 'crash', node: 'p1' });
    const kinds = offersOf(crashed).map(({ kind }) => kind);
    expect(kinds).not.toContain('crash');
    expect(kinds).not.toContain('crashWithin');
    expect(kinds).not.toContain('cut');
    const quiet = offersOf(withSettings(session, { faults: false }));
    expect(quiet.map(({ kind }) => natureOf(kind))).not.toContain('fault');
    expect(quiet.length).toBeGreaterThan(0);
  });

  test('of a partition is one node against the rest where there are many nodes', () => {
    const session = openSession(twoPhaseCommit, { parameters: { participants: 40 } });
    expect(offersOf(session).filter(({ kind }) => kind === 'cut')).toHaveLength(41);
  });
});

describe('back and forth', () => {
  test('undo, redo and jump come to the same states', () => {
    fc.assert(
      fc.property(systems, shares, ({ system, parameters }, choices) => {
        let session = walked(openSession(system, { parameters }), choices);
        const digests = session.path.map(({ state }) => stateDigest(session.instance, state));
        for (let step = session.position; step >= 0; step--) {
          expect(session.position).toBe(step);
          expect(digest(session)).toBe(digests[step]);
          session = undone(session);
        }
        for (let step = 0; step < digests.length; step++) {
          expect(digest(jumped(session, step))).toBe(digests[step]);
          expect(digest(session)).toBe(digests[step]);
          session = redone(session);
        }
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  test('another choice forgets what could be done again; the same one keeps it', () => {
    const began = take(openSession(twoPhaseCommit), ({ kind }) => kind === 'invoke');
    const two = take(began, ({ kind }) => kind === 'deliver');
    const decision = two.path[2]?.entry?.decision;
    if (decision === undefined) throw new Error('no decision');
    expect(applied(undone(two), decision).path).toHaveLength(3);
    const back = jumped(two, 0);
    expect(take(back, ({ kind }) => kind === 'invoke').path).toHaveLength(3);
    expect(take(back, ({ kind }) => kind === 'crash').path).toHaveLength(2);
  });

  test('a step that is not on the path is refused in one sentence', () => {
    const session = openSession(twoPhaseCommit);
    for (const step of [-1, 1, 0.5, Number.NaN, '0'])
      expect(() => jumped(session, step as number)).toThrow(/must be a whole number from 0 to 0/);
  });
});

describe('a saved path', () => {
  test('replays to the same state', () => {
    fc.assert(
      fc.property(systems, shares, ({ system, parameters }, choices) => {
        const session = walked(openSession(system, { parameters }), choices);
        const file = parseRunFile(savedText(session), 'saved');
        const again = replay(system, file);
        expect(again.same).toBe(true);
        expect(again.ending).toBeUndefined();
        expect(digest(jumped(openFile(system, file), session.position))).toBe(digest(session));
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  test('names the property that it violates', () => {
    const impatient = variant(twoPhaseCommit, 'impatient', {
      provide: { participant: { guards: { mayDecideAlone: () => true } } },
    });
    let session = openSession(impatient, { parameters: { participants: 1, votes: 'yes' } });
    const doubt: readonly ((offer: Offer) => boolean)[] = [
      ({ kind }) => kind === 'invoke',
      ({ kind }) => kind === 'deliver',
      ({ kind }) => kind === 'choose',
      ({ kind }) => kind === 'durable',
      ({ kind }) => kind === 'deliver',
      ({ kind }) => kind === 'durable',
      ({ decision }) => decision.type === 'fire' && decision.process === 'p1',
    ];
    for (const matches of doubt) session = take(session, matches);
    const agreement = judgementsOf(session).find(({ name }) => name === 'AC1 agreement');
    expect(agreement).toMatchObject({ status: 'violated', isViolatedNow: true, at: [7] });
    expect(saved(session).header.property).toBe('AC1 agreement');
    expect(replay(impatient, saved(session)).violated).toContain('AC1 agreement');
    expect(judgementsOf(undone(session)).every(({ status }) => status !== 'violated')).toBe(true);
  });
});

describe('a run file', () => {
  const file = runFileOf(
    run(twoPhaseCommit, { seed: 1, scenario: 'coordinator-crash', trace: true }),
  );

  test('of the simulator is walked to its end, and is then saved as it was', () => {
    let session = openFile(twoPhaseCommit, file);
    expect(session.position).toBe(0);
    for (const { decision } of file.decisions) session = applied(session, decision);
    expect(isOnLoadedPath(session)).toBe(true);
    expect(digest(session)).toBe(file.footer.state);
    expect(saved(session)).toBe(file);
  });

  test('is left by another choice and returned to', () => {
    const middle = jumped(openFile(twoPhaseCommit, file), 5);
    const away = take(middle, ({ kind }) => kind === 'crash');
    expect(isOnLoadedPath(away)).toBe(false);
    expect(saved(away).header).toMatchObject({ origin: 'explorer' });
    const back = returned(away);
    expect(back.position).toBe(5);
    expect(back.path).toHaveLength(file.decisions.length + 1);
  });

  test('of the checker says which property it is about, and keeps its copies', () => {
    const result = check(nonBlockingQuestion, { parameters: { participants: 1 } });
    const found = result.properties.find(({ name }) => name === 'non-blocking')?.counterexample;
    if (found === undefined || !('header' in found)) throw new Error('no counterexample');
    const session = openFile(nonBlockingQuestion, found);
    const { shown } = present(jumped(session, session.path.length - 1));
    expect(shown.origin).toMatchObject({ kind: 'counterexample', property: 'non-blocking' });
    expect(shown.properties.at(-1)).toMatchObject({ status: 'open' });
    expect(session.copies).toBe(1);
  });

  test('with a cycle shows where it begins', () => {
    const lasso = { ...file, header: { ...file.header, loopsFrom: 3 } };
    const { shown } = present(openFile(twoPhaseCommit, lasso));
    expect(shown.history.filter(({ beginsCycle }) => beginsCycle)).toMatchObject([{ step: 4 }]);
  });

  test('of another system is refused in one sentence', () => {
    expect(() =>
      openFile(nonBlockingQuestion, { ...file, footer: { state: '0'.repeat(16) } }),
    ).toThrow(/diverges: its decisions do not lead to the recorded state/);
    const crash = { decision: { type: 'mend' as const } };
    const twice = { ...file, decisions: [crash, ...file.decisions.slice(1)] };
    expect(() => openFile(twoPhaseCommit, twice)).toThrow(/diverges at decision \d+ of/);
  });
});

describe('steps that it takes by itself', () => {
  test('run on to the end of a commit without a fault', () => {
    const { session, stop } = ranOn(openSession(twoPhaseCommit, { parameters: { votes: 'yes' } }));
    expect(present(session).shown.ending.kind).toBe('settled');
    expect(stop).not.toBe('bound');
    expect(session.settings.faults).toBe(true);
  });

  test('run on ends where everyone in doubt only repeats itself', () => {
    let session = openSession(twoPhaseCommit, { parameters: { votes: 'yes', participants: 2 } });
    session = take(session, ({ kind }) => kind === 'invoke');
    while (
      !present(session)
        .shown.nodes.slice(1)
        .every(({ processes }) => processes[0]?.state === 'prepared')
    )
      session = take(session, ({ kind }) => natureOf(kind) === 'step');
    session = applied(session, { type: 'crash', node: 'coordinator' });
    const done = ranOn(session);
    expect(done.stop).toBe('seen before');
    expect(present(done.session).shown.ending).toEqual({
      kind: 'blocked',
      words: 'Blocked: p1, p2 are in doubt and the coordinator is down.',
    });
  });

  test('run on stops at its bound', () => {
    expect(ranOn(openSession(twoPhaseCommit), 3)).toMatchObject({ steps: 3, stop: 'bound' });
  });

  test('draw the same under the same seed, at the same step', () => {
    const walk = (seed: number): readonly unknown[] => {
      let session = withSettings(openSession(twoPhaseCommit), { seed });
      for (let step = 0; step < 20; step++) {
        const offer = randomOffer(session);
        if (offer === undefined) break;
        session = applied(session, offer.decision);
      }
      return session.path.map(({ entry }) => entry?.decision);
    };
    expect(walk(7)).toEqual(walk(7));
    expect(walk(7)).not.toEqual(walk(8));
  });
});

describe('claims', () => {
  const status = (session: ExplorerSession): string | undefined =>
    judgementsOf(session).find(({ name }) => name === 'AC4 non-triviality')?.status;

  test('are judged only while the path keeps to their timing and has no fault', () => {
    const session = openSession(twoPhaseCommit, { timing: 'synchronous' });
    expect(status(session)).toBe('holds');
    expect(status(withSettings(session, { timing: 'asynchronous' }))).toBe('not claimed');
    expect(status(applied(session, { type: 'crash', node: 'p1' }))).toBe('not claimed');
    const [timer] = here(session).state.nodes[1]?.running[0]?.state.timers ?? [];
    const premature = applied(session, { type: 'fire', process: 'p1', timer: timer?.id ?? '' });
    expect(status(premature)).toBe('not claimed');
  });
});

test('nobody steps by hand under timed timing: it is refused, and a system of it is stepped without', () => {
  expect(() => openSession(twoPhaseCommit, { timing: 'timed' })).toThrow(
    /the timing is timed, under which one cannot step by hand/,
  );
  const timed = { ...twoPhaseCommit, timing: 'timed' } as const;
  expect(openSession(timed).settings.timing).toBe('asynchronous');
});
