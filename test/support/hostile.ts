/**
 * Makes ordinary tests hostile to shared and changed values: a store that gets copies only, which went through text, and whose
 * answers are frozen all the way down.
 */
import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import type { Checkpointer, Claim } from '../../core/checkpoint/checkpointer.ts';
import { Codec } from '../../core/checkpoint/codec.ts';
import { liveInstances } from '../../core/checkpoint/instances.ts';
import { decodeJoined, decodeKept, encodeCheckpoint, encodeKept, joinTexts } from '../../core/checkpoint/serialize.ts';

export function hostile(store: Checkpointer, codec: Codec = new Codec([liveInstances()])): Checkpointer {
  const copy = (checkpoint: Checkpoint): Checkpoint =>
    decodeJoined(joinTexts(encodeCheckpoint(checkpoint, codec)), codec);
  const claimed = (claim: Claim): Claim => ({
    threadId: claim.threadId,
    runId: claim.runId,
    expiresAt: claim.expiresAt,
    incarnation: claim.incarnation,
    request: deepFreeze(claim.request),
    tookOver: claim.tookOver,
    checkpoint: deepFreeze(claim.checkpoint),
    status: claim.status,
    kept: deepFreeze(claim.kept),
    ...(claim.outcome && { outcome: claim.outcome }),
    commit: (checkpoint, status) => claim.commit(copy(checkpoint), status),
    keep: async (kept) => {
      const sent = decodeKept(kept.id, encodeKept(kept, codec), codec);
      const counts = await claim.keep(sent);
      return counts === sent.record ? kept.record : deepFreeze(counts);
    },
    release: () => claim.release(),
    reopen: () => claim.reopen(),
    lapse: () => claim.lapse(),
  });
  return {
    check: (value, where) => store.check(value, where),
    load: async (threadId, checkpointId) => deepFreeze(await store.load(threadId, checkpointId)),
    async *chain(threadId, options) {
      for await (const checkpoint of store.chain(threadId, options)) yield deepFreeze(checkpoint);
    },
    claim: async (threadId, want) => {
      const { request, ...rest } = want;
      const sent = request && (codec.decode(codec.encode(request, 'Request')) as typeof request);
      return claimed(await store.claim(threadId, { ...rest, ...(sent && { request: sent }) }));
    },
    listThreads: async (options) => deepFreeze(await store.listThreads(options)),
    deleteThread: (threadId) => store.deleteThread(threadId),
  };
}

/** Maps and Sets too: a frozen one would still take changes, so their mutators throw. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  if (value instanceof Map || value instanceof Set) {
    for (const [key, item] of value.entries()) {
      deepFreeze(key);
      deepFreeze(item);
    }
    for (const method of ['set', 'add', 'delete', 'clear']) Object.defineProperty(value, method, { value: refuse });
  }
  for (const key of Reflect.ownKeys(value)) deepFreeze((value as Record<PropertyKey, unknown>)[key]);
  return Object.freeze(value);
}

function refuse(): never {
  throw new TypeError('This collection came from a store and must not be changed.');
}
