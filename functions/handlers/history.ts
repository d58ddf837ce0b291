/** GET /threads/{thread_id}/history: the checkpoints of a thread, newest first, page by page. */
import * as z from 'zod/mini';
import { snapshotsOf } from '../../core/engine/history.ts';
import type { StateSnapshot } from '../../core/engine/snapshot.ts';
import { jsonResponse } from '../answer.ts';
import { handler } from '../handler.ts';
import { loadThread } from '../load.ts';
import { checkpointId, fields } from '../schema.ts';
import { findGraph } from '../served.ts';
import { stateOf } from '../state-view.ts';
import { tenantOf } from '../tenant.ts';

const DEFAULT_PAGE = 10;

const limit = z.custom<string>(
  (value) => typeof value === 'string' && /^[1-9]\d{0,5}$/.test(value),
  'expected a whole number from 1',
);

export const history = handler({
  query: fields({ limit: z.optional(limit), before: z.optional(checkpointId) }),
  async handle(call) {
    const { app, threadId, query, request } = call;
    const { before } = query;
    const { head } = await loadThread(call);
    const graph = findGraph(app, head.graph, threadId);
    const size = Math.min(Number(query.limit ?? DEFAULT_PAGE), app.limits.historyPage);
    const checkpointer = app.checkpointer(tenantOf(request));
    const found: StateSnapshot[] = [];
    const page = { limit: size + 1, before, live: false };
    for await (const snapshot of snapshotsOf(graph, checkpointer, threadId, page)) found.push(snapshot);
    const shown = found.slice(0, size).map(stateOf);
    return jsonResponse({
      history: shown,
      next_before: found.length > size ? shown.at(-1)!.checkpoint!.checkpoint_id : null,
    });
  },
});
