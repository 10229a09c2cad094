/**
 * A view that notes which small questions a predicate asks of a state ("is p1 in committed?", "what has
 * the observer seen?") and what the answers were. Each question is about one column of a state, so that
 * its answers can be written down as a table.
 */
import type { Address, NodeId } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import { type FaultCount, faultNames } from '../model/state.ts';
import type { ProcessView, View } from '../model/view.ts';

/** The part of a state that a question is about. */
export type Column =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'observation' }
  /** What clients have seen. */
  | { readonly kind: 'history' }
  | { readonly kind: 'fault'; readonly fault: keyof FaultCount }
  | { readonly kind: 'connected'; readonly source: number; readonly target: number }
  /** How many messages are in flight. */
  | { readonly kind: 'inFlight' }
  /** The message of that place in {@link View.inFlight}. */
  | { readonly kind: 'message'; readonly position: number };

/** A question about one column; equal texts mean equal questions. */
export interface Question {
  readonly text: string;
  readonly column: Column;
  /** The answer, as a text that is equal for equal answers. */
  ask(view: View): string;
}

/** A predicate has looked at something that no table of one column answers. */
export class Untabled extends Error {}

/** What has been asked of one state, in order, each question once. */
export type Asked = readonly { readonly question: Question; readonly answer: string }[];

export interface Probe {
  readonly view: View;
  readonly asked: Asked;
}

/** The view of a state, noting what it is asked. */
export function probe(instance: Instance, view: View): Probe {
  const asked: { question: Question; answer: string }[] = [];
  const known = new Set<string>();
  const note: Note = (text, column, ask) => {
    if (known.has(text)) return;
    known.add(text);
    asked.push({ question: { text, column, ask }, answer: ask(view) });
  };
  return { view: probingView(instance, view, note), asked };
}

type Note = (text: string, column: Column, ask: (view: View) => string) => void;

function probingView(instance: Instance, view: View, note: Note): View {
  const about = (text: string, column: Column, read: (view: View) => unknown): unknown =>
    probed({ view, note, column }, text, read, new Map());
  const nodeOf = (id: NodeId): Column => ({ kind: 'node', node: instance.node(id).index });
  let listed: readonly ProcessView[] | undefined;
  const all = (): readonly ProcessView[] => {
    // Which instances there are is no question about one column.
    if (instance.nodes.some(({ families }) => families.size > 0))
      throw new Untabled('it looks at the processes of a system with families');
    listed ??= view.all.map((process, position) =>
      probedProcess(process, nodeOf(process.node), about, (other) => other.all[position]),
    );
    return listed;
  };
  const { parameters } = view;
  return {
    parameters,
    get all() {
      return all();
    },
    get processes() {
      return Object.fromEntries(all().map((one) => [one.address, one])) as View['processes'];
    },
    isUp: (node) => about(`${node} is up`, nodeOf(node), (other) => other.isUp(node)) as boolean,
    isConnected(from, to) {
      const [source, target] = [instance.node(from).index, instance.node(to).index];
      const column: Column = { kind: 'connected', source, target };
      const read = (other: View): boolean => other.isConnected(from, to);
      return about(`${from} reaches ${to}`, column, read) as boolean;
    },
    get inFlight() {
      return probedFlight(view, note);
    },
    records: (process) =>
      about(
        `records of ${process}`,
        { kind: 'node', node: instance.placeOf(process).node },
        (other) => other.records(process),
      ) as ReturnType<View['records']>,
    get observed() {
      // Whole: there are few observations, and most predicates look at nothing else.
      note('the observation', { kind: 'observation' }, (other) => identity(other.observed));
      return view.observed;
    },
    get history() {
      note('what clients have seen', { kind: 'history' }, (other) => identity(other.history));
      return view.history;
    },
    get faults() {
      const counts = {};
      for (const fault of faultNames)
        Object.defineProperty(counts, fault, {
          enumerable: true,
          get: () => about(fault, { kind: 'fault', fault }, (other) => other.faults[fault]),
        });
      return counts as FaultCount;
    },
  };
}

