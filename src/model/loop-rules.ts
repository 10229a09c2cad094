/** What loops may say, and what they come to for each client; anything else is told in one sentence. */
import { type Distribution, validDistribution } from './distribution.ts';
import type { Address } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import type { Arrivals, FieldLaw, Fields, Loop, Loops, MixedOperation } from './loops.ts';

/** A kind of operation with nothing left out; its weight is above zero. */
export interface FullOperation {
  readonly operation: MixedOperation['operation'];
  readonly weight: number;
  readonly fields: Fields;
}

/** A loop at one of its clients. */
export interface ClientLoop {
  readonly loop: Loop;
  /** By what its random streams are called. */
  readonly name: string;
  readonly process: Address;
  readonly mix: readonly FullOperation[];
}

/** Keys that a law may have: a table of them is kept for Zipf's law. */
const mostKeys = 1_000_000;

const positive = 'a number above zero';
const time = 'a number of milliseconds, zero or more';

/** The loops, client by client. Throws a {@link UserMistake} for what is not legal in this system. */
export function clientLoops(instance: Instance, loops: Loops): readonly ClientLoop[] {
  if (!Array.isArray(loops as unknown))
    throw new UserMistake(
      `the workload is ${JSON.stringify(loops)}; it must be a list of loops, such as [{"loop":"open","arrivals":{"kind":"poisson","perSecond":10}}]`,
    );
  const clients = clientsOf(instance);
  const names = new Set<string>();
  return loops.flatMap((loop, index) => {
    const what = `loop ${index + 1}`;
    const name = (loop as Loop | null)?.name ?? String(index + 1);
    if (names.has(name))
      throw new UserMistake(`two loops are called "${name}"; give each a name of its own`);
    names.add(name);
    refuseBadLoop(loop, what);
    const processes = loop.processes ?? [...clients.keys()];
    if (processes.length === 0)
      throw new UserMistake(
        `${what} has no client: no process of "${instance.system.name}" declares operations`,
      );
    return processes.map((process): ClientLoop => {
      const own = clients.get(process);
      if (own === undefined)
        throw new UserMistake(
          `${what} asks "${process}", which declares no operations${suggestion(process, [...clients.keys()])}`,
        );
      const mix = mixOf(loop, process, own, what);
      refuseMissingCall(loop, mix, what);
      return { loop, name, process, mix };
    });
  });
}

/** What a process may be asked for. */
export interface Client {
  readonly declared: readonly MixedOperation['operation'][];
  /** The types of those, or of all events of its machine where the list that it declares is empty. */
  readonly types: readonly string[];
}

/** The processes that the environment may ask for anything. An empty list of operations is one, too. */
export function clientsOf({ nodes }: Instance): ReadonlyMap<Address, Client> {
  const clients = new Map<Address, Client>();
  for (const { processes } of nodes)
    for (const { address, process } of processes)
      if (process.operations !== undefined) {
        const declared: Client['declared'] = process.operations;
        const types =
          declared.length > 0 ? declared.map(({ type }) => type) : process.machine.events;
        clients.set(address, { declared, types });
      }
  return clients;
}

function mixOf(
  { mix, fields = {} }: Loop,
  process: Address,
  { declared, types }: Client,
  what: string,
): readonly FullOperation[] {
  if (mix === undefined && declared.length === 0)
    throw new UserMistake(
      `${what} has no mix, and ${process} declares no operations of its own; say what is asked, such as "mix":[{"operation":{"type":"READ"}}]`,
    );
  const given: readonly MixedOperation[] = mix ?? declared.map((operation) => ({ operation }));
  const full: FullOperation[] = [];
  for (const { operation, weight = 1, fields: own = {} } of given) {
    const type: unknown = operation?.type;
    if (typeof type !== 'string' || !types.includes(type))
      throw new UserMistake(
        `${what} asks ${process} for ${JSON.stringify(type)}, which it does not declare${suggestion(String(type), types)}`,
      );
    if (!(Number.isFinite(weight) && weight >= 0))
      throw new UserMistake(
        `${what}: the weight of ${type} is ${weight}; it must be a number, zero or more`,
      );
    const all = { ...fields, ...own };
    for (const [field, law] of Object.entries(all))
      refuseBadField(law, `${what}: field ${field} of ${type}`);
    if (weight > 0) full.push({ operation, weight, fields: all });
  }
  if (full.length === 0)
    throw new UserMistake(`${what} has no operation of a weight above zero; give one of its mix 1`);
  return full;
}

function refuseMissingCall(loop: Loop, mix: readonly FullOperation[], what: string): void {
  const isConcurrent = loop.loop === 'closed' && (loop.users ?? 1) > 1;
  if (!isConcurrent && loop.retries === undefined) return;
  const without = mix.find(({ fields }) => fields.call?.kind !== 'serial');
  if (without === undefined) return;
  const why = isConcurrent ? `${(loop as { users?: number }).users} users` : 'retries';
  throw new UserMistake(
    `${what} has ${why}, so that a client must tell its operations apart, and ${without.operation.type} has no call; add "fields":{"call":{"kind":"serial"}}`,
  );
}

