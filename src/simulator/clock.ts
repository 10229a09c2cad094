/**
 * The clock of a node, as far as it differs from virtual time. Timers watch what has elapsed, which jumps
 * and drift change; a reading shows an offset besides. All in whole microseconds.
 */
export class NodeClock {
  readonly #time: () => number;
  /** What it shows beside what has elapsed. */
  offset = 0;
  #since = 0;
  #settled = 0;
  #rate = 1;

  /** `time` tells virtual time. */
  constructor(time: () => number) {
    this.#time = time;
  }

  /** What has elapsed on this clock. */
  get elapsed(): number {
    return Math.round(this.#settled + (this.#time() - this.#since) * this.#rate);
  }

  get reading(): number {
    return this.elapsed + this.offset;
  }

  /** The virtual time, not before now, at which so much will have elapsed. */
  when(elapsed: number): number {
    const left = Math.ceil((elapsed - this.#settled) / this.#rate);
    return Math.max(this.#time(), this.#since + left);
  }

  set rate(rate: number) {
    this.jump(0);
    this.#rate = rate;
  }

  jump(by: number): void {
    this.#settled = this.elapsed + by;
    this.#since = this.#time();
  }
}
