/**
 * What Lambda's Node.js runtime gives to a streaming handler, for this process: the global `awslambda`, a context, and the response
 * stream with API Gateway at its other end.
 *
 * The bytes are those of AWS: status and headers as JSON, eight NULs, the body. Nothing of it is sent before the first write.
 */
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';

const DELIMITER = Buffer.alloc(8);

interface Prelude {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Call it before a module that makes a streaming handler is loaded. */
export function installRuntime(): void {
  const runtime = { streamifyResponse: (handler: unknown) => handler, HttpResponseStream: { from: withPrelude } };
  const { awslambda: there } = globalThis as { awslambda?: object }; // the AWS SDK keeps something of its own in it
  Object.assign(globalThis, { awslambda: { ...there, ...runtime } });
}

/** Writes what the handler writes to the client, as fast as the client reads. */
export class ResponseStream extends Writable {
  beforeFirstWrite: Buffer | undefined;
  #contentType = 'application/octet-stream';
  #head: Buffer | undefined = Buffer.alloc(0);
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    super();
    this.#response = response;
    response.once('close', () => this.destroy());
  }

  setContentType(type: string): void {
    this.#contentType = type;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const first = this.beforeFirstWrite;
    this.beforeFirstWrite = undefined;
    const body = this.#takeHead(first ? Buffer.concat([first, chunk]) : chunk);
    if (!body || body.length === 0 || this.#response.write(body)) done();
    else this.#response.once('drain', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#head && !this.#response.headersSent) {
      this.#response.writeHead(502, { 'content-type': 'text/plain' });
      this.#response.write('The handler ended its response without a write, so status and headers were not sent.\n');
    }
    this.#response.end(done);
  }

  /** The part of the bytes that is body, once status and headers have come. */
  #takeHead(chunk: Buffer): Buffer | undefined {
    if (!this.#head) return chunk;
    if (!this.#contentType.endsWith('http-integration-response'))
      throw new TypeError(`Not for API Gateway: ${this.#contentType}`);
    const bytes = Buffer.concat([this.#head, chunk]);
    const end = bytes.indexOf(DELIMITER);
    this.#head = end === -1 ? bytes : undefined;
    if (end === -1) return undefined;
    const { statusCode = 200, headers } = JSON.parse(bytes.toString('utf8', 0, end)) as Prelude;
    this.#response.writeHead(statusCode, headers);
    this.#response.flushHeaders();
    return bytes.subarray(end + DELIMITER.length);
  }
}

function withPrelude(stream: ResponseStream, prelude: Record<string, unknown>): ResponseStream {
  stream.setContentType('application/vnd.awslambda.http-integration-response');
  stream.beforeFirstWrite = Buffer.concat([Buffer.from(JSON.stringify(prelude)), DELIMITER]);
  return stream;
}

/** @param timeoutMs the function's time-out: the remaining time counts down from it */
export function localContext(requestId: string, timeoutMs: number): Context {
  const end = Date.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'holdpoint',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:holdpoint',
    logGroupName: '/aws/lambda/holdpoint',
    logStreamName: 'local',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
    done: retired,
    fail: retired,
    succeed: retired,
  };
}

function retired(): never {
  throw new Error('Gone from Lambda since Node.js 24: return a promise.');
}
