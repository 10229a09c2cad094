/** Vector clocks against happened-before itself: the reflexive and transitive hull of who told whom. */
import { expect, test } from 'vitest';
import { type NodeEvent, nodeEvents, type Run, run, type VectorClock } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

/** Copies, losses, crashes and returns; messages with equal contents are under way together. */
const stormy = (seed: number): Run =>
  run(twoPhaseCommit, {
    seed,
    scenario: 'fault-free',
    parameters: { participants: 2, cooperative: true },
    horizonMs: 600,
    faults: [
      { fault: 'duplication', probability: 0.4 },
      { fault: 'loss', probability: 0.2 },
      { fault: 'crash', node: seed % 2 === 0 ? 'coordinator' : 'p1', atMs: 20, forMs: 100 },
    ],
    trace: true,
  });

/** For each event all events before it, by walking back along the two kinds of edges. */
function happenedBefore(
  { trace }: Run,
  events: readonly NodeEvent[],
): readonly ReadonlySet<number>[] {
  const underWay: { readonly message: string; readonly sentBy: number }[] = [];
  const latestOf = new Map<string, number>();
  const before: Set<number>[] = [];
  const text = (envelope: { from: string; to: string; message: object }): string =>
    JSON.stringify([envelope.from, envelope.to, envelope.message]);
  const take = (message: string, stays: boolean): number => {
    const place = underWay.findIndex((one) => one.message === message);
    const { sentBy } = underWay[place] ?? { sentBy: -1 };
    if (!stays) underWay.splice(place, 1);
    return sentBy;
  };
  const happen = (event: number, causes: readonly number[]): void => {
    const own = new Set<number>();
    for (const cause of causes) {
      own.add(cause);
      for (const earlier of before[cause] ?? []) own.add(earlier);
    }
    before[event] = own;
    const { node, effects } = events[event] as NodeEvent;
    latestOf.set(node, event);
    for (const effect of effects)
      if (effect.type === 'send') underWay.push({ message: text(effect.envelope), sentBy: event });
  };
  const latest = (node: string): readonly number[] => {
    const event = latestOf.get(node);
    return event === undefined ? [] : [event];
  };
  const starts = events.filter(({ index }) => index === undefined).length;
  for (let event = 0; event < starts; event++) happen(event, []);
  let event = starts;
  for (const [index, { decision }] of trace.entries()) {
    if (decision.type === 'drop') take(text(decision), false);
    if (events[event]?.index !== index) continue;
    const causes = [...latest(events[event]?.node ?? '')];
    if (decision.type === 'deliver') causes.push(take(text(decision), decision.duplicate === true));
    happen(event++, causes);
  }
  expect(before).toHaveLength(events.length);
  return before;
}

function isLess(one: VectorClock, other: VectorClock): boolean {
  const nodes = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const isAtMost = nodes.every((node) => (one[node] ?? 0) <= (other[node] ?? 0));
  return isAtMost && nodes.some((node) => (one[node] ?? 0) < (other[node] ?? 0));
}

test('e happened before f exactly when the clock of e is less than that of f', () => {
  let concurrent = 0;
  let ordered = 0;
  for (let seed = 0; seed < 20; seed++) {
    const done = stormy(seed);
    const events = nodeEvents(done);
    const before = happenedBefore(done, events);
    for (const [f, { clock }] of events.entries())
      for (const [e, { clock: other }] of events.entries()) {
        const isBefore = before[f]?.has(e) === true;
        if (isLess(other, clock) !== isBefore) expect.fail(`seed ${seed}: ${e} and ${f}`);
        if (isBefore) ordered++;
        else if (before[e]?.has(f) !== true) concurrent++;
      }
  }
  expect(Math.min(concurrent, ordered)).toBeGreaterThan(1000);
});

test('a node counts each of its own events once, and nobody else counts them', () => {
  for (let seed = 0; seed < 20; seed++) {
    const counts = new Map<string, number>();
    for (const { node, clock } of nodeEvents(stormy(seed))) {
      counts.set(node, (counts.get(node) ?? 0) + 1);
      expect(clock[node]).toBe(counts.get(node));
      for (const [other, count] of Object.entries(clock))
        expect(count).toBeLessThanOrEqual(counts.get(other) ?? 0);
    }
  }
});
