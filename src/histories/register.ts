/** The register with compare-and-set: what etcd, ZooKeeper or Consul offer under one key. */
import { canonical, type PlainData } from '../model/plain-data.ts';
import { type Model, refuseUnknown } from './model.ts';
import type { Operation } from './operation.ts';

export interface RegisterOptions {
  /** What the register holds before the first write. Default: null. */
  readonly initial?: PlainData;
  /**
   * A read that answered null did not look: knossos takes nil so. By default null is a value, since else
   * a lost first write goes unseen.
   */
  readonly nilIsUnknown?: boolean;
}

/**
 * `read` answers the value, `write` takes it, `cas` takes `[expected, new]`. A cas that answered `false`
 * says that the register did not hold the expected value.
 */
export function registerModel(options: RegisterOptions = {}): Model<PlainData> {
  const { initial = null, nilIsUnknown = false } = options;
  return {
    name: 'register',
    init: initial,
    key: ({ key }) => key,
    refuse,
    step: (value, operation) => {
      const { f, input, output } = operation;
      if (f === 'write') return [input ?? null];
      if (f === 'read') {
        const isUnknown = output === undefined || (nilIsUnknown && output === null);
        return isUnknown || same(output, value) ? [value] : [];
      }
      const [expected, next] = input as readonly [PlainData, PlainData];
      const matches = same(expected, value);
      if (output === undefined) return [matches ? next : value];
      if (output === false) return matches ? [] : [value];
      return matches ? [next] : [];
    },
  };
}

/** {@link registerModel} that starts with null. */
export const register: Model<PlainData> = registerModel();

function refuse({ f, input }: Operation): string | undefined {
  if (f === 'cas' && !(Array.isArray(input) && input.length === 2))
    return `takes [expected, new] in a cas, not ${canonical(input)}`;
  return refuseUnknown(f, ['read', 'write', 'cas']);
}

function same(one: PlainData, other: PlainData): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return canonical(one) === canonical(other);
}
