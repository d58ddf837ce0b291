import { compare } from './compare.ts';

await compare('chat', {}, () => import('../../core/langchain.ts'));
