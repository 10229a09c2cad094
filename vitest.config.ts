import { defineConfig } from 'vitest/config';

// 'counterpoint' means the sources here, so that tests and examples need no build.
// The other three are Vite's own server conditions, which this list replaces.
const conditions = ['counterpoint-source', 'module', 'node', 'development|production'];

export default defineConfig(({ mode }) => {
  const isDeep = mode === 'deep';
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      // What takes minutes has a script of its own: npm run test:deep.
      include: isDeep ? ['test/deep/**/*.test.ts'] : ['test/**/*.test.ts'],
      exclude: isDeep ? [] : ['test/deep/**'],
      passWithNoTests: false,
      testTimeout: isDeep ? 600_000 : 60_000,
      hookTimeout: 60_000,
      pool: 'forks',
      maxWorkers: 2,
    },
  };
});
