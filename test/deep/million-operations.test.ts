/** A million operations of an open loop: what is kept does not grow with the run. */
import { expect, test } from 'vitest';
import { constant, run } from '../../src/index.ts';
import { hdrHistograms } from '../../src/statistics/index.ts';
import { clients } from '../simulator/loop-workshop.ts';

test('memory stays below 200 MB, and every operation is answered', { timeout: 900_000 }, () => {
  const operations = 1_000_000;
  const before = process.memoryUsage().rss;
  let most = before;
  const histograms = hdrHistograms();
  const done = run(clients, {
    seed: 1,
    parameters: { concurrent: true },
    latency: constant(10),
    horizonMs: 1e9,
    workload: [
      {
        loop: 'open',
        arrivals: { kind: 'poisson', perSecond: 200 },
        fields: { call: { kind: 'serial' }, key: { kind: 'zipf', keys: 100_000 } },
        retries: { attempts: 2, timeoutMs: 100 },
        operations,
      },
    ],
    histograms: (of) => {
      const { record, ...rest } = histograms(of);
      let count = 0;
      return {
        ...rest,
        record(us) {
          record(us);
          if (++count % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss);
        },
      };
    },
  });
  expect(done.metrics.operations).toMatchObject({
    arrived: operations,
    returned: operations,
    attempts: operations,
  });
  console.log(`${Math.round((most - before) / 1e6)} MB more than before`);
  expect(most - before).toBeLessThan(200e6);
});
