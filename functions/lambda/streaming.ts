/**
 * The streaming rim: an application as a Lambda handler behind a REST API with `responseTransferMode: STREAM`.
 *
 * - The handler returns when the response has been written and the run has ended, even if the client went away: what Lambda freezes is lost.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { APIGatewayProxyEvent, StreamifyHandler } from 'aws-lambda';
import type { Application } from '../app.ts';
import { invocationOf, requestOf } from './event.ts';

export type StreamingHandler = StreamifyHandler<APIGatewayProxyEvent, void>;

/**
 * @example
 * export const handler = createStreamingHandler(createApp({ graphs, checkpointer }));
 */
export function createStreamingHandler(app: Application): StreamingHandler {
  return streamify(async (event, responseStream, context) => {
    const work: Promise<unknown>[] = [];
    const response = await app(requestOf(event), invocationOf(context, work, Date.now(), event));
    const { status: statusCode, headers, body } = response;
    const stream = awslambda.HttpResponseStream.from(responseStream, {
      statusCode,
      headers: Object.fromEntries(headers),
    });
    stream.write(''); // status and headers go with the first write, so that they need not wait for the first event
    try {
      await pipeline(body ? Readable.fromWeb(body) : Readable.from([]), stream);
    } catch (error) {
      if (!isReaderGone(error)) throw error;
    } finally {
      await Promise.all(work);
    }
  });
}

/** Lambda's runtime brings `awslambda`. Elsewhere a module that makes a handler can be loaded, but the handler not called. */
function streamify(handler: StreamingHandler): StreamingHandler {
  const runtime = (globalThis as { readonly awslambda?: Partial<typeof awslambda> }).awslambda;
  if (runtime?.streamifyResponse) return runtime.streamifyResponse(handler);
  return () =>
    Promise.reject(new Error('A streaming handler runs on Lambda only: "awslambda.streamifyResponse" is missing.'));
}

function isReaderGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}
