/** The other end of run-pool.ts: some of many runs, in a thread. */
import type { AnySystem } from '../index.ts';
import { type ManyOptions, runSlice, type Slice } from '../statistics/index.ts';
import { type Failed, failed } from './check-thread.ts';
import { machinesOf, namedSystem } from './system-argument.ts';

/** Which runs of what: all of it plain data. */
export interface SliceRequest {
  readonly typed: string;
  readonly cwd: string;
  readonly options: ManyOptions;
  readonly from: number;
  readonly count: number;
}

export type SliceAnswer = Slice | Failed;

const loaded = new Map<string, Promise<AnySystem>>();

export async function slice(request: SliceRequest): Promise<SliceAnswer> {
  const { typed, cwd, options, from, count } = request;
  let system = loaded.get(typed);
  if (system === undefined) {
    system = namedSystem(typed, cwd).then(machinesOf);
    loaded.set(typed, system);
  }
  try {
    return runSlice(await system, options, from, count);
  } catch (error) {
    return failed(error);
  }
}
