/** Reads a thread for a handler, or says what is not there. */
import type { LoadedThread } from '../core/checkpoint/checkpointer.ts';
import { unknownCheckpoint, unknownThread } from '../core/checkpoint/refusals.ts';
import type { Call } from './handler.ts';
import { tenantOf } from './tenant.ts';

/** @throws HoldpointError `unknown_thread`, `unknown_checkpoint`, `store_unavailable` */
export async function loadThread(
  { app, request, threadId }: Pick<Call, 'app' | 'request' | 'threadId'>,
  checkpointId?: string,
): Promise<LoadedThread> {
  const loaded = await app.checkpointer(tenantOf(request)).load(threadId, checkpointId);
  if (!loaded) throw unknownThread(threadId);
  if (checkpointId !== undefined && !loaded.checkpoint) throw unknownCheckpoint(threadId, checkpointId);
  return loaded;
}
