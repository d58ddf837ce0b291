/**
 * `updateState` and `bulkUpdateState`: checkpoints made by hand, as if nodes had written them. The claim excludes runs meanwhile, but records
 * nothing: an update that is cut off never happened.
 *
 * - U1 All supersteps are made before the first is saved, so that one that is refused leaves nothing.
 * - U2 An update of a nested graph makes another version of the root's checkpoint: the same superstep, with the nested frame changed in it.
 */
import { type Checkpoint, checkpointId } from '../checkpoint/checkpoint.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import { unknownCheckpoint } from '../checkpoint/refusals.ts';
import { isoTime } from '../clock.ts';
import { invalidArgument, InvalidUpdateError } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { changeAt, placeAt, rootPlace } from './namespace.ts';
import { type Made, makeFrame, type Update } from './make.ts';
import { shapeOf } from './shape.ts';
import { storedFrame } from './transient.ts';

export interface UpdateOptions {
  readonly threadId: string;
  readonly supersteps: readonly (readonly Update[])[];
  /** The nested graph to update. @default '', the root */
  readonly ns?: string | undefined;
  /** Fork from this checkpoint instead of the newest. */
  readonly at: string | undefined;
  readonly runId: string;
  readonly expiresAt: number;
  readonly metadata: Checkpoint['metadata'] | undefined;
  now(): number;
}

/** @returns the id of the newest new checkpoint */
export async function updateThread(
  graph: GraphSpec,
  checkpointer: Checkpointer,
  options: UpdateOptions,
): Promise<string> {
  const { threadId, runId, at, ns = '', supersteps } = options;
  if (supersteps.length === 0) throw invalidArgument('No supersteps provided.');
  if (supersteps.some((updates) => updates.length === 0)) {
    throw invalidArgument('No updates provided.');
  }
  const claim = await checkpointer.claim(threadId, {
    runId,
    now: options.now(),
    expiresAt: options.expiresAt,
    create: at === undefined && ns === '',
  });
  try {
    const newest = claim.checkpoint;
    let base = at === undefined ? newest : (await checkpointer.load(threadId, at))?.checkpoint;
    if (at !== undefined && !base) throw unknownCheckpoint(threadId, at);
    const about = {
      live: at === undefined,
      check: (value: unknown, where: string) => checkpointer.check(value, where),
    };
    const { incarnation } = claim;
    const made: Checkpoint[] = [];
    const queue = [...supersteps];
    for (let updates = queue.shift(); updates; updates = queue.shift()) {
      const version = (newest?.version ?? 0) + made.length + 1;
      const before = base;
      const root = before && rootPlace(graph, threadId, before);
      const place = root && placeAt(root, ns);
      if (ns !== '' && !place) throw new InvalidUpdateError(`Subgraph "${ns}" not found in thread "${threadId}".`);
      const identity = place?.identity ?? { threadId, incarnation };
      // A nested frame counts its supersteps by itself: an update begins a count of its own, so that no task id comes twice.
      const planned = ns === '' ? version : version * 2 ** 24;
      const one: Made = await makeFrame(place?.graph ?? graph, place?.frame, updates, planned, identity, about);
      if (one.more) queue.unshift(one.more);
      const nested = { ...one.frame, ...(one.source !== 'input' && { source: one.source }) };
      const parentId = ns !== '' || one.source === 'fork' ? before?.parentId : before?.id;
      const shape = before ? before.shape : shapeOf(graph); // a channel stays re-typed until it is written anew
      base = {
        id: checkpointId(version, runId),
        version,
        incarnation,
        runId,
        parentId,
        createdAt: isoTime(options.now()),
        source: ns === '' ? one.source : before!.source,
        metadata: options.metadata ?? before?.metadata ?? {},
        origin: before?.origin ?? {},
        shape,
        frame:
          ns === '' ? storedFrame(graph, one.frame) : changeAt(root!, ns, () => storedFrame(place!.graph, nested))!,
      };
      made.push(base);
    }
    for (const checkpoint of made.slice(0, -1)) await claim.commit(checkpoint, 'running');
    await claim.commit(base!, base!.frame.next.length > 0 ? 'paused' : 'done');
    return base!.id;
  } catch (error) {
    await claim.release();
    throw error;
  }
}
