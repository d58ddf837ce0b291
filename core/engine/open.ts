/** Takes the claim for a request: what the head, or the old checkpoint that it names, can refuse is refused here, before anything runs. */
import { type Checkpoint, pendingIds } from '../checkpoint/checkpoint.ts';
import {
  type Checkpointer,
  type Claim,
  type ClaimRequest,
  decideClaim,
  type Head,
  type RunRequest,
} from '../checkpoint/checkpointer.ts';
import { unknownCheckpoint, unknownThread } from '../checkpoint/refusals.ts';
import { guardsOf } from './request.ts';

export type OpenOptions = Omit<ClaimRequest, 'request' | 'create' | 'answers'> & { readonly request: RunRequest };

/**
 * The claim's `request` is what to run: on a take-over it is the recorded one.
 * @throws HoldpointError what `decideClaim` refuses, `unknown_checkpoint`, `store_unavailable`
 */
export async function openRun(checkpointer: Checkpointer, threadId: string, options: OpenOptions): Promise<Claim> {
  const { request } = options;
  const guards = guardsOf(request);
  const old = request.at === undefined ? undefined : await loadOld(checkpointer, threadId, request.at);
  if (!old) return await checkpointer.claim(threadId, { ...options, ...guards });
  const { runId, now, expiresAt } = options;
  decideClaim(threadId, asHead(old), { runId, now, expiresAt, ...guards }, () => false);
  return checkpointer.claim(threadId, options);
}

/** The checkpoint of that id, unless it is the newest. */
async function loadOld(checkpointer: Checkpointer, threadId: string, at: string): Promise<Checkpoint | undefined> {
  const loaded = await checkpointer.load(threadId, at);
  if (!loaded) throw unknownThread(threadId);
  if (!loaded.checkpoint) throw unknownCheckpoint(threadId, at);
  return loaded.head.checkpointId === at ? undefined : loaded.checkpoint;
}

/** The head of the thread while this checkpoint was its newest. It never changes, so no claim is needed to decide by it. */
function asHead({ id, version, origin, frame, createdAt }: Checkpoint): Head {
  return {
    version,
    checkpointId: id,
    status: undefined,
    pending: pendingIds(frame),
    graph: origin.graph,
    claim: undefined,
    createdAt,
    updatedAt: createdAt,
  };
}
