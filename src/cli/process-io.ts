/** The world of a real process. */
import type { Io } from './io.ts';

export function processIo(): Io {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => {
      stdout.write(text);
    },
    err: (text) => {
      stderr.write(text);
    },
    readInput,
    cwd: folderOfUser(env),
    width: widthOf(stdout, env),
    hasColour: showsColour(stdout, env),
    isLive: stderr.isTTY === true && env.TERM !== 'dumb',
    calledAs: calledAs(env),
    hasThreads: true,
    onInterrupt,
  };
}

/** What is piped reads well at the width of a page; a terminal says its own. */
const pageWidth = 100;

function widthOf(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  const asked = Number(env.COLUMNS);
  if (stdout.isTTY === true && stdout.columns > 0) return Math.max(stdout.columns, 20);
  return Number.isInteger(asked) && asked >= 20 ? asked : pageWidth;
}

/** https://no-color.org: any text but the empty one switches colours off. */
function showsColour(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

/** npm starts a script in the package's folder and says in INIT_CWD where the user is. */
function folderOfUser(env: NodeJS.ProcessEnv): string {
  return (env.npm_lifecycle_event === 'counterpoint' ? env.INIT_CWD : undefined) ?? process.cwd();
}

function calledAs(env: NodeJS.ProcessEnv): string {
  if (env.npm_lifecycle_event === 'counterpoint' || env.npm_lifecycle_event === 'start')
    return 'npm run -s counterpoint --';
  return env.npm_lifecycle_event === 'npx' ? 'npx counterpoint' : 'counterpoint';
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The first Ctrl-C asks for an end with what there is; the second ends at once. */
function onInterrupt(stop: () => void): () => void {
  const once = (): void => {
    process.off('SIGINT', once);
    stop();
  };
  process.on('SIGINT', once);
  return () => {
    process.off('SIGINT', once);
  };
}
