/** Policies in their order on a node: calls pass each of them, the first being the outermost. */
import { type Send, send } from '../../model/effects.ts';
import { UserMistake } from '../../model/errors.ts';
import {
  defineNode,
  defineProcess,
  type Family,
  type Node,
  type Process,
} from '../../model/process.ts';
import { clientMachine, type Request } from '../services/client.ts';
import type { Call, Cancel, Probe } from '../services/messages.ts';
import type { Services } from '../services/services.ts';
import type { Place, Policy } from './policy.ts';

/** Services behind policies: what a caller's node needs for them, and the way in. */
export interface Guarded {
  /** The processes of the policies, by the names of their kinds: `retry`, the second `retry2`. */
  readonly processes: Readonly<Record<string, Process>>;
  readonly families: Readonly<Record<string, Family>>;
  /** As those of services, but through the policies. */
  call(service: string, key: string, input?: unknown): Send<Call>;
  cancel(service: string, key: string): Send<Cancel>;
}

/** `retry(circuit-breaker(timeout(service)))`: the order of policies in words. */
export function describePolicies(policies: readonly Policy[]): string {
  return policies.reduceRight((inner, { kind }) => `${kind}(${inner})`, 'service');
}

function namesOf(policies: readonly Policy[]): readonly string[] {
  return policies.map(({ kind }, index) => {
    const before = policies.slice(0, index).filter((one) => one.kind === kind).length;
    return before === 0 ? kind : `${kind}${before + 1}`;
  });
}

/**
 * Puts policies in front of services, the first being the outermost. The processes and families belong on
 * the node of the caller, which sends `call(service, key, input)` and gets one `reply` or `failed`.
 *
 *     const { processes, families, call } =
 *       guarded(services, [retry({ attempts: 3 }), circuitBreaker(), timeout({ after: constant(200) })])
 */
export function guarded(services: Services<string>, policies: readonly Policy[]): Guarded {
  for (const [index, one] of policies.entries())
    if (typeof one?.parts !== 'function')
      throw new UserMistake(
        `policy ${index + 1} is ${JSON.stringify(one)}; write a policy, such as retry({ attempts: 3 })`,
      );
  const names = namesOf(policies);
  const direct = <M extends Call | Cancel | Probe>(message: M): Send<M> =>
    send(services.cancel(message.service, message.key).to, message);
  /** What is sent down at this depth: to the next policy, or to the desk of the service. */
  const sent = <M extends Call | Cancel>(depth: number, message: M): Send<M> => {
    // Asked in every case: an unknown service is refused before anything has happened.
    const { to } = direct(message);
    return send(names[depth] ?? to, message);
  };
  const built = policies.map((policy, index) => {
    const name = names[index] as string;
    const place: Place = {
      name,
      family: (of) => `${name}-${of}`,
      below: (message) => sent(index + 1, message),
      direct,
      effects: services.effects,
    };
    return policy.parts(place);
  });
  return {
    processes: Object.fromEntries(built.map(({ process }, index) => [names[index], process])),
    families: Object.assign({}, ...built.map(({ families }) => families ?? {})),
    call: (service, key, input) =>
      sent(0, { type: 'call', service, key, ...(input === undefined ? {} : { input }) }),
    cancel: (service, key) => sent(0, { type: 'cancel', service, key }),
  };
}

/** A node with a client and its policies. The client is the process `client`. */
export function defineCaller(
  services: Services<string>,
  options: { readonly policies: readonly Policy[]; readonly operations?: readonly Request[] },
): Node {
  const { processes, families, call, cancel } = guarded(services, options.policies);
  const client = defineProcess({
    machine: clientMachine({ ...services, call, cancel }),
    operations: options.operations ?? [],
  });
  return defineNode({
    processes: { client, ...processes } as unknown as Readonly<Record<string, Process>>,
    families,
  });
}
