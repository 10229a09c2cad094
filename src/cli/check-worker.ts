/** The other end of check-thread.ts: checks, tells how far it is, and looks whether to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { failed, type Said } from './check-thread.ts';
import { answer, type Question } from './question.ts';

const { question, stop } = workerData as { readonly question: Question; readonly stop: Int32Array };
const say = (said: Said): void => parentPort?.postMessage(said);
const everyMs = 200;
let toldAt = 0;

answer(question, (progress) => {
  const now = performance.now();
  if (now - toldAt >= everyMs) {
    toldAt = now;
    say({ kind: 'progress', progress });
  }
  return Atomics.load(stop, 0) === 1;
}).then(
  (done) => say({ kind: 'done', answer: done }),
  (error: unknown) => say(failed(error)),
);
