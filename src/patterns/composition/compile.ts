/**
 * From a composition to one statechart that reads like it:
 *
 *     sequence    states one after the other          choice     guarded transitions of one state
 *     parallel    regions of a parallel state         loop       a guarded transition back
 *     race        regions, the first of which leads out
 *     attempt     failures lead to its catch state, and not to the end
 *     forEach     a state, and an instance of a family for each item
 *
 * A failure leaves all regions at once, and a state that is left while its call is not answered takes the call
 * back as it is left: that siblings are cancelled is what statecharts do. Immediate steps are transitions
 * without events, so that between two events every thread waits.
 */
import type { Distribution } from '../../model/distribution.ts';
import { defineFamily, type Family } from '../../model/process.ts';
import { type FlowContext, flowContext, outcomeOf } from './flow.ts';
import type { Composition, ForEach } from './plan.ts';
import { type Directory, delayOf, flowRules } from './rules.ts';
import { statechart } from './statechart.ts';

/** What every flow's machine has: its type. */
const template = (rules: ReturnType<typeof flowRules>) =>
  rules.createMachine({
    context: ({ input }) => flowContext(input),
    output: ({ context }) => outcomeOf(context),
  });

type FlowMachine = ReturnType<typeof template>;
type FlowDelay = Distribution | ((args: { readonly context: FlowContext }) => Distribution);

/** A machine, and how long its waits take. */
export interface CompiledPart {
  readonly machine: FlowMachine;
  readonly delays: Readonly<Record<string, FlowDelay>>;
}

/** A composition as a statechart, with the machines of the items of each forEach in it. */
export interface Compiled extends CompiledPart {
  readonly families: Readonly<Record<string, CompiledPart>>;
}

/** Sends every call to an address that is the id of its service. */
const byId: Directory = {
  call: (id, key, input) => ({
    type: 'send',
    to: id,
    message: { type: 'call', service: id, key, ...(input === undefined ? {} : { input }) },
  }),
  cancel: (id, key) => ({ type: 'send', to: id, message: { type: 'cancel', service: id, key } }),
};

/**
 * Compiles a composition to a machine of that id. Its calls go where the directory says: a registry of
 * services, or, without one, addresses that are the ids of the services.
 *
 *     createActor(compile(composition, 'order').machine, { input: { key: 'k1', data } })
 */
export function compile(
  composition: Composition,
  id: string,
  directory: Directory = byId,
): Compiled {
  const families: Record<string, CompiledPart> = {};
  // A dot parts the names of a path.
  const machineId = id.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  const own = compilePart(composition, machineId, 'each', directory, families);
  return { ...own, families };
}

function compilePart(
  composition: Composition,
  id: string,
  family: string,
  directory: Directory,
  families: Record<string, CompiledPart>,
): CompiledPart {
  const { initial, states, parts, waits, families: own } = statechart(composition, id, family);
  for (const [at, name] of own) {
    const { body } = parts.get(at) as ForEach;
    const itemId = `${id}-${name.slice(family.length + 1)}`.replaceAll('.', '-');
    families[name] = compilePart(body, itemId, name, directory, families);
  }
  const delays = Object.fromEntries(
    [...waits].map(([at, thread]) => [`wait ${at}`, delayOf(parts, at, thread)]),
  );
  const rules = flowRules(parts, directory, meansOf(delays));
  const { context, output } = template(rules).config;
  const machine = rules.createMachine({
    id,
    context,
    entry: 'begin',
    on: {
      CANCEL: { target: '.cancelled', actions: 'beCancelled' },
      reply: { guard: 'isOfAbandonedCall', actions: 'noteLateAnswer' },
      failed: { guard: 'isOfAbandonedCall', actions: 'noteLateAnswer' },
      FINISHED: { actions: 'noteAbandonedOfItem' },
    },
    initial,
    states: { ...states, ...{ completed: final, failed: final, cancelled: final } },
    output,
  } as never);
  return { machine: machine as unknown as FlowMachine, delays };
}

const final = { type: 'final' } as const;

/** What a machine takes for its waits where nothing draws from their laws: a plain actor. */
function meansOf(delays: Readonly<Record<string, FlowDelay>>) {
  return Object.fromEntries(
    Object.entries(delays).map(([name, delay]) => [
      name,
      (args: { readonly context: FlowContext }) =>
        meanMs(typeof delay === 'function' ? delay(args) : delay),
    ]),
  );
}

function meanMs(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.ms;
    case 'uniform':
      return (distribution.minMs + distribution.maxMs) / 2;
    case 'exponential':
      return Math.max(distribution.minMs, distribution.meanMs);
    case 'logNormal':
      return distribution.offsetMs + distribution.medianMs * Math.exp(distribution.sigma ** 2 / 2);
    case 'pareto': {
      const { minMs, shape } = distribution;
      // With a shape of 1 or less there is no mean: its median.
      return shape > 1 ? (minMs * shape) / (shape - 1) : minMs * 2 ** (1 / shape);
    }
    case 'empirical': {
      const { samplesMs } = distribution;
      return samplesMs.reduce((sum, one) => sum + one, 0) / samplesMs.length;
    }
  }
}

/** The families of a compiled composition, for `defineNode`. */
export function familiesOf({ families }: Compiled): Readonly<Record<string, Family>> {
  return Object.fromEntries(Object.entries(families).map(([name, part]) => [name, familyOf(part)]));
}

/** The family of flows of a compiled part. */
export function familyOf({ machine, delays }: CompiledPart): Family {
  return defineFamily({ machine, delays } as never);
}
