import { compare } from './compare.ts';

await compare('policies');
