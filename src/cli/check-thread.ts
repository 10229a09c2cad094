/**
 * A check in a thread of its own. The search is one long synchronous call, during which this thread
 * would hear no Ctrl-C; there, it also can run out of memory without taking the command with it.
 */
import { Worker } from 'node:worker_threads';
import { isUserMistake, type Progress, UserMistake } from '../index.ts';
import type { Answer, Question } from './question.ts';
import { threadEntry } from './thread-entry.ts';

/** What the thread says: `done` and `failed` end it. */
export type Said =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly answer: Answer }
  | Failed;

/** An error as it travels between threads, which keep no class. */
export interface Failed {
  readonly kind: 'failed';
  readonly isMistake: boolean;
  readonly error: Error;
}

export interface Hooks {
  progress(progress: Progress): void;
  /** Calls back when the check shall end with what it has. */
  onInterrupt(stop: () => void): () => void;
}

/** The answer, or 'memory' with no more than what was counted until then. */
export async function answerInThread(
  question: Question,
  hooks: Hooks,
): Promise<Answer | { readonly memorySpentAt: Progress }> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const ignore = hooks.onInterrupt(() => Atomics.store(stop, 0, 1));
  const workerData = { question, stop };
  const worker = new Worker(threadEntry('check-worker'), { workerData });
  let last: Progress = { distinct: 0, generated: 0, depth: 0, queued: 0 };
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (said: Said) => {
        if (said.kind === 'progress') {
          last = said.progress;
          hooks.progress(last);
        } else if (said.kind === 'done') resolve(said.answer);
        else if (isOutOfMemory(said.error)) resolve({ memorySpentAt: last });
        else reject(said.isMistake ? new UserMistake(said.error.message) : said.error);
      });
      worker.on('error', (error: Error) => {
        if (isOutOfMemory(error)) resolve({ memorySpentAt: last });
        else reject(error);
      });
      worker.on('exit', (code) => reject(new Error(`the checking thread ended with code ${code}`)));
    });
  } finally {
    ignore();
    await worker.terminate();
  }
}

/** The heap's end stops the thread; that of the memory beside it is a RangeError in the thread. */
function isOutOfMemory(error: Error): boolean {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return true;
  return error.name === 'RangeError' && /allocation failed|maximum size/.test(error.message);
}

export function failed(error: unknown): Failed {
  return {
    kind: 'failed',
    isMistake: isUserMistake(error),
    error: error instanceof Error ? error : new Error(String(error)),
  };
}
