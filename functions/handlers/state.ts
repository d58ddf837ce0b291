/** GET /threads/{thread_id}/state: the newest checkpoint, or the one named, in the shape of LangGraph's wire. */
import * as z from 'zod/mini';
import { snapshotLoaded } from '../../core/engine/history.ts';
import { threadConfig } from '../../core/config.ts';
import { emptySnapshot } from '../../core/engine/snapshot.ts';
import { jsonResponse } from '../answer.ts';
import { handler } from '../handler.ts';
import { loadThread } from '../load.ts';
import { checkpointId, fields } from '../schema.ts';
import { findGraph } from '../served.ts';
import { stateOf } from '../state-view.ts';
import { tenantOf } from '../tenant.ts';

export const state = handler({
  query: fields({ checkpoint_id: z.optional(checkpointId) }),
  async handle(call) {
    const { app, threadId, request } = call;
    const { checkpoint_id: at } = call.query;
    const loaded = await loadThread(call, at);
    const graph = findGraph(app, loaded.head.graph, threadId);
    const checkpointer = app.checkpointer(tenantOf(request));
    const snapshot = await snapshotLoaded(graph, checkpointer, threadId, loaded, { at });
    return jsonResponse(stateOf(snapshot ?? emptySnapshot(threadConfig(threadId))), loaded.checkpoint?.id);
  },
});
