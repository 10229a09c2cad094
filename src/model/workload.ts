/**
 * Workloads: the operations of one run as data, in place of those that the processes declare. They are a
 * list, or loops that generate them. The instance with a list is that of the same system whose processes
 * declare just these operations; with loops it is that of one whose environment asks for any of the
 * operations that the loops can generate ({@link Demand}). So everything else (the relation, replay, the
 * checker) needs to know nothing of laws and times.
 */
import { type Demand, demandOf, type Pattern } from './demand.ts';
import type { Address } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import { type ClientLoop, clientLoops, clientsOf } from './loop-rules.ts';
import type { FieldLaw, Loops } from './loops.ts';
import type { NodeDefinition, ProcessDefinition } from './node.ts';
import { canonical } from './plain-data.ts';
import type { PlannedOperation, Workload } from './scenario.ts';

/** What is asked of a system in one run: a list of operations, or loops, or what the processes declare. */
export interface Asked {
  readonly operations?: Workload | undefined;
  readonly workload?: Loops | undefined;
}

/**
 * The instance whose processes are asked for the operations of the workload and no others. Throws a
 * {@link UserMistake} for an operation that its process does not declare, and for a list beside loops.
 */
export function withWorkload(instance: Instance, { operations, workload }: Asked): Instance {
  if (operations !== undefined && workload !== undefined)
    throw new UserMistake(
      'both a list of operations and a workload that generates them are given; leave one of them out',
    );
  if (operations !== undefined) return withOperations(instance, operations);
  return workload === undefined ? instance : withDemands(instance, demandsOf(instance, workload));
}

function withOperations(instance: Instance, workload: Workload): Instance {
  for (const [index, planned] of workload.entries()) legalOperation(instance, planned, index);
  refuseDisorder(workload);
  return withProcesses(instance, (definition) => {
    const own = workload.filter(({ process }) => process === definition.address);
    const operations = own.map(({ operation }) => operation);
    return { ...definition, process: { ...definition.process, operations } as never };
  });
}

function withDemands(instance: Instance, demands: ReadonlyMap<Address, Demand>): Instance {
  return withProcesses(instance, (definition) => ({
    ...definition,
    demand: demands.get(definition.address) ?? demandOf([], 0, false),
  }));
}

/** What the loops of each client come to. */
function demandsOf(instance: Instance, loops: Loops): ReadonlyMap<Address, Demand> {
  const byProcess = new Map<Address, ClientLoop[]>();
  for (const one of clientLoops(instance, loops))
    byProcess.set(one.process, [...(byProcess.get(one.process) ?? []), one]);
  const demands = new Map<Address, Demand>();
  for (const [process, own] of byProcess) {
    const patterns = own.flatMap(({ mix }) =>
      mix.map(({ operation, fields }): Pattern => ({ operation, fields: withoutRare(fields) })),
    );
    let atMost: number | undefined = 0;
    for (const { loop } of own)
      atMost =
        atMost === undefined || loop.operations === undefined
          ? undefined
          : atMost + loop.operations;
    const again = own.some(({ loop }) => loop.retries !== undefined);
    demands.set(process, demandOf(patterns, atMost, again));
  }
  return demands;
}

/** What has the weight 0 never happens, also for a checker that is blind to weights. */
function withoutRare(fields: Pattern['fields']): Pattern['fields'] {
  const possible = Object.entries(fields).map(([name, law]): readonly [string, FieldLaw] => {
    if (law.kind !== 'values' || law.weights === undefined) return [name, law];
    const { values, weights } = law;
    return [name, { kind: 'values', values: values.filter((_, index) => weights[index] !== 0) }];
  });
  return Object.fromEntries(possible);
}

function withProcesses(
  instance: Instance,
  change: (definition: ProcessDefinition) => ProcessDefinition,
): Instance {
  const nodes = instance.nodes.map((node): NodeDefinition => {
    const processes = node.processes.map((definition) =>
      definition.process.operations === undefined ? definition : change(definition),
    );
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
  { process, operation, afterMs, atMs }: PlannedOperation,
  index: number,
): void {
  const what = `operation ${index + 1}`;
  const clients = clientsOf(instance);
  const own = clients.get(process);
  if (own === undefined)
    throw new UserMistake(
      `${what} is asked of "${process}", which declares no operations${suggestion(process, [...clients.keys()])}`,
    );
  // Of a declared type it may have other contents: those that a workload draws, say.
  if (!own.types.includes(operation.type)) {
    const known = own.declared.map((one) => canonical(one));
    throw new UserMistake(
      `${what} is ${canonical(operation)}, which ${process} does not declare; it declares ${(known.length > 0 ? known : own.types).join(', ')}`,
    );
  }
  if (afterMs !== undefined && !(Number.isFinite(afterMs) && afterMs >= 0))
    throw new UserMistake(
      `${what} (${operation.type} of ${process}): afterMs is ${afterMs}; it must be a number of milliseconds, zero or more`,
    );
  if (atMs !== undefined && !(Number.isFinite(atMs) && atMs >= 0))
    throw new UserMistake(
      `${what} (${operation.type} of ${process}): atMs is ${atMs}; it must be a number of milliseconds, zero or more`,
    );
  if (atMs !== undefined && afterMs !== undefined)
    throw new UserMistake(
      `${what} (${operation.type} of ${process}) has both atMs and afterMs; it arrives at a time, or is asked some time after the one before`,
    );
}

/** A process starts its operations in their order: one cannot arrive before the one that it stands behind. */
function refuseDisorder(workload: Workload): void {
  const last = new Map<Address, PlannedOperation>();
  for (const [index, planned] of workload.entries()) {
    const { process, operation, atMs } = planned;
    const before = last.get(process);
    last.set(process, planned);
    if (before === undefined) continue;
    const what = `operation ${index + 1} (${operation.type} of ${process})`;
    if ((before.atMs === undefined) !== (atMs === undefined))
      throw new UserMistake(
        `${what} ${atMs === undefined ? 'has no' : 'has an'} atMs, unlike the one before it; give it to all operations of a process or to none`,
      );
    if (atMs !== undefined && before.atMs !== undefined && atMs < before.atMs)
      throw new UserMistake(
        `${what} arrives at ${atMs} ms, before the one that it stands behind, at ${before.atMs} ms; put them in the order of their times`,
      );
  }
}
