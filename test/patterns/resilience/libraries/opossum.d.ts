/** What is used of opossum; the package brings no types. */
declare module 'opossum' {
  import type { EventEmitter } from 'node:events';

  interface Options {
    /** Of a call, in ms; false: none. */
    readonly timeout?: number | false;
    readonly errorThresholdPercentage?: number;
    readonly resetTimeout?: number;
    readonly volumeThreshold?: number;
    readonly rollingCountTimeout?: number;
    readonly capacity?: number;
    readonly rollingPercentilesEnabled?: boolean;
    readonly enableSnapshots?: boolean;
  }
  class CircuitBreaker<A extends readonly unknown[], R> extends EventEmitter {
    constructor(action: (...given: A) => Promise<R>, options?: Options);
    fire(...given: A): Promise<R>;
    shutdown(): void;
    readonly opened: boolean;
    readonly halfOpen: boolean;
    readonly closed: boolean;
  }
  export default CircuitBreaker;
}
