/**
 * A checker over nothing but XState's documented `initialTransition` and `transition`, with JSON for keys: it
 * shares no line with the relation or the search, and knows sends, timers, choices and three networks.
 */
import { type AnyStateMachine, initialTransition, transition } from 'xstate';
import type { Edge } from './naive-verdicts.ts';

// biome-ignore lint/suspicious/noExplicitAny: machines made from random data have no types
type Any = any;
type Message = { readonly from: string; readonly to: string; readonly type: string };
interface World {
  readonly nodes: Readonly<
    Record<string, { readonly snapshot: Any; readonly timers: Readonly<Record<string, Any>> }>
  >;
  readonly flight: readonly Message[];
}
export interface NaiveQuestion {
  readonly machines: Readonly<Record<string, AnyStateMachine>>;
  readonly order: 'set' | 'unordered' | 'fifo';
  readonly loss: boolean;
}

export function naiveXState({ machines, order, loss }: NaiveQuestion, limit: number) {
  const linkOf = (one: Message): string => (order === 'fifo' ? one.from : JSON.stringify(one));
  const keyOf = ({ nodes, flight }: World): string =>
    JSON.stringify([
      Object.values(nodes).map(({ snapshot, timers }) => [
        snapshot.value,
        snapshot.context,
        Object.keys(timers).sort(),
      ]),
      // Between messages of one link the order counts, where it is a queue.
      [...flight].sort((a, b) => (linkOf(a) < linkOf(b) ? -1 : linkOf(a) > linkOf(b) ? 1 : 0)),
    ]);
  const after = (
    world: World,
    name: string,
    [snapshot, actions]: Any,
    armed: Readonly<Record<string, Any>>,
  ): World => {
    const timers: Record<string, Any> = { ...armed };
    const flight = [...world.flight];
    for (const { type, params } of actions)
      if (type === 'xstate.raise') timers[params.id] = params.event;
      else if (type === 'xstate.cancel') delete timers[params.sendId ?? params];
      else if (params?.event?.type === 'send') {
        const sent = { from: name, to: params.event.to, type: params.event.message.type };
        if (!flight.some((one) => JSON.stringify(one) === JSON.stringify(sent))) flight.push(sent);
      }
    return { nodes: { ...world.nodes, [name]: { snapshot, timers } }, flight };
  };
  let first: World = { nodes: {}, flight: [] };
  for (const [name, machine] of Object.entries(machines))
    first = after(first, name, initialTransition(machine), {});
  const worlds = [first];
  const indices = new Map([[keyOf(first), 0]]);
  const edges: Edge[] = [];
  const fairness: Record<string, 'weak' | 'strong' | undefined> = {};
  for (let from = 0; from < worlds.length; from++) {
    if (worlds.length > limit) return undefined;
    const world = worlds[from] as World;
    const arrive = (next: World, label: string, owed: 'weak' | 'strong' | undefined): void => {
      const key = keyOf(next);
      if (!indices.has(key)) indices.set(key, worlds.push(next) - 1);
      fairness[label] = owed;
      edges.push({ from, to: indices.get(key) as number, label });
    };
    const take = (
      on: World,
      name: string,
      event: Any,
      timers: Any,
      label: string,
      owed: 'weak' | 'strong',
    ): void =>
      arrive(
        after(
          on,
          name,
          transition(machines[name] as AnyStateMachine, world.nodes[name]?.snapshot, event),
          timers,
        ),
        label,
        owed,
      );
    for (const message of world.flight) {
      const { from: sender, to, type } = message;
      const isHead = world.flight.find((one) => one.from === sender && one.to === to) === message;
      const { snapshot, timers } = world.nodes[to] as World['nodes'][string];
      if (order === 'fifo' && !isHead) continue;
      const less = { ...world, flight: world.flight.filter((one) => one !== message) };
      const event = { type, from: sender };
      if (order !== 'set' || snapshot.can(event))
        take(
          order === 'set' ? world : less,
          to,
          event,
          timers,
          JSON.stringify(message),
          loss ? 'strong' : 'weak',
        );
      if (loss && order !== 'set') arrive(less, 'loss', undefined);
    }
    for (const [name, { snapshot, timers }] of Object.entries(world.nodes)) {
      for (const [id, event] of Object.entries(timers)) {
        const { [id]: _, ...others } = timers;
        take(world, name, event, others, `${name} ${id}`, 'weak');
      }
      if (snapshot.can({ type: 'CHOICE' }))
        take(world, name, { type: 'CHOICE' }, timers, `${name} chooses`, 'weak');
    }
  }
  const values = worlds.map(({ nodes }) =>
    Object.fromEntries(Object.entries(nodes).map(([name, { snapshot }]) => [name, snapshot.value])),
  );
  return { values, edges, fairness };
}
