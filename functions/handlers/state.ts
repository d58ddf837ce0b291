/** GET /threads/{thread_id}/state: the newest checkpoint, or the one named, in the shape of LangGraph's wire. */
import * as z from 'zod/mini';
import { emptySnapshot, snapshotOf, threadConfig } from '../../core/engine/snapshot.ts';
import { jsonResponse } from '../answer.ts';
import { handler } from '../handler.ts';
import { loadThread } from '../load.ts';
import { checkpointId, fields } from '../schema.ts';
import { findGraph } from '../served.ts';
import { stateOf } from '../state-view.ts';

export const state = handler({
  query: fields({ checkpoint_id: z.optional(checkpointId) }),
  async handle(call) {
    const { app, threadId } = call;
    const { checkpoint_id: id } = call.query;
    const { head, checkpoint } = await loadThread(call, id);
    const graph = findGraph(app, head.graph, threadId);
    const snapshot = checkpoint
      ? snapshotOf(graph, threadId, checkpoint, { live: id === undefined })
      : emptySnapshot(threadConfig(threadId));
    return jsonResponse(stateOf(snapshot), checkpoint?.id);
  },
});
