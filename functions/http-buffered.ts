/** Lambda entry: the deployment's graphs, answered in one piece. */
import { graphs } from './graphs.ts';
import { createBufferedHandler } from './lambda/buffered.ts';
import { createLambdaApp } from './lambda/environment.ts';

export const handler = createBufferedHandler(createLambdaApp({ graphs }));
