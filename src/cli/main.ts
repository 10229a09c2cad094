#!/usr/bin/env node
/** The command `counterpoint`: hands the terminal to `main` and its exit code back to the shell. */
import { main } from './command.ts';
import { processIo } from './process-io.ts';

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), processIo());
