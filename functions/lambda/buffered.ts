/** The buffered rim: an application as a Lambda handler that answers in one piece, as `sam local start-api` needs it. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Application } from '../app.ts';
import { invocationOf, requestOf } from './event.ts';

export type BufferedHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * Server-sent events arrive together, when the run has ended.
 * @example
 * export const handler = createBufferedHandler(createApp({ graphs, checkpointer }));
 */
export function createBufferedHandler(app: Application): BufferedHandler {
  return async (event, context) => {
    const work: Promise<unknown>[] = [];
    const response = await app(requestOf(event), invocationOf(context, work, Date.now(), event));
    const body = await response.text();
    await Promise.all(work);
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body, isBase64Encoded: false };
  };
}
