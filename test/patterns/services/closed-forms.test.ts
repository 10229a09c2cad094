/** The closed forms against the worked values of test/calibration/queueing.json. */
import { expect, test } from 'vitest';
import oracle from '../../calibration/queueing.json' with { type: 'json' };
import {
  consecutiveBreaker,
  countBreakerFirstWindow,
  erlangA,
  erlangB,
  feedback,
  mg1,
  mm1,
  mmc,
  mmck,
  timeout,
  truncatedRetry,
} from './closed-forms.ts';

const worked = (id: string) => {
  const row = oracle.models.find((model) => model.id === id)?.worked;
  if (row === undefined) throw new Error(`no row ${id}`);
  return row as unknown as {
    readonly given: Readonly<Record<string, number>>;
    readonly result: Readonly<Record<string, number>>;
  };
};

test('the closed forms give the worked values', () => {
  const near = (id: string, values: (given: Readonly<Record<string, number>>) => object) => {
    const { given, result } = worked(id);
    const own = values(given) as Readonly<Record<string, number>>;
    for (const [name, value] of Object.entries(result))
      expect(Math.abs((own[name] ?? Number.NaN) - value), `${id} ${name}`).toBeLessThan(6e-4);
  };
  near('mm1', ({ lambda = 0 }) => ({ ...mm1(lambda), p95OfW: mm1(lambda).quantile(0.95) }));
  near('erlangC', ({ lambda = 0, c = 0 }) => {
    const { waiting, wq, l } = mmc(lambda, c);
    return { probabilityOfWaiting: waiting, wq, l };
  });
  near('erlangB', ({ a = 0, c = 0 }) => ({ blocking: erlangB(a, c) }));
  near('mmck', ({ a = 0, c = 0, k = 0 }) => mmck(a, c, k));
  near('mm1k', ({ lambda = 0, k = 0 }) => mmck(lambda, 1, k));
  near('mg1', ({ lambda = 0 }) => mg1(lambda, 1));
  near('erlangA', ({ lambda = 0, theta = 0 }) => {
    const { lq, abandoning } = erlangA(lambda, theta);
    return { lq, probabilityOfAbandoning: abandoning };
  });
  near('jacksonFeedback', ({ lambda = 0, p = 0 }) => feedback(lambda, p));
  near('timeout', ({ t = 0 }) => {
    const { inTime, meanTime } = timeout(t);
    return { probabilityInTime: inTime, meanTime };
  });
  near('truncatedRetry', ({ p = 0, n = 0 }) => truncatedRetry(p, n));
  near('consecutiveBreaker', ({ p = 0, n = 0 }) => consecutiveBreaker(p, n));
  near('countBreakerFirstWindow', ({ n = 0, t = 0, p = 0 }) => countBreakerFirstWindow(n, t, p));
});
