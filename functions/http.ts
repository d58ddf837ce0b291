/** Lambda entry: the deployment's graphs, streamed. */
import { graphs } from './graphs.ts';
import { createHandler } from './lambda/environment.ts';

export const handler = createHandler({ graphs });
