/** A terminal for tests: what the command wrote, and its exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/command.ts';
import type { ExitCode, Io } from '../../src/cli/io.ts';

export interface Ended {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process, on a terminal that is what `world` says. */
export async function counterpoint(
  argv: readonly string[],
  world: Partial<Io> & { readonly input?: string } = {},
): Promise<Ended> {
  let out = '';
  let err = '';
  const { input = '', ...io } = world;
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readInput: async () => input,
    cwd: root,
    width: 100,
    hasColour: false,
    isLive: false,
    calledAs: 'counterpoint',
    hasThreads: false,
    onInterrupt: () => () => {},
    ...io,
  });
  return { code, out, err };
}

/** The words of a command line; quotes keep blanks. */
export function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder of its own, removed at the end, with these files in it. */
export function folderWith(files: Readonly<Record<string, string>>): {
  readonly path: string;
  file(name: string): string;
  write(name: string, text: string): void;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), 'counterpoint-cli-'));
  const write = (name: string, text: string): void => writeFileSync(join(path, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    path,
    file: (name) => join(path, name),
    write,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

const source = (file: string): string =>
  JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);

/** Modules as users write them. They lie outside the repository, so they import by location. */
export const modules = {
  /** Two-phase commit under the user's own name. */
  good: `
    import { variant } from ${source('index.ts')};
    import { twoPhaseCommit } from ${source('protocols/index.ts')};
    export const system = variant(twoPhaseCommit, 'mine', { parameters: { participants: 2 } });
  `,
  /** Needs no import: a counter up to three, of which the user believes that it stops at two. */
  counter: `
    export const system = {
      kind: 'transition-system', name: 'counter', parameters: { limit: 3 },
      initial: () => [0],
      next: (n, { limit }) => (n < limit ? [{ label: 'increment', state: n + 1 }] : []),
      properties: [{ kind: 'invariant', name: 'at most two', holds: (n) => n <= 2 }],
    };
  `,
  /** Reads what is not there, in a predicate. */
  thrower: `
    import { variant, invariant } from ${source('index.ts')};
    import { twoPhaseCommit } from ${source('protocols/index.ts')};
    const holds = (view) => view.nobody.knows.this;
    export const system = variant(twoPhaseCommit, 'thrower', { properties: [invariant('wrong', holds)] });
  `,
  /** A participant that votes yes and decides alone breaks agreement. */
  broken: `
    import { variant, invariant } from ${source('index.ts')};
    import { twoPhaseCommit } from ${source('protocols/index.ts')};
    const nobodyCommits = ({ all }) => !all.some((one) => one.in('committed'));
    export const system = variant(twoPhaseCommit, 'broken', {
      properties: [invariant('nobody commits', nobodyCommits)],
    });
  `,
};
