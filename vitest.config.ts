import { configDefaults, defineConfig } from 'vitest/config';

/** What is only functions of the engine: its files share their processes, because loading it anew for each was most of their time. */
const pure = [
  'test/core/{engine,functional,graph,messages,policies,schema,store}/**/*.test.ts',
  'test/parity/**/*.test.ts',
];

export default defineConfig({
  test: {
    typecheck: { enabled: false },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: '100%', // two processors are what CI has, and the default leaves one idle
    projects: [
      { extends: true, test: { name: 'engine', include: pure, isolate: false } },
      {
        extends: true,
        test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...pure] },
      },
    ],
  },
});
