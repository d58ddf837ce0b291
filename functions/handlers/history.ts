/** GET /threads/{thread_id}/history: the checkpoints of a thread, newest first, page by page. */
import * as z from 'zod/mini';
import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import { historyOf } from '../../core/engine/history.ts';
import { snapshotOf } from '../../core/engine/snapshot.ts';
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
    const found: Checkpoint[] = [];
    for await (const checkpoint of historyOf(checkpointer, threadId, { limit: size + 1, before }))
      found.push(checkpoint);
    const page = found.slice(0, size);
    return jsonResponse({
      history: page.map((checkpoint) => stateOf(snapshotOf(graph, threadId, checkpoint, { live: false }))),
      next_before: found.length > size ? page.at(-1)!.id : null,
    });
  },
});
