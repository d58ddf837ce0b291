/** POST /threads/{thread_id}/resume: answers to pending questions. */
import * as z from 'zod/mini';
import type { Answerer } from '../../core/checkpoint/checkpoint.ts';
import { type CommandData, decideClaim } from '../../core/checkpoint/checkpointer.ts';
import { quote } from '../../core/errors.ts';
import { begin, originOf } from '../execute.ts';
import { type Call, handler } from '../handler.ts';
import { idempotencyOf } from '../idempotency-key.ts';
import { ifMatch, withPrecondition } from '../if-match.ts';
import { loadThread } from '../load.ts';
import { Problem } from '../problems.ts';
import { respond } from '../respond.ts';
import { runFields } from '../run-fields.ts';
import { checkpointId, fields, isObject, listed, text } from '../schema.ts';
import { describeThread } from '../thread-view.ts';

const EXPECTED = 'expected an object from interrupt ids (32 hex digits) to answers, with at least one';

const answers = z.custom<Record<string, unknown>>(
  (value) => isObject(value) && Object.keys(value).length > 0 && noIds(value).length === 0,
  {
    error: ({ input }) => (isObject(input) ? `${EXPECTED}, got ${listed(noIds(input).map(quote)) || '{}'}` : EXPECTED),
  },
);

const MAX_NAME = 256;

const name = text.check(z.maxLength(MAX_NAME, `expected at most ${MAX_NAME} characters`));

/** The keys that are no interrupt ids. */
function noIds(value: Record<string, unknown>): string[] {
  return Object.keys(value).filter((key) => !/^[0-9a-f]{32}$/.test(key));
}

export const resume = handler({
  body: fields({
    ...runFields,
    answers: z.optional(answers),
    resume: z.optional(z.unknown()),
    checkpoint_id: z.optional(checkpointId),
    answered_by: z.optional(name),
  }),
  async handle(call) {
    const { app, body, request, threadId } = call;
    const tag = ifMatch(request);
    const newest = body.checkpoint_id ?? tag;
    if (tag !== undefined && tag !== newest)
      throw new Problem('invalid_request', 'If-Match and body/checkpoint_id name two checkpoints. Send one.');
    const answerer = answererOf(call);
    const command = { ...readCommand(body), ...(answerer && { answerer }) };
    if (command.resume && newest === undefined && !app.allowBareResume) throw await unbound(call);
    const origin = originOf(body);
    const order = {
      threadId,
      request: { kind: 'command', command, ...(origin && { origin }) } as const,
      fields: body,
      idempotency: idempotencyOf(request, 'resume', body),
      ...(newest !== undefined && { newest }),
    };
    return withPrecondition(tag, async () => respond(call, await begin(call, order), body));
  },
});

/** What the request says never stands for what the platform knows: each is kept as what it is. */
function answererOf({
  body,
  invocation,
}: Pick<Call<{ answered_by?: string | undefined }>, 'body' | 'invocation'>): Answerer | undefined {
  const { answered_by: by } = body;
  const { identity: verified } = invocation;
  if (by === undefined && verified === undefined) return undefined;
  return { ...(by !== undefined && { by }), ...(verified !== undefined && { verified }) };
}

function readCommand(body: { readonly answers?: Record<string, unknown> | undefined }): CommandData {
  const bare = Object.hasOwn(body, 'resume');
  if (bare && body.answers)
    throw new Problem('invalid_request', 'body: "answers" and "resume" exclude each other. Send one.');
  if (body.answers) return { answers: body.answers };
  if (bare) return { resume: [(body as { resume?: unknown }).resume] };
  throw new Problem('invalid_request', 'body: an answer is missing. Send "answers", or "resume" with "checkpoint_id".');
}

/** The answer does not say what it answers: what it could. @throws HoldpointError where it could not be used anyway */
async function unbound(call: Pick<Call, 'app' | 'request' | 'threadId'>): Promise<Error> {
  const { app, threadId } = call;
  const loaded = await loadThread(call);
  const now = app.now();
  decideClaim(threadId, loaded.head, { runId: '', now, expiresAt: now, answers: 'single' }, () => false);
  const { checkpoint_id, interrupts } = describeThread(app, threadId, loaded);
  return new Problem(
    'unbound_answer',
    `Which question of thread "${threadId}" does the answer belong to? Send { "answers": { "<interrupt id>": … } }, or add the ` +
      '"checkpoint_id" at which it was asked. Otherwise a retried request would answer the next question.',
    { threadId, checkpointId: checkpoint_id, interrupts },
  );
}
