import { compare } from './compare.ts';

await compare('messages', {}, () => import('../../core/langchain.ts'));
