/**
 * Request bodies: bytes within the limit, JSON whatever the content type says, and not nested so deeply that reading it hurts.
 * The limit is measured while the body is read, so that a body over it is never held.
 */
import { findJsonError } from './json-error.ts';
import { Problem } from './problems.ts';

/** Storage refuses more than 500 levels, of which a request takes a few. */
const MAX_DEPTH = 400;

/** @throws Problem `body_too_large`, `malformed_json`, `invalid_request` */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const text = decode(await readBytes(request, limit));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { position, line, column, what } = findJsonError(text);
    const where = text.trim() === '' ? 'it is empty' : `${what} at line ${line}, column ${column}`;
    throw new Problem(
      'malformed_json',
      `The body is not JSON: ${where}.`,
      { position, line, column },
      { cause: error },
    );
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    throw new Problem('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels. Send a flatter value.`);
  }
  return value;
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit); // leaving the loop cancels the body
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Problem('malformed_json', 'The body is not JSON: it is not UTF-8 text.', {}, { cause: error });
  }
}

function tooLarge(limit: number): Problem {
  return new Problem(
    'body_too_large',
    `The body is larger than ${limit} bytes. Put large data elsewhere and send a reference to it.`,
    { limit },
  );
}

/** Level by level, so that no depth overflows the stack. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level = [value].filter(isContainer);
  for (let i = 0; i < depth && level.length > 0; i++) {
    level = level.flatMap((item) => Object.values(item).filter(isContainer));
  }
  return level.length > 0;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
