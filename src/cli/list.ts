/** `list`: the built-in systems with all that the other commands take. */
import {
  type AnySystem,
  type AnyTransitionSystem,
  instantiate,
  type Parameter,
  type ParameterSpecs,
  type Property,
  presets,
  type Scenario,
  specificationOf,
} from '../index.ts';
import { builtInSystems } from '../patterns/index.ts';
import type { ExitCode, Io } from './io.ts';
import { paint, table, wrapped } from './layout.ts';
import { asMistakeOf, namedSystem } from './system-argument.ts';
import { kindWords } from './words.ts';

export interface ListArguments {
  readonly json?: boolean;
}

export async function listCommand(
  typed: string | undefined,
  given: ListArguments,
  io: Io,
): Promise<ExitCode> {
  const systems = typed === undefined ? builtInSystems() : [await oneSystem(typed, io)];
  const listed = systems.map(entryOf);
  const faults = Object.entries(presets).map(([name, { description }]) => ({ name, description }));
  if (given.json === true) io.out(`${JSON.stringify({ systems: listed, presets: faults })}\n`);
  else io.out(listText(listed, typed === undefined ? faults : [], io));
  return 0;
}

async function oneSystem(typed: string, io: Io): Promise<AnySystem | AnyTransitionSystem> {
  const named = await namedSystem(typed, io.cwd);
  try {
    entryOf(named.system);
    return named.system;
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

type Entry = ReturnType<typeof entryOf>;

function entryOf(system: AnySystem | AnyTransitionSystem) {
  const isAbstract = system.kind === 'transition-system';
  const scenarios: Readonly<Record<string, Scenario>> = isAbstract ? {} : (system.scenarios ?? {});
  const properties = (system.properties ?? []) as readonly Property[];
  const base = builtInSystems().find(({ name }) => system.name.startsWith(`${name}/`));
  return {
    name: system.name,
    kind: system.kind,
    description: system.description ?? null,
    variantOf: base?.name ?? null,
    timing: isAbstract ? null : (system.timing ?? 'asynchronous'),
    scope: isAbstract ? null : (system.scope ?? {}),
    parameters: parametersOf(system),
    scenarios: Object.entries(scenarios).map(([name, { description }]) => ({ name, description })),
    properties: properties.map(({ name, kind, description }) => ({
      name,
      kind,
      description: description ?? null,
    })),
  };
}

/** A variant may change defaults, so that they are those of an instance. */
function parametersOf(system: AnySystem | AnyTransitionSystem) {
  const specs: ParameterSpecs = system.parameters ?? {};
  const defaults = system.kind === 'system' ? instantiate(system).parameters : {};
  return Object.entries(specs).map(([name, given]) => {
    const spec = specificationOf(given);
    return {
      name,
      default: defaults[name] ?? spec.default,
      ...rangeOf(spec),
      description: spec.description ?? null,
    };
  });
}

function rangeOf({
  default: value,
  min,
  max,
  oneOf,
}: Parameter): Partial<Pick<Parameter, 'min' | 'max' | 'oneOf'>> {
  if (typeof value !== 'number') return oneOf === undefined ? {} : { oneOf };
  return { min: min ?? 0, ...(max === undefined ? {} : { max }) };
}

function listText(
  entries: readonly Entry[],
  faults: readonly { readonly name: string; readonly description: string }[],
  io: Io,
): string {
  const parts = entries.map((entry) => entryText(entry, io));
  if (faults.length > 0) {
    const rows = faults.map(({ name, description }) => [name, description]);
    parts.push(`${heading('fault presets, for --faults', io)}${section('', rows, io)}`);
  }
  return parts.join('\n');
}

function entryText(entry: Entry, io: Io): string {
  const { parameters, scenarios, properties } = entry;
  return [
    heading(entry.name, io),
    entry.description === null ? '' : wrapped(entry.description, io.width, 2, 0),
    section(
      'parameters',
      parameters.map((one) => [
        `${one.name}=${String(one.default)}`,
        [rangeWords(one), one.description]
          .filter((text) => text !== '' && text !== null)
          .join('; '),
      ]),
      io,
    ),
    section(
      'scenarios',
      scenarios.map(({ name, description }) => [name, description]),
      io,
    ),
    section(
      'properties',
      properties.map(({ name, kind, description }) => [name, description ?? kindWords(kind)]),
      io,
    ),
  ].join('');
}

function rangeWords({ min, max, oneOf }: Entry['parameters'][number]): string {
  if (oneOf !== undefined) return oneOf.join(' | ');
  if (min === undefined) return '';
  return max === undefined ? `${min} or more` : `${min} to ${max}`;
}

function heading(text: string, io: Io): string {
  return `${paint('bold', text, io.hasColour)}\n`;
}

function section(title: string, rows: readonly (readonly string[])[], io: Io): string {
  if (rows.length === 0) return '';
  const inner = table(undefined, rows, { ...io, width: io.width - 4 });
  const indented = inner.replace(/^(?=.)/gm, '    ');
  return `${title === '' ? '' : `  ${paint('dim', title, io.hasColour)}\n`}${indented}`;
}
