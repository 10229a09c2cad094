import { defineConfig } from 'vitest/config';

// 'counterpoint' means the sources here, so that tests and examples need no build.
// The other three are Vite's own server conditions, which this list replaces.
const conditions = ['counterpoint-source', 'module', 'node', 'development|production'];

/** What mocks modules or takes part in its own process runs in one of its own, file by file. */
const apart = ['cli/compare', 'cli/confirm', 'cli/help', 'cli/process', 'explorer', 'notebooks'];
const inFolders = (folders: readonly string[]): string[] =>
  folders.map((folder) => `test/${folder}{.test.ts,/**/*.test.ts}`);

export default defineConfig(({ mode }) => {
  const isDeep = mode === 'deep';
  const common = {
    passWithNoTests: false,
    testTimeout: isDeep ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    env: { COUNTERPOINT_DEEP: isDeep ? '1' : '' },
    pool: 'forks' as const,
    maxWorkers: 2,
  };
  const project = (name: string, include: string[], exclude: string[], isolate: boolean) => ({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: { ...common, name, include, exclude, isolate },
  });
  return {
    test: {
      ...common,
      // What takes minutes has a script of its own: npm run test:deep.
      projects: isDeep
        ? [project('deep', inFolders(['deep']), [], true)]
        : [
            project('apart', inFolders(apart), [], true),
            // The rest is pure: files share their modules, and a third of the time is not spent on loading them.
            project('pure', ['test/**/*.test.ts'], inFolders([...apart, 'deep']), false),
          ],
    },
  };
});
