/** Serving graphs over HTTP: entry point "holdpoint/lambda". */

// A Lambda handler over DynamoDB, in one call
export { createHandler, createLambdaApp, type HandlerOptions } from './lambda/environment.ts';

// Its parts
export {
  type Application,
  type AppOptions,
  createApp,
  type Invocation,
  type LogEntry,
  type ServedGraph,
} from './app.ts';
export { type BufferedHandler, createBufferedHandler } from './lambda/buffered.ts';
export { createStreamingHandler, type StreamingHandler } from './lambda/streaming.ts';
