/** From a claim to the frame that its run begins with. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { unknownCheckpoint } from '../checkpoint/refusals.ts';
import { recursionLimitOf } from '../config.ts';
import { invalidArgument } from '../errors.ts';
import { accept, type Accepted, blankFrame } from './accept.ts';
import { withKept } from './kept.ts';
import type { RunOptions } from './run.ts';
import { refuseRetyped } from './shape.ts';

export interface Beginning {
  /** The checkpoint that the run continues or forks. */
  readonly base: Checkpoint | undefined;
  readonly accepted: Accepted;
  readonly lastStep: number;
}

/** @throws HoldpointError what is refused before anything runs */
export async function begin(options: RunOptions): Promise<Beginning> {
  const { store, request, graph, config } = options;
  const newest = store?.claim.checkpoint;
  const at = request.at === newest?.id ? undefined : request.at;
  const base = at === undefined || !store ? newest : await loadBase(store, at);
  const version = (newest?.version ?? 0) + 1;
  const recursionLimit = recursionLimitOf(config);
  if (!(recursionLimit >= 1)) {
    throw invalidArgument(`Passed "recursionLimit" must be at least 1. It is ${recursionLimit}.`);
  }
  if (config.metadata) store?.checkpointer.check(config.metadata, 'Config, metadata');
  if (base) refuseRetyped(graph, base);
  const from = base?.frame ?? blankFrame;
  const accepted = accept(graph, from, request, version, at !== undefined);
  const kept = store?.claim.kept;
  return {
    base,
    accepted: kept?.length ? { ...accepted, frame: withKept(kept, accepted.frame, store!.claim) } : accepted,
    lastStep: from.step + recursionLimit + 2,
  };
}

async function loadBase({ checkpointer, claim }: NonNullable<RunOptions['store']>, at: string): Promise<Checkpoint> {
  const loaded = await checkpointer.load(claim.threadId, at);
  if (!loaded?.checkpoint) throw unknownCheckpoint(claim.threadId, at);
  return loaded.checkpoint;
}

/** Nothing is planned, and nobody is to be told so: another checkpoint would only take the newest one's place. */
export function changesNothing({ request, store }: RunOptions, { accepted: { frame, source } }: Beginning): boolean {
  if (request.kind !== 'continue' || request.idempotency || source || frame.next.length > 0) return false;
  return store?.claim.status === 'done' && store.claim.tookOver === undefined;
}
