/**
 * Workloads: the operations of one run as data, in place of those that the processes declare. The
 * instance with a workload is that of the same system whose processes declare just these operations,
 * so that everything else (the relation, replay, the checker) needs to know nothing of workloads.
 */
import type { Address } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import type { NodeDefinition } from './node.ts';
import { canonical } from './plain-data.ts';
import type { PlannedOperation, Workload } from './scenario.ts';

/**
 * The instance whose processes are asked for the operations of the workload and no others. Throws a
 * {@link UserMistake} for an operation that its process does not declare.
 */
export function withWorkload(instance: Instance, workload: Workload | undefined): Instance {
  if (workload === undefined) return instance;
  for (const [index, planned] of workload.entries()) legalOperation(instance, planned, index);
  const nodes = instance.nodes.map((node): NodeDefinition => {
    const processes = node.processes.map((definition) => {
      if (definition.process.operations === undefined) return definition;
      const own = workload.filter(({ process }) => process === definition.address);
      const operations = own.map(({ operation }) => operation);
      return { ...definition, process: { ...definition.process, operations } as never };
    });
    return { ...node, processes };
  });
  return {
    ...instance,
    nodes,
    node: (id) => nodes[instance.node(id).index] as NodeDefinition,
  };
}

/** The operations that each process declares, by address; processes without any are left out. */
export function declaredOperations(
  instance: Instance,
): ReadonlyMap<Address, readonly PlannedOperation['operation'][]> {
  const declared = new Map<Address, readonly PlannedOperation['operation'][]>();
  for (const { processes } of instance.nodes)
    for (const { address, process } of processes)
      if ((process.operations?.length ?? 0) > 0) declared.set(address, process.operations ?? []);
  return declared;
}

function legalOperation(
  instance: Instance,
  { process, operation, afterMs }: PlannedOperation,
  index: number,
): void {
  const what = `operation ${index + 1}`;
  const declared = declaredOperations(instance);
  const own = declared.get(process);
  if (own === undefined)
    throw new UserMistake(
      `${what} is asked of "${process}", which declares no operations${suggestion(process, [...declared.keys()])}`,
    );
  if (!own.some((one) => canonical(one) === canonical(operation)))
    throw new UserMistake(
      `${what} is ${canonical(operation)}, which ${process} does not declare; it declares ${own.map((one) => canonical(one)).join(', ')}`,
    );
  if (afterMs !== undefined && !(Number.isFinite(afterMs) && afterMs >= 0))
    throw new UserMistake(
      `${what} (${operation.type} of ${process}): afterMs is ${afterMs}; it must be a number of milliseconds, zero or more`,
    );
}
