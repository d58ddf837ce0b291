/** The claim that a request gets which was carried out already (C5): it shows the outcome, and claims nothing. */
import type { Checkpoint } from './checkpoint.ts';
import type { Claim, ClaimRequest, ThreadStatus } from './checkpointer.ts';
import { claimLost } from './refusals.ts';

export function spentClaim(checkpoint: Checkpoint, status: ThreadStatus, threadId: string, want: ClaimRequest): Claim {
  const { runId, incarnation } = checkpoint;
  return {
    threadId,
    runId,
    expiresAt: want.now,
    incarnation,
    request: want.request,
    tookOver: undefined,
    checkpoint,
    status,
    kept: [],
    outcome: status,
    commit: () => Promise.reject(claimLost(threadId, runId)),
    keep: () => Promise.reject(claimLost(threadId, runId)),
    release: () => Promise.resolve(),
    reopen: () => Promise.resolve(),
    lapse: () => Promise.resolve(),
  };
}
