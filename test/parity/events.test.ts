import { compare } from './compare.ts';

await compare('events', {}, () => import('../../core/langchain.ts'));
