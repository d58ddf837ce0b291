/** DELETE /threads/{thread_id}: the thread and everything of it. */
import { unknownThread } from '../../core/checkpoint/refusals.ts';
import { handler } from '../handler.ts';
import { tenantOf } from '../tenant.ts';

export const deleteThread = handler({
  async handle({ app, request, threadId }) {
    const known = await app.checkpointer(tenantOf(request)).deleteThread(threadId);
    if (!known) throw unknownThread(threadId);
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  },
});
