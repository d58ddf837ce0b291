/** `If-Match: "<checkpoint id>"`: the thread must not have moved on. The entity tag of a thread is its newest checkpoint's id. */
import { HoldpointError } from '../core/errors.ts';
import { Problem } from './problems.ts';
import { checkpointId, parse } from './schema.ts';

/** @throws Problem `invalid_request` */
export function ifMatch(request: Request): string | undefined {
  const header = request.headers.get('if-match');
  return header === null ? undefined : parse(checkpointId, header.replace(/^"(.*)"$/, '$1'), 'if-match');
}

/** A precondition that does not hold is a 412, where the same said in the body is a 409. */
export async function withPrecondition<Result>(tag: string | undefined, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (tag === undefined || !(error instanceof HoldpointError) || error.code !== 'stale_checkpoint') throw error;
    throw new Problem(error.code, error.message, error.details, { status: 412, cause: error });
  }
}
