import { defineConfig } from 'vitest/config';

// 'counterpoint' means the sources here, so that tests and examples need no build.
// The other three are Vite's own server conditions, which this list replaces.
const conditions = ['counterpoint-source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    passWithNoTests: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
