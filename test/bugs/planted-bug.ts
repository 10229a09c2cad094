/** Planted bugs: each a small change of one rule of a real protocol, which both tools must find. */
import type { Timing, Variation } from '../../src/index.ts';

export interface PlantedBug {
  readonly name: string;
  /** The mistake in one sentence. */
  readonly mutation: string;
  readonly source: string;
  readonly variation: Variation;
  /** Names of properties, one of which must be found violated. */
  readonly breaks: readonly string[];
  /** The smallest question that shows it. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly scope: Readonly<Record<string, number | boolean>>;
  /** Default: the timing that the system declares. */
  readonly timing?: Timing;
  /** The scenario to whose faults the fuzzer adds more. Default: the one without any. */
  readonly scenario?: string;
}

export type Config = Parameters<NonNullable<Variation['patch']>[string]>[0];
type StateConfig = NonNullable<Config['states']>[string];

/** The config with one state changed: `withState(config, 'inDoubt.following', ...)`. */
export function withState(
  config: Config,
  path: string,
  change: (state: StateConfig) => StateConfig,
): Config {
  const [name = '', ...inner] = path.split('.');
  const state = config.states?.[name];
  if (state === undefined) throw new Error(`the machine has no state ${name}`);
  const changed = inner.length === 0 ? change(state) : withState(state, inner.join('.'), change);
  return { ...config, states: { ...config.states, [name]: changed } };
}

/** The config with every list of actions that are names changed, wherever it stands. */
export function withActions(
  config: Config,
  change: (names: readonly string[]) => readonly string[],
): Config {
  const visit = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) {
      const isActions = ['actions', 'entry', 'exit'].includes(key);
      const names = value.every((one) => typeof one === 'string');
      return isActions && names ? change(value) : value.map((one) => visit(one));
    }
    if (typeof value !== 'object' || value === null || key === 'guard') return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, visit(inner, name)]),
    );
  };
  return visit(config) as Config;
}
