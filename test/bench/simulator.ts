/** The simulator: many short runs, one long one, and threads. */
import { emit, setup } from 'xstate';
import { slicesOf } from '../../src/cli/run-pool.ts';
import {
  constant,
  defineProcess,
  defineSystem,
  type Effect,
  mark,
  type Received,
  run,
  send,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { hdrHistograms, type ManyOptions, runSlice } from '../../src/statistics/index.ts';

export const participants = 5;

/** Each run with a profile of its own: network, crashes, clocks and disks, hostile and then healed. */
export const swarm: ManyOptions = {
  seed: 1,
  runs: 1000,
  preset: 'swarm',
  parameters: { participants, votes: 'any' },
};

/** The processor seconds of the runs, and how many events they had. */
export function swarmSeconds(): { readonly seconds: number; readonly events: number } {
  runSlice(twoPhaseCommit, swarm, 1, 300);
  const before = process.cpuUsage();
  const { runs } = runSlice(twoPhaseCommit, swarm, 1, swarm.runs);
  const { user, system } = process.cpuUsage(before);
  const events = runs.reduce((sum, { figures }) => sum + (figures.events ?? 0), 0);
  if (runs.some(({ verdict }) => verdict !== 'holds')) throw new Error('a run was not as it is');
  return { seconds: (user + system) / 1e6, events };
}

type Message = { type: 'BEAT' } | { type: 'ECHO' };

/** Sends a beat every 10 ms and waits for its echo: three events a beat. */
const heart = setup({
  types: { events: {} as Received<Message>, emitted: {} as Effect<Message> },
  delays: { pause: 10 },
}).createMachine({
  id: 'heart',
  initial: 'resting',
  states: {
    resting: {
      after: {
        pause: {
          target: 'waiting',
          actions: [emit(mark('invoked', { type: 'beat' })), emit(send('body', { type: 'BEAT' }))],
        },
      },
    },
    waiting: { on: { ECHO: { target: 'resting', actions: emit(mark('returned')) } } },
  },
});

const body = setup({
  types: { events: {} as Received<Message>, emitted: {} as Effect<Message> },
}).createMachine({
  id: 'body',
  on: { BEAT: { actions: emit(({ event }) => send(event.from, { type: 'ECHO' })) } },
});

const heartBeats = defineSystem({
  name: 'heart-beats',
  nodes: () => ({
    heart: defineProcess({ machine: heart, delays: { pause: constant(10) } }),
    body: defineProcess({ machine: body }),
  }),
});

/** One run of that many events with all its metrics: by how many MB the process grows, and how fast. */
export function longRun(events: number) {
  const beats = (count: number) => {
    const { metrics } = run(heartBeats, {
      seed: 1,
      latency: constant(5),
      horizonMs: count * 20,
      histograms: hdrHistograms(),
    });
    return metrics;
  };
  beats(1000);
  const resident = process.memoryUsage().rss;
  const before = performance.now();
  const done = beats(Math.ceil(events / 3));
  const seconds = (performance.now() - before) / 1000;
  const grownMb = (process.resourceUsage().maxRSS * 1024 - resident) / 1e6;
  return { events: done.events, returned: done.operations.returned, seconds, grownMb };
}

/** Wall time of the same runs with one and with two workers, threads and their start included. */
export async function workerSeconds(runs: number): Promise<readonly [number, number]> {
  const seconds: number[] = [];
  for (const workers of [1, 2]) {
    const before = performance.now();
    await slicesOf(
      {
        system: twoPhaseCommit,
        typed: twoPhaseCommit.name,
        options: { ...swarm, runs },
        workers,
        progress: () => {},
      },
      { cwd: process.cwd(), onInterrupt: () => () => {} },
    );
    seconds.push((performance.now() - before) / 1000);
  }
  return [seconds[0] ?? 0, seconds[1] ?? 0];
}
