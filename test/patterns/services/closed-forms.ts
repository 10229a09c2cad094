/** What queueing theory says, evaluated by its formulas; `mu` is 1 throughout. */

/** Erlang's loss formula: the share of customers that c servers without a queue turn away. */
export function erlangB(a: number, c: number): number {
  let b = 1;
  for (let k = 1; k <= c; k++) b = (a * b) / (k + a * b);
  return b;
}

/** Erlang's delay formula: the share that has to wait. */
export function erlangC(a: number, c: number): number {
  const b = erlangB(a, c);
  const rho = a / c;
  return b / (1 - rho + rho * b);
}

export const mm1 = (lambda: number) => ({
  l: lambda / (1 - lambda),
  w: 1 / (1 - lambda),
  wq: lambda / (1 - lambda),
  /** Which share `p` of the customers does not stay longer. */
  quantile: (p: number) => -Math.log(1 - p) / (1 - lambda),
});

export function mmc(lambda: number, c: number) {
  const waiting = erlangC(lambda, c);
  const wq = waiting / (c - lambda);
  return { waiting, wq, w: wq + 1, l: lambda * (wq + 1) };
}

/** A birth-death process: arrivals at a rate while there is a place, deaths at a rate by the number. */
function birthDeath(lambda: number, places: number, deaths: (n: number) => number): number[] {
  const p = [1];
  for (let n = 1; n <= places; n++) p.push(((p[n - 1] ?? 0) * lambda) / deaths(n));
  const total = p.reduce((sum, one) => sum + one, 0);
  return p.map((one) => one / total);
}

/** c servers and K places in all. */
export function mmck(lambda: number, c: number, k: number) {
  const p = birthDeath(lambda, k, (n) => Math.min(n, c));
  const blocking = p[k] ?? 0;
  const lq = p.reduce((sum, one, n) => sum + Math.max(0, n - c) * one, 0);
  const l = p.reduce((sum, one, n) => sum + n * one, 0);
  const wq = lq / (lambda * (1 - blocking));
  return { blocking, lq, wq, l, w: l / (lambda * (1 - blocking)) };
}

/** Pollaczek and Khinchine: mean wait where the square of the service time has that mean. */
export function mg1(lambda: number, meanSquare: number) {
  const wq = (lambda * meanSquare) / (2 * (1 - lambda));
  return { wq, w: wq + 1 };
}

/** One server; who waits gives up at the rate theta. */
export function erlangA(lambda: number, theta: number) {
  const p = birthDeath(lambda, 400, (n) => 1 + (n - 1) * theta);
  const lq = p.reduce((sum, one, n) => sum + Math.max(0, n - 1) * one, 0);
  return { lq, abandoning: (theta * lq) / lambda };
}

/** One server; a customer whose service fails, with probability p, comes again at once. */
export function feedback(lambda: number, p: number) {
  const rho = lambda / (1 - p);
  const l = rho / (1 - rho);
  return { rho, l, w: l / lambda };
}

/** Exponential service of which nobody waits for more than t. */
export function timeout(t: number) {
  const inTime = 1 - Math.exp(-t);
  return { inTime, meanTime: inTime };
}

/** At most n attempts, each of which fails with probability p whatever became of those before. */
export function truncatedRetry(p: number, n: number) {
  return { meanAttempts: (1 - p ** n) / (1 - p), probabilityOfFailure: p ** n };
}

/** Calls until n of them in a row have failed. */
export function consecutiveBreaker(p: number, n: number) {
  return { meanCalls: (p ** -n - 1) / (1 - p) };
}

/** Whether a share t of the first n calls fails, or a larger one: the tail of the binomial law. */
export function countBreakerFirstWindow(n: number, t: number, p: number) {
  let probability = 0;
  // The probability of no failure, then of one more each: the quotient of two neighbours is known.
  let exactly = (1 - p) ** n;
  for (let failures = 0; failures <= n; failures++) {
    if (failures / n >= t) probability += exactly;
    exactly *= ((n - failures) / (failures + 1)) * (p / (1 - p));
  }
  return { probability };
}
