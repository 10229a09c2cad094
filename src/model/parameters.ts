/** Parameters of a system: what `--set` changes, with the legal range, so that a wrong value is told. */
import { suggestion, UserMistake } from './errors.ts';

/** A parameter with its legal values. A bare number, text or boolean is a parameter without a range. */
export interface Parameter<T extends ParameterValue = ParameterValue> {
  readonly kind: 'parameter';
  readonly default: T;
  readonly description?: string;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly T[];
}

export type ParameterValue = string | number | boolean;
export type ParameterSpecs = Readonly<Record<string, ParameterValue | Parameter>>;

type Widened<T> = T extends number ? number : T extends boolean ? boolean : T;
type Bare<T> = T extends number
  ? number
  : T extends boolean
    ? boolean
    : T extends string
      ? string
      : T;

/** The values that `nodes` and the predicates of a system see. */
export type ParameterValues<P extends ParameterSpecs> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? Widened<T> : Bare<P[K]>;
};

/** A whole number from `min` to `max`, both included. */
export function integer(
  value: number,
  range: { readonly min?: number; readonly max?: number; readonly description?: string } = {},
): Parameter<number> {
  return { kind: 'parameter', default: value, ...range };
}

/** One of several words; the first is the default. */
export function oneOf<const T extends string>(
  values: readonly [T, ...T[]],
  description?: string,
): Parameter<T> {
  const parameter = { kind: 'parameter', default: values[0], oneOf: values } as const;
  return description === undefined ? parameter : { ...parameter, description };
}

/** The parameter's specification, also where the system gave a bare value. */
export function specificationOf(spec: ParameterValue | Parameter): Parameter {
  return typeof spec === 'object' ? spec : { kind: 'parameter', default: spec };
}

/**
 * The values of all parameters, `given` ones checked. Texts are read as the type of the default, as
 * the command gets them. Throws a {@link UserMistake} for an unknown name or an illegal value.
 */
export function parameterValues(
  specs: ParameterSpecs,
  given: Readonly<Record<string, unknown>>,
  system: string,
): Readonly<Record<string, ParameterValue>> {
  const values: Record<string, ParameterValue> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = specificationOf(spec).default;
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined)
      throw new UserMistake(
        `system "${system}" has no parameter "${name}"${suggestion(name, Object.keys(specs))}`,
      );
    values[name] = legalValue(specificationOf(spec), value, `parameter ${name} of "${system}"`);
  }
  return values;
}

function legalValue(spec: Parameter, value: unknown, what: string): ParameterValue {
  const refuse = (legal: string): never => {
    throw new UserMistake(`${what} is ${JSON.stringify(value)}; it must be ${legal}`);
  };
  if (typeof spec.default === 'number') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = spec;
    const range =
      spec.max === undefined
        ? `a whole number, ${min} or more`
        : `a whole number from ${min} to ${max}`;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max)
      return refuse(range);
    return number;
  }
  if (typeof spec.default === 'boolean') {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return refuse('true or false');
  }
  if (typeof value !== 'string') return refuse('a text');
  if (spec.oneOf !== undefined && !spec.oneOf.includes(value))
    return refuse(`one of ${spec.oneOf.join(', ')}`);
  return value;
}
