/** Active health checks: asks a target again and again whether it is there, and tells the failover. */
import { assign, emit, setup } from 'xstate';
import type { Distribution } from '../../model/distribution.ts';
import { type Effect, type Received, type Send, send } from '../../model/effects.ts';
import type { Failed, Probe, Reply, ServiceMessage } from '../services/messages.ts';
import type { Place } from './policy.ts';

/** What a probe has come to. */
export interface Probed {
  readonly type: 'PROBED';
  readonly target: string;
  readonly isGood: boolean;
}

export interface Probes {
  /** The time between the end of a probe and the next. Default 5 s. */
  readonly every?: Distribution;
  /** A probe that is not answered for so long is bad. Default 1 s. */
  readonly within?: Distribution;
  /** So many bad ones in a row take a target down. Default 3. */
  readonly bad?: number;
  /** So many good ones in a row bring it back. Default 2. */
  readonly good?: number;
}

interface Context {
  readonly target: string;
  /** Two numbers in turn are enough to tell a late answer from that to the last probe. */
  readonly turn: 1 | 2;
}

/** Its name and that of each of its rules and acts stand in its table. */
export function proberMachine(place: Place) {
  const told = ({ target }: Context, isGood: boolean): Send<Probed> =>
    send(place.name, { type: 'PROBED', target, isGood });
  return setup({
    types: {
      context: {} as Context,
      input: {} as { readonly target: string },
      events: {} as Received<ServiceMessage>,
      emitted: {} as Effect<Probe | Probed>,
    },
    guards: {
      isLate: ({ context, event }) => (event as Reply | Failed).attempt !== `${context.turn}`,
    },
    actions: {
      ask: emit(({ context: { target, turn } }) =>
        place.direct({ type: 'probe', service: target, key: place.name, attempt: `${turn}` }),
      ),
      tellGood: emit(({ context }) => told(context, true)),
      tellBad: emit(({ context }) => told(context, false)),
      turn: assign({ turn: ({ context: { turn } }) => (turn === 1 ? 2 : 1) }),
    },
    delays: { every: 0, within: 0 },
  }).createMachine({
    id: 'failover-prober',
    context: ({ input: { target } }) => ({ target, turn: 1 }),
    initial: 'waiting',
    states: {
      waiting: { after: { every: 'asking' } },
      asking: {
        entry: 'ask',
        exit: 'turn',
        on: {
          reply: [{ guard: 'isLate' }, { target: 'waiting', actions: 'tellGood' }],
          failed: [{ guard: 'isLate' }, { target: 'waiting', actions: 'tellBad' }],
        },
        after: { within: { target: 'waiting', actions: 'tellBad' } },
      },
    },
  });
}
