/**
 * Thread ids as HTTP takes them: 1 to 256 letters, digits and `- _ . ~ : @ + = ,`, the first one a letter, a digit or `_`.
 * None of these is changed by encoding or decoding a path once more or once less, by a proxy, or by API Gateway.
 */
import { quote } from '../core/errors.ts';
import { Problem } from './problems.ts';

const MAX_LENGTH = 256;
const ALLOWED = /^[A-Za-z0-9_][A-Za-z0-9_.~:@+=,-]*$/;

/**
 * @param segment of the path, percent-encoded
 * @throws Problem `invalid_thread_id`
 */
export function readThreadId(segment: string): string {
  let id: string;
  try {
    id = decodeURIComponent(segment);
  } catch {
    throw invalid(segment, 'is not percent-encoded UTF-8');
  }
  if (id.length > MAX_LENGTH) throw invalid(id, `has ${id.length} characters; at most ${MAX_LENGTH} are allowed`);
  if (!ALLOWED.test(id)) {
    throw invalid(id, 'may have letters, digits and - _ . ~ : @ + = , and begins with a letter, a digit or _');
  }
  return id;
}

function invalid(id: string, why: string): Problem {
  return new Problem('invalid_thread_id', `Thread id ${quote(id)}: it ${why}.`);
}
