/** Many runs, here or in a pool of threads. Which thread makes which runs changes nothing but the time. */
import { Tinypool } from 'tinypool';
import { type AnySystem, UserMistake } from '../index.ts';
import { type ManyOptions, runSlice, type Slice } from '../statistics/index.ts';
import type { Io } from './io.ts';
import type { SliceAnswer, SliceRequest } from './run-worker.ts';
import { threadEntry } from './thread-entry.ts';

export interface PoolRequest {
  readonly system: AnySystem;
  /** By this a thread finds the system itself. */
  readonly typed: string;
  readonly options: ManyOptions;
  /** With one, the runs are made in this thread. */
  readonly workers: number;
  /** Called with each finished slice. */
  readonly progress: (slice: Slice) => void;
}

/** The slices of all runs; after Ctrl-C those that were finished until then. */
export async function slicesOf(
  request: PoolRequest,
  io: Pick<Io, 'cwd' | 'onInterrupt'>,
): Promise<readonly Slice[]> {
  const interrupt = new AbortController();
  const ignore = io.onInterrupt(() => interrupt.abort());
  try {
    return request.workers === 1
      ? await slicesHere(request, interrupt.signal)
      : await slicesInThreads(request, io.cwd, interrupt.signal);
  } finally {
    ignore();
  }
}

interface Part {
  readonly from: number;
  readonly count: number;
}

/** Small enough to tell progress and to share the work evenly, large enough to be worth sending. */
function partsOf(runs: number, workers: number): readonly Part[] {
  const size = Math.min(100, Math.max(5, Math.ceil(runs / (workers * 8))));
  return Array.from({ length: Math.ceil(runs / size) }, (_, part) => ({
    from: part * size + 1,
    count: Math.min(size, runs - part * size),
  }));
}

async function slicesHere(
  { system, options, progress }: PoolRequest,
  interrupt: AbortSignal,
): Promise<readonly Slice[]> {
  const slices: Slice[] = [];
  for (const { from, count } of partsOf(options.runs, 1)) {
    if (interrupt.aborted) break;
    const slice = runSlice(system, options, from, count);
    slices.push(slice);
    progress(slice);
    // Ctrl-C is heard between two slices.
    await new Promise((resume) => setImmediate(resume));
  }
  return slices;
}

async function slicesInThreads(
  { typed, options, workers, progress }: PoolRequest,
  cwd: string,
  interrupt: AbortSignal,
): Promise<readonly Slice[]> {
  const pool = new Tinypool({
    filename: threadEntry('run-worker').href,
    name: 'slice',
    minThreads: workers,
    maxThreads: workers,
  });
  const slices: Slice[] = [];
  const made = partsOf(options.runs, workers).map(async ({ from, count }) => {
    const request: SliceRequest = { typed, cwd, options, from, count };
    const answer = (await pool.run(request)) as SliceAnswer;
    if ('kind' in answer)
      throw answer.isMistake ? new UserMistake(answer.error.message) : answer.error;
    slices.push(answer);
    progress(answer);
  });
  const stopped = new Promise<void>((stop) => {
    interrupt.addEventListener('abort', () => stop());
    if (interrupt.aborted) stop();
  });
  try {
    await Promise.race([Promise.all(made), stopped]);
    return [...slices];
  } finally {
    // What is still under way is given up.
    for (const one of made) one.catch(() => {});
    await pool.destroy();
  }
}
