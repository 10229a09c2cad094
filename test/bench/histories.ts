/** Linearizability, history by history: the recorded ones, each checked once in each round. */
import { checkHistory } from '../../src/histories/index.ts';
import { expected, modelOf, recorded } from '../histories/recorded.ts';

/** Seconds of processor time, by file: the median of the rounds after one that is not counted. */
export function historySeconds(rounds: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const [file, verdict] of Object.entries(expected)) {
    const operations = recorded(file);
    const model = modelOf(file);
    const times: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const before = process.cpuUsage();
      const result = checkHistory(operations, model);
      const { user, system } = process.cpuUsage(before);
      if ((result.verdict === 'holds') !== (verdict === 'linearizable'))
        throw new Error(`${file}: ${result.verdict}`);
      if (round >= 0) times.push((user + system) / 1e6);
    }
    times.sort((a, b) => a - b);
    seconds.set(file, times[times.length >> 1] ?? Number.NaN);
  }
  return seconds;
}
