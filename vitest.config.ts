import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: false },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    isolate: false, // no test patches what others see, and loading everything anew for each file was most of the unit tests' time
    maxWorkers: '100%', // two processors are what CI has, and the default leaves one idle
  },
});
