import { compare } from './compare.ts';

await compare('agents', {}, () => import('../../core/langchain.ts'));
