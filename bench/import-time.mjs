/** Prints how many milliseconds the import of a module took, in a process that has done nothing else. Plain JavaScript: a loader would be timed too. */
import process from 'node:process';

// What the Lambda runtime puts there before it imports a streaming handler.
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };

const start = performance.now();
await import(process.argv[2]);
process.stdout.write(String(performance.now() - start), () => process.exit());