function refuseBadLoop(loop: Loop, what: string): void {
  const kind: unknown = (loop as Loop | null)?.loop;
  if (kind !== 'open' && kind !== 'closed')
    throw new UserMistake(`${what} is ${JSON.stringify(kind)}; it must be "open" or "closed"`);
  const { operations, fromMs, untilMs, retries } = loop;
  const counts = 'a whole number, 1 or more';
  const count = (value: number | undefined, name: string): void => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new UserMistake(`${what}: ${name} is ${value}; it must be ${counts}`);
  };
  const number = (value: number | undefined, name: string, legal: string): void => {
    const isLegal = Number.isFinite(value) && (value as number) >= 0;
    if (value !== undefined && !(isLegal && (legal !== positive || value > 0)))
      throw new UserMistake(`${what}: ${name} is ${value}; it must be ${legal}`);
  };
  count(operations, 'operations');
  number(fromMs, 'fromMs', time);
  number(untilMs, 'untilMs', time);
  if (untilMs !== undefined && untilMs < (fromMs ?? 0))
    throw new UserMistake(
      `${what}: untilMs is ${untilMs}; it must not come before fromMs, ${fromMs}`,
    );
  if (retries !== undefined) {
    count(retries.attempts, 'attempts of retries');
    if (retries.attempts === 1 && retries.timeoutMs === undefined)
      throw new UserMistake(
        `${what}: attempts of retries is 1, without a timeoutMs after which an operation is given up; there is nothing to ask again`,
      );
    number(retries.timeoutMs, 'timeoutMs of retries', positive);
    law(retries.pause, `${what}: pause of retries`);
  }
  if (loop.loop === 'closed') {
    count(loop.users, 'users');
    law(loop.think, `${what}: think`);
  } else refuseBadArrivals(loop.arrivals, number, what);
}

function law(given: Distribution | undefined, what: string): void {
  if (given !== undefined) validDistribution(given, what);
}

type Number = (value: number | undefined, name: string, legal: string) => void;

function refuseBadArrivals(arrivals: Arrivals, number: Number, what: string): void {
  const rate = (value: number, name = 'perSecond'): void =>
    number(value ?? Number.NaN, `${name} of the arrivals`, positive);
  switch (arrivals?.kind) {
    case 'poisson':
      return rate(arrivals.perSecond);
    case 'constant':
      return rate(arrivals.everyMs, 'everyMs');
    case 'renewal':
      validDistribution(arrivals.gap, `${what}: gap of the arrivals`);
      return;
    case 'bursts':
      rate(arrivals.perSecond);
      number(arrivals.offPerSecond, 'offPerSecond of the arrivals', 'a number, zero or more');
      validDistribution(arrivals.on, `${what}: on of the arrivals`);
      validDistribution(arrivals.off, `${what}: off of the arrivals`);
      return;
    case 'diurnal': {
      rate(arrivals.perSecond);
      const { amplitude = 0.5 } = arrivals;
      if (!(amplitude >= 0 && amplitude <= 1))
        throw new UserMistake(
          `${what}: amplitude of the arrivals is ${amplitude}; it must be a number from 0 to 1`,
        );
      number(arrivals.periodMs, 'periodMs of the arrivals', positive);
      number(arrivals.peakAtMs, 'peakAtMs of the arrivals', time);
      return;
    }
    default:
      throw new UserMistake(
        `${what} has arrivals of the kind ${JSON.stringify((arrivals as { readonly kind?: unknown } | undefined)?.kind)}; it must be "poisson", "constant", "renewal", "bursts" or "diurnal"`,
      );
  }
}

function refuseBadField(field: FieldLaw, what: string): void {
  const bad = (reason: string): never => {
    throw new UserMistake(`${what}: ${reason}`);
  };
  switch (field?.kind) {
    case 'serial':
      return;
    case 'values': {
      const { values, weights } = field;
      if (!Array.isArray(values) || values.length === 0)
        return bad('values must be a list of at least one value');
      if (weights === undefined) return;
      const isLegal =
        Array.isArray(weights) && weights.every((one) => Number.isFinite(one) && one >= 0);
      if (!isLegal || weights.length !== values.length || weights.every((one) => one === 0))
        return bad(
          `weights are ${JSON.stringify(weights)}; they must be ${values.length} numbers, zero or more and not all zero, one for each value`,
        );
      return;
    }
    case 'uniform':
    case 'zipf': {
      const { keys } = field;
      if (!(Number.isSafeInteger(keys) && keys >= 1 && keys <= mostKeys))
        return bad(`keys is ${keys}; it must be a whole number from 1 to ${mostKeys}`);
      const exponent = field.kind === 'zipf' ? (field.exponent ?? 0.99) : 1;
      if (!(Number.isFinite(exponent) && exponent >= 0))
        return bad(`exponent is ${exponent}; it must be a number, zero or more`);
      return;
    }
    default:
      return bad(
        `the law is ${JSON.stringify((field as { readonly kind?: unknown } | undefined)?.kind)}; it must be "uniform", "zipf", "values" or "serial"`,
      );
  }
}
