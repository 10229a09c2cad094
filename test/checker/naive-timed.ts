/**
 * The naive checker under timed timing: what the relation allows, ages in plain maps, nothing numbered.
 * For nodes of one process with one choice; no drift, no skew.
 */
import {
  type AnySystem,
  apply,
  type Decision,
  type Distribution,
  enabledDecisions,
  initialState,
  instantiate,
  openImmediateChoices,
  type State,
  scopeUnder,
  stateKey,
  viewOf,
} from '../../src/index.ts';
import { isDiskAnswer } from '../../src/model/decision.ts';
import { inTicks } from '../../src/model/ticks.ts';

type Ages = Readonly<Record<string, number>>;
/** Messages by lane, each as its text and its age. */
type Lanes = Readonly<Record<string, readonly (readonly [string, number])[]>>;

interface Timed {
  readonly state: State;
  readonly ages: Ages;
  readonly lanes: Lanes;
  readonly t: number;
}

interface Visited extends Timed {
  readonly depth: number;
  readonly to: number[];
  cut: boolean;
}

/** Explores at most `limit` states; undefined when there are more. */
export function naiveTimed(
  system: AnySystem,
  given: Readonly<Record<string, unknown>>,
  laws: { readonly after: Distribution; readonly clock: boolean },
  limit: number,
) {
  const instance = instantiate(system);
  const { scope, bounds } = scopeUnder('timed', given, instance);
  if (bounds === undefined) throw new Error('timed timing has bounds');
  const { network, nodes } = instance;
  const keeps = network.order === 'set' || network.order === 'duplicating';
  const queue = network.order === 'fifo' || network.order === 'mailbox';
  const range = (law: Distribution): readonly [number, number] => {
    const { min, max } = inTicks(law, bounds.tickMs, 'a law');
    return [min, max];
  };
  const at = (address: string): number => instance.placeOf(address).node;
  const laneOf = ({ from, to }: { from: string; to: string }): string =>
    `${network.order === 'mailbox' ? '' : at(from)}>${at(to)}`;
  const textOf = ({ from, to, message }: { from: string; to: string; message: object }): string =>
    JSON.stringify([from, to, message]);
  const isHeld = (state: State, node: number): boolean => state.nodes[node]?.agenda !== undefined;
  const last = ([min, max]: readonly [number, number]): number => (max === Infinity ? min : max);

  /** What ages on the nodes, by name, with its law. */
  const aging = ({ nodes: all }: State): Map<string, readonly [number, number]> => {
    const found = new Map<string, readonly [number, number]>();
    for (const [index, { disk, running }] of all.entries()) {
      const { min, max } = bounds.forceLatency;
      if (disk.writes.length > 0) found.set(`write ${nodes[index]?.id}`, [min, max]);
      const process = nodes[index]?.processes[0];
      for (const { address, state } of running) {
        for (const { id, distribution } of state.timers)
          found.set(`timer ${address} ${id}`, range(distribution));
        for (const { event, immediate } of process?.process.choices ?? [])
          if (immediate !== true && process?.stepper.handles(state, event))
            found.set(`choice ${address}`, range(laws.after));
      }
    }
    return found;
  };
  const ageOf = (decision: Decision): string => {
    if (decision.type === 'fire') return `timer ${decision.process} ${decision.timer}`;
    if (isDiskAnswer(decision)) return `write ${decision.node}`;
    return decision.type === 'choose' ? `choice ${decision.process}` : '';
  };
  /** The times after a decision: what began to age, what arrived, what was sent. */
  const follow = (
    from: Timed,
    decision: Decision,
    place: number,
    { state, effects }: Pick<ReturnType<typeof apply>, 'state' | 'effects'>,
  ): Timed => {
    const anew = new Set(decision.type === 'fire' ? [] : [ageOf(decision)]);
    const lanes: Record<string, (readonly [string, number])[]> = {};
    for (const [name, lane] of Object.entries(from.lanes)) lanes[name] = [...lane];
    const leaves = decision.type === 'drop' || (decision.type === 'deliver' && !keeps);
    if (leaves && place >= 0) {
      const lane = lanes[laneOf(decision)] ?? [];
      const [text] = lane.splice(place, 1)[0] ?? [''];
      if (decision.type === 'deliver' && decision.duplicate === true) {
        const texts = queue ? [text, ...lane.map(([other]) => other)] : undefined;
        lane.push([text, 0]);
        texts?.forEach((other, i) => {
          lane[i] = [other, lane[i]?.[1] ?? 0];
        });
      }
    }
    for (const effect of effects) {
      if (effect.type === 'arm') anew.add(`timer ${effect.process} ${effect.timer.id}`);
      if (effect.type !== 'send') continue;
      const lane = lanes[laneOf(effect.envelope)] ?? [];
      const text = textOf(effect.envelope);
      const equal = lane.filter(([other]) => other === text).length;
      if (equal < (keeps ? 1 : scope.copies)) lane.push([text, 0]);
      lanes[laneOf(effect.envelope)] = lane;
    }
    const ages: Record<string, number> = {};
    for (const name of aging(state).keys()) {
      const [kind, address = ''] = name.split(' ');
      const age = from.ages[name];
      // While a forced write holds the node, no choice is offered.
      const fresh = kind === 'choice' && isHeld(state, at(address)) ? -1 : 0;
      ages[name] = age === undefined || age === -1 || anew.has(name) ? fresh : age;
    }
    for (const name of Object.keys(lanes)) if (!queue) lanes[name]?.sort();
    return { state, ages, lanes, t: from.t };
  };
  const older = ({ state, ages, lanes, t }: Timed): Timed => {
    const next: Record<string, number> = {};
    for (const [name, law] of aging(state)) {
      const age = ages[name] ?? 0;
      const most = laws.clock && name.startsWith('timer') ? Infinity : last(law);
      next[name] = age < 0 ? age : Math.min(age + 1, most);
    }
    const most = keeps ? bounds.latency.min : last([bounds.latency.min, bounds.latency.max]);
    const aged = Object.entries(lanes).map(([name, lane]) => [
      name,
      lane.map(([text, age]) => [text, Math.min(age + 1, most)] as const),
    ]);
    const later = bounds.ticks === undefined ? t : t + 1;
    return { state, ages: next, lanes: Object.fromEntries(aged) as Lanes, t: later };
  };
  /** When the decision may come, and at which places of its lane. */
  const times = (timed: Timed, decision: Decision) => {
    if (decision.type === 'deliver' || decision.type === 'drop') {
      const lane = timed.lanes[laneOf(decision)] ?? [];
      const text = textOf(decision);
      const { min, max } = bounds.latency;
      const isLoss = decision.type === 'drop';
      const mayBeLost = scope.loss && !network.reliable.includes(decision.message.type);
      const position = isLoss ? decision.position : undefined;
      const places = [...lane.keys()].filter((i) =>
        queue ? i === (position ?? 0) : lane[i]?.[0] === text,
      );
      const different = places.filter(
        (i) => queue || places.every((j) => j >= i || lane[j]?.[1] !== lane[i]?.[1]),
      );
      const come = different.filter((i) => (lane[i]?.[1] ?? 0) >= min || (isLoss && mayBeLost));
      const forced = isLoss ? decision.cause !== 'loss' : true;
      const isUrgent = !keeps && forced && come.some((i) => (lane[i]?.[1] ?? 0) >= max);
      return { places: come, isUrgent };
    }
    const law = aging(timed.state).get(ageOf(decision));
    if (law === undefined) return { places: [0], isUrgent: false };
    const age = timed.ages[ageOf(decision)] ?? 0;
    // A disk owes an answer, not that it is a bad one.
    const isOwed = decision.type !== 'loseForce' && decision.type !== 'failWrite';
    return { places: age >= law[0] ? [0] : [], isUrgent: isOwed && age >= law[1] };
  };

  const states: Visited[] = [];
  const indices = new Map<string, number>();
  const projections = new Set<string>();
  const found: Record<string, number> = {};
  let generated = 0;
  let outside = 0;
  const add = (timed: Timed, depth: number): number => {
    generated++;
    const { state, ages, lanes, t } = timed;
    const sorted = (of: object): unknown => Object.entries(of).sort();
    const held = Object.fromEntries(Object.entries(lanes).filter(([, lane]) => lane.length > 0));
    const untimed = stateKey(instance, state);
    const key = JSON.stringify([untimed, sorted(ages), sorted(held), t]);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, states.length);
    projections.add(untimed);
    for (const property of instance.properties) {
      if (property.name in found || !('holds' in property)) continue;
      const holds = property.holds(viewOf(instance, state));
      if (holds === (property.kind === 'reachable')) found[property.name] = depth;
    }
    return states.push({ ...timed, depth, to: [], cut: false }) - 1;
  };
  const { copies } = scope;
  for (const start of instance.starts.keys()) {
    const first = initialState(instance, { copies, start });
    const nothing: Timed = { state: first.state, ages: {}, lanes: {}, t: 0 };
    add(follow(nothing, { type: 'mend' }, -1, first), 0);
  }
  for (let index = 0; index < states.length; index++) {
    if (states.length > limit) return undefined;
    const from = states[index] as Visited;
    const explore = (timed: Timed): boolean => {
      let isUrgent = false;
      for (const listed of enabledDecisions(instance, timed.state, {
        scope,
        timing: 'asynchronous',
      })) {
        const allowed = times(timed, listed);
        isUrgent ||= allowed.isUrgent;
        const now = from.t * bounds.tickMs;
        const waitedMs = (timed.ages[ageOf(listed)] ?? 0) * bounds.tickMs;
        const decision = (laws.clock ? { ...listed, now, waitedMs } : listed) as Decision;
        for (const place of allowed.places) {
          const arrive = (one: Decision): number => {
            const step = apply(instance, timed.state, one, { copies });
            const next = follow(timed, one, place, step);
            if (openImmediateChoices(instance, next.state).length > 0) explore(next);
            else from.to.push(add(next, from.depth + 1));
            return step.points;
          };
          const points = arrive(decision);
          if (timed.state.faults.crashes >= scope.crashes) continue;
          for (let crashAfter = 0; crashAfter < points; crashAfter++)
            arrive({ ...decision, crashAfter } as Decision);
        }
      }
      return isUrgent;
    };
    if (explore(from)) continue;
    if (from.t === bounds.ticks) {
      outside++;
      from.cut = true;
    } else from.to.push(add(older(from), from.depth + 1));
  }
  const impossible = instance.properties.flatMap((property) => {
    if (property.kind !== 'alwaysPossible' || property.without !== undefined) return [];
    const reaches = states.map(({ state, cut }) => cut || property.goal(viewOf(instance, state)));
    for (let changed = true; changed; ) {
      changed = false;
      for (const [index, { to }] of states.entries())
        if (!reaches[index] && to.some((target) => reaches[target])) {
          reaches[index] = true;
          changed = true;
        }
    }
    const isAsked = ({ state }: { readonly state: State }): boolean =>
      property.from?.(viewOf(instance, state)) ?? true;
    const isDoomed = states.some((one, index) => !reaches[index] && isAsked(one));
    return isDoomed ? [property.name] : [];
  });
  const depth = Math.max(...states.map((state) => state.depth)) + 1;
  return { distinct: states.length, generated, depth, outside, found, impossible, projections };
}
