/**
 * A session of the explorer: a path of decisions from the first state on, and where on it one stands. A
 * session is a value; every step gives a new one, so that going back is nothing but keeping the old.
 */
import {
  type AnySystem,
  apply,
  type Decision,
  type Executed,
  type FullScope,
  fullScope,
  type Instance,
  initialState,
  instantiate,
  type RunFile,
  type RunHeader,
  type State,
  stateDigest,
  type Timing,
  type TraceEntry,
  type UntimedTiming,
  UserMistake,
} from '../model/index.ts';
import { canonical } from '../model/plain-data.ts';
import { withWorkload } from '../model/workload.ts';

/** A state of the path, and the entry of the trace that led to it; the first has none. */
export interface Visit {
  readonly entry: TraceEntry | undefined;
  readonly state: State;
}

/** What a person may switch while stepping. */
export interface Settings {
  readonly timing: UntimedTiming;
  /** Whether faults are offered at all. */
  readonly faults: boolean;
  /** Whether no more faults are offered than the scope allows; otherwise any, at any time. */
  readonly limited: boolean;
  /** Of the random steps. */
  readonly seed: number | string;
}

export interface ExplorerSession {
  readonly instance: Instance;
  /** What run files call the system: its name, or the path of the user's module. */
  readonly named: string;
  /** Hash of the user's module. */
  readonly module: string | undefined;
  readonly scope: FullScope;
  /** Identical copies of a message kept in flight at most; undefined in simulated runs. */
  readonly copies: number | undefined;
  /** What the nodes did when they started. */
  readonly start: readonly Executed[];
  /** The run file that the session began with, and its path. */
  readonly loaded: { readonly file: RunFile; readonly path: readonly Visit[] } | undefined;
  /** Never empty; what lies after the position can be done again. */
  readonly path: readonly Visit[];
  readonly position: number;
  readonly settings: Settings;
}

export interface SessionOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Bounds of the scope; with one, faults are limited to it from the start. */
  readonly scope?: Readonly<Record<string, unknown>>;
  readonly timing?: Timing | undefined;
  readonly named?: string;
  readonly module?: string | undefined;
}

/**
 * A session that begins in the first state of the system.
 *
 *     applied(openSession(twoPhaseCommit), { type: 'crash', node: 'p1' })
 */
export function openSession(system: AnySystem, options: SessionOptions = {}): ExplorerSession {
  return begun(system, options, options.parameters ?? {}, undefined);
}

/**
 * A session on the path of a run file, standing before its first decision. Throws a UserMistake where a
 * decision is not possible any more, or where the path leads to another state than the recorded one.
 */
export function openFile(
  system: AnySystem,
  file: RunFile,
  options: Omit<SessionOptions, 'parameters'> = {},
): ExplorerSession {
  const session = begun(system, options, file.header.parameters, file.header);
  const path = [...session.path];
  for (const [index, { atUs, decision }] of file.decisions.entries())
    try {
      path.push(visit(session, path.at(-1) as Visit, decision, atUs));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserMistake(
        `the run diverges at decision ${index + 1} of ${file.decisions.length}, so "${session.named}" has changed since or is another system: ${reason}`,
      );
    }
  if (stateDigest(session.instance, (path.at(-1) as Visit).state) !== file.footer.state)
    throw new UserMistake(
      `the run diverges: its decisions do not lead to the recorded state, so "${session.named}" has changed since; record the run again`,
    );
  return { ...session, path, loaded: { file, path } };
}

function begun(
  system: AnySystem,
  options: SessionOptions,
  parameters: Readonly<Record<string, unknown>>,
  header: RunHeader | undefined,
): ExplorerSession {
  const instance = withWorkload(instantiate(system, parameters), header ?? {});
  const scope = fullScope(options.scope ?? {}, system.scope ?? {}, instance.network);
  const copies = header === undefined ? scope.copies : header.copies;
  const { state, effects } = initialState(instance, copies === undefined ? {} : { copies });
  return {
    instance,
    named: options.named ?? system.name,
    module: options.module,
    scope,
    copies,
    start: effects,
    loaded: undefined,
    path: [{ entry: undefined, state }],
    position: 0,
    settings: {
      timing: steppable(options.timing, instance.timing),
      faults: true,
      limited: Object.keys(options.scope ?? {}).length > 0,
      seed: 1,
    },
  };
}

