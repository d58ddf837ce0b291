import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';

it('every example has a test of its transcript', async () => {
  const examples = (await readdir(new URL('../../examples/', import.meta.url))).filter((name) =>
    /^\d.*\.ts$/.test(name),
  );
  const tests = await readdir(new URL('.', import.meta.url));
  expect(examples).not.toHaveLength(0);
  expect(tests).toEqual(expect.arrayContaining(examples.map((name) => name.replace(/\.ts$/, '.test.ts'))));
});
