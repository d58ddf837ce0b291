import { compare } from './compare.ts';

await compare('updates');
