/** POST /invoke and POST /threads/{thread_id}/invoke: an input starts a run, null goes on with a paused one. */
import * as z from 'zod/mini';
import type { RunRequest } from '../../core/checkpoint/checkpointer.ts';
import { HoldpointError } from '../../core/errors.ts';
import { begin, originOf } from '../execute.ts';
import { type Call, handler } from '../handler.ts';
import { idempotencyOf, threadOfKey } from '../idempotency-key.ts';
import { ifMatch, withPrecondition } from '../if-match.ts';
import { Problem } from '../problems.ts';
import { respond, wantsStream } from '../respond.ts';
import { runFields } from '../run-fields.ts';
import { soleGraph } from '../served.ts';
import { checkpointId, fields, flag, isObject, record } from '../schema.ts';

const input = z.custom<Record<string, unknown> | null>(
  (value) => value === null || isObject(value),
  'expected an object with keys of the state, or null to go on with a paused thread',
);

/**
 * The service names the thread: it is unknown to anybody else until it is answered, so nothing has to be excluded first (C2). But for a
 * request with a key: sent again, it means the same thread.
 */
export const start = handler({
  body: fields({ ...runFields, input: record }),
  async handle(call) {
    const { app, body, request } = call;
    const idempotency = idempotencyOf(request, 'invoke', body);
    const threadId = threadOfKey(request) ?? app.newId();
    const fresh = !idempotency && !wantsStream(request);
    const order = { threadId, request: inputRequest(call), fields: body, fresh, idempotency };
    const begun = await begin(call, order);
    return order.fresh ? onlyOnce(() => respond(call, begun, body)) : respond(call, begun, body);
  },
});

/** The nodes have run before the store is asked: a store that fails is no reason to try again, on yet another thread. */
async function onlyOnce(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoldpointError) || error.code !== 'store_unavailable') throw error;
    const message = `${error.message} The run's nodes have run, and its state may not be saved: do not send this request again.`;
    throw new Problem(error.code, message, error.details, { cause: error });
  }
}

export const invoke = handler({
  body: fields({
    ...runFields,
    input,
    discard: z.optional(flag),
    checkpoint_id: z.optional(checkpointId),
  }),
  async handle(call) {
    const { body, request, threadId } = call;
    const newest = ifMatch(request);
    const order = {
      threadId,
      request: inputRequest(call),
      fields: body,
      idempotency: idempotencyOf(request, 'invoke', body),
      refusePending: body.input !== null && !body.discard,
      ...(newest !== undefined && { newest }),
    };
    return withPrecondition(newest, async () => respond(call, await begin(call, order), body));
  },
});

type InvokeBody = z.infer<z.ZodMiniObject<typeof runFields>> & {
  readonly input: unknown;
  readonly checkpoint_id?: string | undefined;
};

function inputRequest({ app, body }: Pick<Call<InvokeBody>, 'app' | 'body'>): RunRequest {
  const at = body.checkpoint_id === undefined ? {} : { at: body.checkpoint_id };
  if (body.input === null) return { kind: 'continue', ...at };
  const origin = originOf(body, body.graph ?? soleGraph(app));
  return { kind: 'input', input: body.input, ...(origin && { origin }), ...at };
}
