/**
 * Imports a module in a process that has done nothing else, and if it is a Lambda handler has it answer one request. Prints both times in
 * milliseconds, from the beginning. Plain JavaScript: a loader would be timed too.
 */
import process from 'node:process';

const [, , url, kind] = process.argv;

const event = {
  httpMethod: 'POST',
  resource: '/invoke',
  path: '/invoke',
  headers: { 'content-type': 'application/json' },
  pathParameters: null,
  requestContext: {},
  isBase64Encoded: false,
  body: JSON.stringify({ input: { order: 'A-1001', amount: 250 } }),
};
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };

// What the Lambda runtime puts there before it imports a streaming handler.
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };

const start = performance.now();
const { handler } = await import(url);
const imported = performance.now() - start;
let answered = null;
if (kind) {
  const answer = kind === 'streaming' ? await streamed() : (await handler(event)).body;
  answered = performance.now() - start;
  if (JSON.parse(answer).status !== 'interrupted') throw new Error(answer);
}
process.stdout.write(JSON.stringify({ imported, answered }), () => process.exit());

async function streamed() {
  const { PassThrough } = await import('node:stream');
  const stream = new PassThrough();
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  await handler(event, stream, context);
  return Buffer.concat(chunks).toString();
}
