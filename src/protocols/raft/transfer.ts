/**
 * Leadership transfer (dissertation 3.10): the leader takes no more requests, brings the target up to date and
 * tells it to stand at once, without waiting for its timer. If nothing has come of it within an election timeout
 * it goes on as before; safety never depends on any of it.
 */
import { type Address, mark, send } from '../../model/effects.ts';
import { lastIndex, lastPosition } from './log.ts';
import { type Asker, answer, askerOf, orderOf } from './orders.ts';
import { base, others, type Seen, type ServerEvent } from './server-state.ts';

export interface Transfer extends Asker {
  readonly to: Address;
  /** Whether it has been told. */
  readonly isSent: boolean;
}

export const transferGuards = {
  isTransferOrder: ({ event }: Seen) => orderOf(event)?.kind === 'transfer',
  /** Requests that come meanwhile are not taken: the target would never have all. */
  isTransferring: ({ context }: Seen) => context.transfer !== null,
  mayBeginTransfer: ({ context }: Seen) => context.transfer === null && context.change === null,
  /** Told earlier, it would stand with a log that others do not vote for. */
  isTargetUpToDate: ({ context: { transfer, match, log, waiting } }: Seen) =>
    transfer !== null &&
    !transfer.isSent &&
    waiting.length === 0 &&
    (match[transfer.to] ?? 0) === lastIndex(log),
};

export const transferActions = {
  beginTransfer: base.assign(({ event }) => {
    const order = orderOf(event);
    return order?.kind === 'transfer'
      ? { transfer: { to: order.to, isSent: false, ...askerOf(event) } }
      : {};
  }),
  watchTransfer: base.raise(
    { type: 'TRANSFER_TIMEOUT' },
    { delay: 'transferTimeout', id: 'transferTimeout' },
  ),
  stopTransfer: base.cancel('transferTimeout'),
  sendTimeoutNow: base.emit(({ context: { term, transfer } }) =>
    send(transfer === null ? [] : [transfer.to], { type: 'TimeoutNow' as const, term }),
  ),
  noteSent: base.assign(({ context: { transfer } }) =>
    transfer === null ? {} : { transfer: { ...transfer, isSent: true } },
  ),
  markTransferGivenUp: base.emit(({ context: { transfer } }) =>
    mark('transfer given up', { to: transfer?.to ?? '' }),
  ),
  answerTransferGivenUp: base.emit(({ context: { transfer } }) =>
    answer(transfer ?? { client: null, serial: 0 }, 'given up'),
  ),
  endTransfer: base.assign({ transfer: null }),
  /** Who hears the leader votes for nobody whom that leader has not sent. */
  requestVotesAtOnce: base.emit(({ context }) =>
    send(others(context), {
      type: 'RequestVote' as const,
      term: context.term,
      last: lastPosition(context.log),
      transfer: true as const,
    }),
  ),
};

/** Whether the leader itself wants the election. */
export const isByTransfer = (event: ServerEvent): boolean =>
  event.type === 'RequestVote' && event.transfer === true;
