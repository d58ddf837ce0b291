/** Takes the claim for a request: what the head can refuse is refused here, before anything runs. */
import type { Checkpointer, Claim, ClaimRequest, RunRequest } from '../checkpoint/checkpointer.ts';
import { unknownCheckpoint, unknownThread } from '../checkpoint/checkpointer.ts';
import { guardsOf } from './request.ts';

export type OpenOptions = Omit<ClaimRequest, 'request' | 'create' | 'answers'> & { readonly request: RunRequest };

/**
 * The claim's `request` is what to run: on a take-over it is the recorded one.
 * @throws HoldpointError what `decideClaim` refuses, `unknown_checkpoint`, `store_unavailable`
 */
export async function openRun(checkpointer: Checkpointer, threadId: string, options: OpenOptions): Promise<Claim> {
  const { request } = options;
  const guards = (await isOld(checkpointer, threadId, request.at)) ? {} : guardsOf(request);
  return checkpointer.claim(threadId, { ...options, ...guards });
}

/** The head cannot answer for an old checkpoint: what is asked of it is decided once it is loaded. */
async function isOld(checkpointer: Checkpointer, threadId: string, at: string | undefined): Promise<boolean> {
  if (at === undefined) return false;
  const loaded = await checkpointer.load(threadId, at);
  if (!loaded) throw unknownThread(threadId);
  if (!loaded.checkpoint) throw unknownCheckpoint(threadId, at);
  return loaded.head.checkpointId !== at;
}
