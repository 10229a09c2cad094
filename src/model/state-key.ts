/**
 * Keys of states: canonical texts that are equal exactly when two states are the same. A key holds all
 * that the future depends on: values, contexts, history, timers, logs, messages, cuts, faults.
 */
import type { AnyStateNode } from 'xstate';
import { Digest } from './digest.ts';
import type { Instance } from './instance.ts';
import type { ProcessState, Timer } from './local-step.ts';
import { isQueue } from './network.ts';
import type { NodeState, RoutedEnvelope } from './node.ts';
import { canonical, keyOf } from './plain-data.ts';
import type { FaultCount, State } from './state.ts';

/** The key of a process: snapshot with history, and armed timers. */
function processKey(address: string, { snapshot, timers }: ProcessState): string {
  const { value, context, status, output } = snapshot;
  const history = historyOf(snapshot.historyValue as Readonly<Record<string, AnyStateNode[]>>);
  const what = `${address} in ${JSON.stringify(value)}: context`;
  const ended = status === 'active' ? '' : `${status}${canonical(output, `${what}, output`)}`;
  const armed = timers.map((timer) => timerKey(timer)).join(';');
  return `${address}:${canonical(value)}${canonical(context, what)}${ended}${history}[${armed}]`;
}

/**
 * XState keeps history as state nodes by history state, in the order in which states were entered; what
 * counts is which they are.
 */
function historyOf(value: Readonly<Record<string, readonly AnyStateNode[]>>): string {
  const ids = Object.keys(value);
  if (ids.length === 0) return '';
  return ids
    .sort()
    .map((id) => `${id}<${(value[id] ?? []).map((node) => node.id).sort()}>`)
    .join('');
}

function timerKey({ id, event, delay, distribution }: Timer): string {
  return `${id} ${delay} ${keyOf(event)} ${keyOf(distribution)}`;
}

const nodeKeys = new WeakMap<NodeState, string>();

/** The key of a node's state. */
export function nodeKey(node: NodeState): string {
  let key = nodeKeys.get(node);
  if (key !== undefined) return key;
  const { up, running, operations, disk, agenda } = node;
  const parts = [
    up ? 'up' : 'down',
    ...running.map(({ address, state, parent }) => processKey(address, state) + (parent ?? '')),
    operations.join(),
    canonical(disk, 'the log'),
  ];
  if (agenda !== undefined) parts.push(canonical(agenda, 'held effects'));
  key = parts.join('\n');
  nodeKeys.set(node, key);
  return key;
}

/** The key of an envelope: its copies have the same. */
export function envelopeKey({ from, to, message }: RoutedEnvelope): string {
  return `${from}>${to}${keyOf(message, `message ${message.type} of ${from}`)}`;
}

/** Lost forces and failed writes only where there are any: most states have none. */
function faultsKey({ lostForces, failedWrites, ...others }: FaultCount): string {
  const storage = lostForces + failedWrites === 0 ? [] : [lostForces, failedWrites];
  return [canonical(others), ...storage].join();
}

/** The key of the whole state. On unordered links the order of sending does not count. */
export function stateKey(instance: Instance, state: State): string {
  const flight: string[] = [];
  for (const row of state.flight)
    for (const link of row) {
      if (link.length === 0) continue;
      const keys = link.map(envelopeKey);
      if (!isQueue(instance.network)) keys.sort();
      flight.push(keys.join('|'));
    }
  const delivered = state.delivered === undefined ? [] : [envelopeKey(state.delivered)];
  const { history } = state;
  const seen = history === undefined ? [] : [canonical(history, 'the data of a mark')];
  return [
    ...state.nodes.map(nodeKey),
    flight.join('\n'),
    state.cuts.join(),
    faultsKey(state.faults),
    canonical(state.observed, 'what the observer made of the marks'),
    ...delivered,
    ...seen,
  ].join('\n\n');
}

/** Sixteen hexadecimal digits of the state's key. */
export function stateDigest(instance: Instance, state: State): string {
  const digest = new Digest();
  digest.text(stateKey(instance, state));
  return digest.hex();
}
