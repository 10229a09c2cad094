/** What the properties know of the past: folded from the marks, and no more than they need. */
import type { ObservedMark, Observer } from '../../model/system.ts';
import {
  type ObservedLog,
  observeLog,
  replicatedLogObserver,
} from '../replicated-log/properties.ts';
import type { Member, RequestId, View } from './messages.ts';
import { isSameMember } from './messages.ts';
import { isPast, type Replica } from './replica.ts';

type Table = Replica['executed'];

export interface Observed extends ObservedLog {
  /** The last view that the view server has begun. */
  readonly view: View;
  /** The last view that a primary has acted in, who it was, and what it had executed when it began. */
  readonly acting: {
    readonly view: number;
    readonly primary: Member;
    readonly executed: Table;
  } | null;
  /** Of each client, the last request that was answered. */
  readonly answered: Readonly<Record<string, RequestId>>;
  /** The first view in which two servers acted as primary. */
  readonly divided: number | null;
  /** The first view whose primary was neither primary nor backup of a view before that had begun. */
  readonly usurped: number | null;
  /** A request that was answered, and that a primary of a later view knows nothing of. */
  readonly lost: RequestId | null;
}

export const observer: Observer<Observed> = {
  initial: {
    ...replicatedLogObserver.initial,
    view: { number: 0, primary: null, backup: null },
    acting: null,
    answered: {},
    divided: null,
    usurped: null,
    lost: null,
  },
  on: (observed, mark) => {
    switch (mark.name) {
      case 'view':
        return withView(observed, mark.data as View);
      case 'primary':
        return withPrimary(observed, mark);
      case 'answered':
        return withAnswer(observed, mark.data as { view: number; to: RequestId });
      default:
        return observeLog(observed, mark);
    }
  },
};

function withView(observed: Observed, view: View): Observed {
  const { number, primary, backup } = observed.view;
  // A view server that comes back goes on with the view that it had.
  if (number === view.number) return observed;
  const hasBegun = number === 0 || observed.acting?.view === number;
  const succeeds = number === 0 || [primary, backup].some((one) => isSameMember(one, view.primary));
  const usurped = observed.usurped ?? (hasBegun && succeeds ? null : view.number);
  return { ...observed, view, usurped };
}

function withPrimary(observed: Observed, { process, data }: ObservedMark): Observed {
  const { view, life, executed } = data as { view: number; life: number; executed: Table };
  const primary = { server: process, life };
  const { acting, answered, divided } = observed;
  if (acting !== null && acting.view > view) return observed;
  const isTwice = acting?.view === view && !isSameMember(acting.primary, primary);
  const missing = Object.values(answered).find((one) => !isPast({ executed }, one));
  return {
    ...observed,
    acting: { view, primary, executed },
    divided: divided ?? (isTwice ? view : null),
    lost: observed.lost ?? missing ?? null,
  };
}

function withAnswer(observed: Observed, { view, to }: { view: number; to: RequestId }): Observed {
  const { acting, answered, lost } = observed;
  const isUnknown = acting !== null && acting.view > view && !isPast(acting, to);
  return {
    ...observed,
    answered: { ...answered, [to.client]: to },
    lost: lost ?? (isUnknown ? to : null),
  };
}
