import { compare } from './compare.ts';

await compare(
  'agents',
  {},
  () => import('../../core/langchain.ts'),
  () => import('../../core/prebuilt/index.ts'),
);
