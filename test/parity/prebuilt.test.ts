import { compare } from './compare.ts';

await compare(
  'prebuilt',
  {},
  () => import('../../core/langchain.ts'),
  () => import('../../core/prebuilt/index.ts'),
);
