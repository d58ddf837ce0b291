/** A local API Gateway: HTTP in, events to a Lambda handler, its response stream out. Requests run side by side, in this process. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { StreamingHandler } from '../lambda/streaming.ts';
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from '../cors.ts';
import { eventOf, GATEWAY_BODY_LIMIT, methodsOf } from './gateway.ts';
import { localContext, ResponseStream } from './runtime.ts';

export interface LocalServer {
  readonly port: number;
  /** Requests wait until it is called. The handler was made with the runtime of `installRuntime`. */
  serve(handler: StreamingHandler): void;
  /** No new requests; resolves when those that run have been answered. */
  close(): Promise<void>;
}

/**
 * @param timeoutMs the function's time-out
 * @throws the error of `listen`, as `EADDRINUSE`
 */
export async function startServer(port: number, timeoutMs = 60_000): Promise<LocalServer> {
  const running = new Set<Promise<void>>();
  let serve!: LocalServer['serve'];
  const handler = new Promise<StreamingHandler>((resolve) => {
    serve = resolve;
  });
  const server = createServer((message, response) => {
    const served = answer(message, response, handler, timeoutMs).finally(() => running.delete(served));
    running.add(served);
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    serve,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.all(running);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  handler: Promise<StreamingHandler>,
  timeoutMs: number,
): Promise<void> {
  if (message.method === 'OPTIONS') {
    preflight(message, response);
    return;
  }
  try {
    const requestId = crypto.randomUUID();
    const event = await eventOf(message, requestId);
    if (!event) {
      gatewayProblem(response, 413, 'body_too_large', `The body is larger than ${GATEWAY_BODY_LIMIT} bytes.`);
      return;
    }
    response.setHeader('x-amzn-requestid', requestId);
    // The stream has what a handler uses of Lambda's own class.
    const stream = new ResponseStream(response) as unknown as Parameters<StreamingHandler>[1];
    await (
      await handler
    )(event, stream, localContext(requestId, timeoutMs));
  } catch (error) {
    console.error(error);
    if (response.headersSent) response.destroy();
    else gatewayProblem(response, 502, 'gateway_failed', 'The function failed. Its error is on the terminal.');
  }
}

function preflight(message: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': ALLOWED_HEADERS.join(','),
    'access-control-allow-methods': [...methodsOf(message.url ?? '/'), 'OPTIONS'].join(','),
    'access-control-expose-headers': EXPOSED_HEADERS.join(','),
    'access-control-max-age': '3600',
  });
  response.end();
}

function gatewayProblem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'access-control-allow-origin': '*',
    connection: 'close',
  });
  response.end(JSON.stringify({ type: 'about:blank', title: code, status, detail, code }));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Nobody but this machine: there is no key.
    server.listen(port, 'localhost', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
