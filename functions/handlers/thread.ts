/** GET /threads/{thread_id}: where a thread stands. */
import { jsonResponse } from '../answer.ts';
import { handler } from '../handler.ts';
import { loadThread } from '../load.ts';
import { describeThread } from '../thread-view.ts';

export const thread = handler({
  async handle(call) {
    const view = describeThread(call.app, call.threadId, await loadThread(call));
    return jsonResponse(view, view.checkpoint_id);
  },
});
