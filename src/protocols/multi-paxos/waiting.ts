/**
 * When a run of Multi-Paxos has nothing left to wait for, and when it rightly waits: while whoever waits reaches
 * nobody who leads a quorum or could. Whoever could be helped and is not is stuck.
 */
import { type Address, nodeOfAddress } from '../../model/effects.ts';
import type { LiveProcess, ProcessView } from '../../model/view.ts';
import { reaches } from '../consensus/properties.ts';
import { type MultiPaxosView, quorumsOf } from './observer.ts';
import type { ServerContext } from './server-state.ts';

type LiveServer = Omit<LiveProcess, 'context'> & { readonly context: ServerContext };

export const servers = ({ all }: MultiPaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /^s\d+$/.test(address));
const live = (view: MultiPaxosView): readonly LiveServer[] =>
  servers(view).filter((one): one is LiveServer => one.up);
const asking = ({ all }: MultiPaxosView): readonly Address[] =>
  all.filter((one) => /^c\d+$/.test(one.address) && one.in('asking')).map(({ address }) => address);

/** Servers that have applied less than another one that is up. */
function laggards(view: MultiPaxosView): readonly Address[] {
  const most = Math.max(0, ...live(view).map(({ context }) => context.log.length));
  return live(view)
    .filter(({ context }) => context.log.length < most)
    .map(({ address }) => address);
}

export const someExhausted = (view: MultiPaxosView): boolean =>
  servers(view).some((one) => one.in('serving.exhausted'));

/** No client waits, and all servers that are up have applied as much as any of them. */
export const settled = (view: MultiPaxosView): boolean =>
  asking(view).length === 0 && laggards(view).length === 0;

/** Why clients and laggards may rightly wait, or undefined when somebody should go on. */
export function blocked(view: MultiPaxosView): string | undefined {
  const waiting = [...asking(view), ...laggards(view)];
  const helpful = whoCanHelp(view);
  const reachAny = (others: readonly Address[]): boolean =>
    waiting.some((one) => others.some((other) => reaches(view, one, other)));
  if (waiting.length === 0 || reachAny(helpful)) return undefined;
  const who = waiting.map(nodeOfAddress).join(', ');
  const verb = waiting.length === 1 ? 'reaches' : 'reach';
  const able = live(view).filter((one) => hasQuorums(view, one));
  return reachAny(able.map(({ address }) => address))
    ? `${who} ${verb} no leader that reaches a quorum`
    : `${who} ${verb} no server that reaches a quorum`;
}

/** Whether the server and those it reaches are a quorum of each phase that it has before it. */
function hasQuorums(view: MultiPaxosView, one: LiveServer): boolean {
  const { phase1, phase2 } = quorumsOf(view.parameters);
  const reached = live(view).filter(({ address }) => reaches(view, one.address, address));
  return reached.length >= (one.in('serving.leading') ? phase2 : Math.max(phase1, phase2));
}

/** Leaders that reach a quorum, and whoever hears no leader, reaches quorums and has a ballot left. */
function whoCanHelp(view: MultiPaxosView): readonly Address[] {
  const leading = live(view).filter((one) => one.in('serving.leading'));
  /** Whoever hears a leader does not stand, though that leader may hear nobody. */
  const isSilenced = (one: LiveServer): boolean =>
    leading.some(
      (other) =>
        other !== one &&
        view.isConnected(other.address, one.address) &&
        other.context.maxBal >= one.context.maxBal,
    );
  return live(view)
    .filter((one) => !one.in('serving.exhausted') && hasQuorums(view, one) && !isSilenced(one))
    .map(({ address }) => address);
}
