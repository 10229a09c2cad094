/**
 * What an administrator asks of a leader: to add or remove a server, to replace all, to hand over. What is so
 * already is answered at once, so that an order may be sent again; what cannot be done now is left unanswered.
 */
import { type Address, mark, send } from '../../model/effects.ts';
import { isJoint, isVoter } from './configuration.ts';
import type { Order } from './messages.ts';
import {
  base,
  configurationOf,
  type Seen,
  type ServerContext,
  type ServerEvent,
} from './server-state.ts';

/** Result of an order: `done`, `refused` where it makes no sense, `given up` where it came to nothing. */
export const orderGuards = {
  isChangeOrder: ({ event }: Seen) => orderOf(event)?.kind !== 'transfer',
  /** The committed configuration is what was ordered, or this server leads as it was ordered to. */
  isDone: ({ context, event }: Seen) => {
    const order = orderOf(event);
    if (order?.kind === 'transfer') return order.to === context.self;
    const { voters, index } = configurationOf(context);
    const ordered = orderedVoters(context, order);
    return index <= context.commit && !isJoint(voters) && isSameSet(ordered, voters[0] ?? []);
  },
  /** Nobody would be left to vote, or the one who is to lead does not vote. */
  isSenseless: ({ context, event }: Seen) => {
    const order = orderOf(event);
    return order?.kind === 'transfer'
      ? !isVoter(configurationOf(context).voters, order.to)
      : orderedVoters(context, order).length === 0;
  },
};

export const orderActions = {
  markOrdered: base.emit(({ event }) => mark('ordered', { order: { ...orderOf(event) } })),
  answerDone: base.emit(({ event }) => answer(askerOf(event), 'done')),
  refuseOrder: base.emit(({ event }) => answer(askerOf(event), 'refused')),
};

/** In a leader, of an administrator's message as of an operation of the environment. */
export const orderTransitions = [
  { guard: 'isDone', actions: 'answerDone' },
  { guard: 'isSenseless', actions: 'refuseOrder' },
] as const;

/** Who is told how an order ended; nobody where the server was asked itself. */
export interface Asker {
  readonly client: Address | null;
  readonly serial: number;
}

export function answer({ client, serial }: Asker, result: 'done' | 'refused' | 'given up') {
  return send(client === null ? [] : [client], { type: 'Response' as const, serial, result });
}

export function askerOf(event: ServerEvent): Asker {
  return event.type === 'Order'
    ? { client: event.from, serial: event.serial }
    : { client: null, serial: 0 };
}

export function orderOf(event: ServerEvent): Order | undefined {
  return event.type === 'Order' || event.type === 'ADMINISTER' ? event.order : undefined;
}

/** The voters as the order wants them. */
export function orderedVoters(
  context: ServerContext,
  order: Order | undefined,
): readonly Address[] {
  const now = configurationOf(context).voters.at(-1) ?? [];
  switch (order?.kind) {
    case 'add':
      return now.includes(order.server) ? now : [...now, order.server];
    case 'remove':
      return now.filter((server) => server !== order.server);
    case 'replace':
      return order.voters;
    default:
      return now;
  }
}

const isSameSet = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));
