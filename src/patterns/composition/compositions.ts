/** Compositions as services: nodes that are called, and a registry that holds them beside other services. */
import type { NodeId } from '../../model/effects.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import { defineNode, defineProcess, type Node } from '../../model/process.ts';
import type { Services } from '../services/services.ts';
import { compile, familiesOf, familyOf } from './compile.ts';
import { compositionDesk } from './desk.ts';
import { type Composition, servicesOf } from './plan.ts';
import type { Directory } from './rules.ts';

/**
 * A composition as a service: a node whose desk, `ID/desk`, takes calls, and whose flows are `ID/flow/KEY`.
 * What it is at is lost in a crash; a caller that asks again under the same key starts a flow whose calls have
 * the keys of the first one's.
 */
export function defineComposition(
  id: NodeId,
  composition: Composition,
  directory: Directory,
): Node {
  const compiled = compile(composition, id, directory);
  return defineNode({
    processes: { desk: defineProcess({ machine: compositionDesk(id) }) },
    families: { flow: familyOf(compiled), ...familiesOf(compiled) },
  });
}

/**
 * The services and, beside them, compositions of them, which are called in the same way and may call each
 * other. Throws a {@link UserMistake} for a task whose service nobody is.
 *
 *     const services = withCompositions(defineServices({ stock: {}, payments: {} }), {
 *       order: sequence(task('stock'), task('payments')),
 *       orders: forEach((list: readonly Order[]) => list, task('order'), { concurrency: 2 }),
 *     })
 */
export function withCompositions<TService extends string, TId extends string>(
  services: Services<TService>,
  compositions: Readonly<Record<TId, Composition>>,
): Services<TService | TId> {
  const own = Object.keys(compositions) as TId[];
  const ids: readonly (TService | TId)[] = [...services.ids, ...own];
  for (const id of own)
    if ((services.ids as readonly string[]).includes(id))
      throw new UserMistake(`the composition ${id} has the id of a service; give it another`);
  const deskOf = (id: string): string => {
    if ((own as readonly string[]).includes(id)) return `${id}/desk`;
    throw new UserMistake(`there is no service ${JSON.stringify(id)}${suggestion(id, ids)}`);
  };
  const isService = (id: string): id is TService =>
    (services.ids as readonly string[]).includes(id);
  const registry: Omit<Services<TService | TId>, 'nodes'> = {
    ids,
    call(id, key, input) {
      if (isService(id)) return services.call(id, key, input);
      const call = { type: 'call', service: id, key } as const;
      const message = input === undefined ? call : { ...call, input };
      return { type: 'send', to: deskOf(id), message };
    },
    cancel(id, key) {
      if (isService(id)) return services.cancel(id, key);
      return { type: 'send', to: deskOf(id), message: { type: 'cancel', service: id, key } };
    },
    effects(id) {
      if (isService(id)) return services.effects(id);
      deskOf(id);
      // Its desk answers a key that it knows again.
      return 'once';
    },
  };
  const nodes = own.map((id) => {
    for (const service of servicesOf(compositions[id]))
      if (!(ids as readonly string[]).includes(service))
        throw new UserMistake(
          `the composition ${id} calls ${JSON.stringify(service)}, which is no service${suggestion(service, ids)}`,
        );
    return [id, defineComposition(id, compositions[id], registry as Directory)] as const;
  });
  return { ...registry, nodes: { ...services.nodes, ...Object.fromEntries(nodes) } as never };
}