function probedProcess(
  { address, node }: ProcessView,
  column: Column,
  about: (text: string, column: Column, read: (view: View) => unknown) => unknown,
  find: (view: View) => ProcessView | undefined,
): ProcessView {
  const ask = (what: string, read: (process: ProcessView) => unknown): unknown =>
    about(`${address} ${what}`, column, (view) => {
      const process = find(view);
      return process === undefined ? undefined : read(process);
    });
  const live = (key: 'value' | 'context') =>
    ask(key, (process) => (process.up ? process[key] : undefined));
  return {
    address: address as Address,
    node,
    get up() {
      return ask('is up', ({ up }) => up) as true;
    },
    get value() {
      return live('value') as never;
    },
    get context() {
      return live('context') as never;
    },
    in: (path: string) => ask(`in ${path}`, (process) => process.in(path)) as boolean,
  };
}

/** The messages in flight, of which the length and each place are questions. */
function probedFlight(view: View, note: Note): View['inFlight'] {
  const length = (): number => {
    note('messages in flight', { kind: 'inFlight' }, ({ inFlight }) => `${inFlight.length}`);
    return view.inFlight.length;
  };
  return new Proxy([] as View['inFlight'][number][], {
    get(target, key) {
      if (key === 'length') return length();
      const position = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : undefined;
      if (position === undefined) return Reflect.get(target, key) as unknown;
      if (position >= length()) return undefined;
      const column: Column = { kind: 'message', position };
      note(`message ${position} in flight`, column, ({ inFlight }) => identity(inFlight[position]));
      return view.inFlight[position];
    },
    has(target, key) {
      const isPlace = typeof key === 'string' && /^\d+$/.test(key);
      return isPlace ? Number(key) < length() : Reflect.has(target, key);
    },
    ownKeys: () => [...Array(length()).keys()].map(String).concat('length'),
  });
}

interface Probing {
  readonly view: View;
  readonly note: Note;
  readonly column: Column;
}

/** The value that is read, or a stand-in that notes what of it is looked at. */
function probed(
  probing: Probing,
  path: string,
  read: (view: View) => unknown,
  seen: Map<string, unknown>,
): unknown {
  const known = seen.get(path);
  if (known !== undefined) return known;
  const { view, note, column } = probing;
  const value = read(view);
  note(path, column, (other) => shape(read(other)));
  if (typeof value !== 'object' || value === null) return value;
  const isList = Array.isArray(value);
  const part = (key: string): unknown =>
    probed(
      probing,
      `${path}.${key}`,
      (other) => (read(other) as Readonly<Record<string, unknown>> | undefined | null)?.[key],
      seen,
    );
  const keys = (): string[] => {
    note(`keys of ${path}`, column, (other) => {
      const there = read(other);
      return typeof there === 'object' && there !== null ? Object.keys(there).join('\n') : '';
    });
    return Object.keys(value);
  };
  const stand: unknown = new Proxy((isList ? [] : {}) as Record<string, unknown>, {
    get: (target, key) =>
      typeof key === 'symbol' || (key in target && key !== 'length' && !Object.hasOwn(value, key))
        ? (Reflect.get(target, key) as unknown)
        : part(key),
    has: (target, key) =>
      typeof key === 'symbol' || key in target ? Reflect.has(target, key) : keys().includes(key),
    ownKeys: () => (isList ? [...keys(), 'length'] : keys()),
    getOwnPropertyDescriptor(target, key) {
      if (isList && key === 'length') return Reflect.getOwnPropertyDescriptor(target, key);
      if (typeof key === 'symbol' || !keys().includes(key)) return undefined;
      return { value: part(key), writable: true, enumerable: true, configurable: true };
    },
    set: () => {
      throw new Untabled('it changes what it looks at');
    },
  });
  seen.set(path, stand);
  return stand;
}

function shape(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const identities = new WeakMap<object, string>();
let next = 0;

/** A text for the value itself: observations and envelopes exist once each. */
function identity(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shape(value);
  let known = identities.get(value);
  if (known === undefined) {
    known = `#${next++}`;
    identities.set(value, known);
  }
  return known;
}