/** A person steps from state to state, and no state holds the ages that timed timing goes by. */
function steppable(asked: Timing | undefined, declared: Timing): UntimedTiming {
  if (asked === 'timed')
    throw new UserMistake(
      'the timing is timed, under which one cannot step by hand; step under asynchronous or synchronous timing, or check it',
    );
  return asked ?? (declared === 'timed' ? 'asynchronous' : declared);
}

/** The visit that the decision leads to. Throws a UserMistake when it is not possible. */
export function visit(
  { instance, copies }: Pick<ExplorerSession, 'instance' | 'copies'>,
  from: Visit,
  decision: Decision,
  atUs?: number,
): Visit {
  const step = apply(instance, from.state, decision, copies === undefined ? {} : { copies });
  const entry = { decision, effects: step.effects };
  return { entry: atUs === undefined ? entry : { atUs, ...entry }, state: step.state };
}

/** Where the session stands. */
export function here({ path, position }: ExplorerSession): Visit {
  const current = path[position];
  if (current === undefined) throw new Error('broken promise: the session stands nowhere');
  return current;
}

/**
 * The session one decision further. What could be done again is kept when this is the same decision, and
 * forgotten when it is another.
 */
export function applied(session: ExplorerSession, decision: Decision): ExplorerSession {
  const { path, position, loaded } = session;
  const wanted = canonical(decision);
  for (const known of [path, isOnLoadedPath(session) ? (loaded?.path ?? []) : []]) {
    const next = known[position + 1]?.entry?.decision;
    if (next !== undefined && canonical(next) === wanted)
      return { ...session, path: known, position: position + 1 };
  }
  const next = visit(session, here(session), decision);
  return { ...session, path: [...path.slice(0, position + 1), next], position: position + 1 };
}

/** Back by one decision; the first state stays the first. */
export function undone(session: ExplorerSession): ExplorerSession {
  return { ...session, position: Math.max(0, session.position - 1) };
}

/** Forward by one decision that was taken back. */
export function redone(session: ExplorerSession): ExplorerSession {
  return { ...session, position: Math.min(session.path.length - 1, session.position + 1) };
}

/** To the state after so many decisions of the path. */
export function jumped(session: ExplorerSession, position: number): ExplorerSession {
  const last = session.path.length - 1;
  if (!Number.isInteger(position) || position < 0 || position > last)
    throw new UserMistake(
      `the step is ${JSON.stringify(position)}; it must be a whole number from 0 to ${last}`,
    );
  return { ...session, position };
}

/** The path of the file again, standing where the session left it. */
export function returned(session: ExplorerSession): ExplorerSession {
  const { loaded, path, position } = session;
  if (loaded === undefined)
    throw new UserMistake('this session did not begin with a run file, so there is no path of one');
  const left = leftAt(path, loaded.path);
  return { ...session, path: loaded.path, position: Math.min(position, left) };
}

/** How many decisions of a path are those of the loaded file. */
export function leftAt(path: readonly Visit[], loaded: readonly Visit[]): number {
  const first = path.findIndex((one, index) => one !== loaded[index]);
  // Visits are compared by identity: the first states of both are the same value.
  return (first < 0 ? path.length : first) - 1;
}

/** Whether every decision so far is one of the loaded file. */
export function isOnLoadedPath({ loaded, path, position }: ExplorerSession): boolean {
  return loaded !== undefined && path[position] === loaded.path[position];
}

export function withSettings(
  session: ExplorerSession,
  settings: Partial<Settings>,
): ExplorerSession {
  return { ...session, settings: { ...session.settings, ...settings } };
}
