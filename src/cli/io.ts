/** What a command sees of the world: so that tests can be one, and no command touches `process`. */

export interface Io {
  /** Results. With `--json` exactly one document. */
  out(text: string): void;
  /** Progress, warnings and mistakes. */
  err(text: string): void;
  /** Everything on standard input. */
  readInput(): Promise<string>;
  /** The folder against which paths are read. */
  readonly cwd: string;
  /** Columns of the text on standard output. */
  readonly width: number;
  /** Whether standard output shows colours. */
  readonly hasColour: boolean;
  /** Whether standard error is a terminal, on which a line can be rewritten. */
  readonly isLive: boolean;
  /** How this command is called here, as printed in commands to repeat: `counterpoint`. */
  readonly calledAs: string;
  /** Whether a check runs in a thread of its own, so that Ctrl-C can end it. */
  readonly hasThreads: boolean;
  /** Calls back on Ctrl-C until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
}

/** 0 holds, 1 violated, 2 the user's mistake, 3 unknown; 70 is a bug of ours (EX_SOFTWARE). */
export type ExitCode = 0 | 1 | 2 | 3 | 70;
