/**
 * `updateState`: a checkpoint made by hand, as if a node had written it. The node's edges fire; what was planned is dropped, but what finished
 * tasks of an unfinished superstep wrote is kept, and they count for their joins.
 * The claim excludes runs meanwhile, but records nothing: an update that is cut off never happened.
 */
import { type Checkpoint, checkpointId, type Frame, taskPath } from '../checkpoint/checkpoint.ts';
import { type Checkpointer, unknownCheckpoint } from '../checkpoint/checkpointer.ts';
import { END, START } from '../constants.ts';
import { InvalidUpdateError } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { blankFrame } from './accept.ts';
import { Cancel } from './cancel.ts';
import { applyWrites, finishedTasks, knownNode, settleJoins, Task, visibleChannels } from './plan.ts';
import { sharedConfig } from './runtime.ts';
import type { Scope } from './scope.ts';
import { runTask } from './task.ts';

export interface UpdateOptions {
  readonly threadId: string;
  readonly values: unknown;
  /** The node that the update speaks for; END clears what is planned. @default the node that ran last */
  readonly asNode: string | undefined;
  /** Fork from this checkpoint instead of the newest. */
  readonly at: string | undefined;
  readonly runId: string;
  readonly expiresAt: number;
  readonly metadata: Checkpoint['metadata'] | undefined;
  now(): number;
}

/** @returns the id of the new checkpoint */
export async function updateState(
  graph: GraphSpec,
  checkpointer: Checkpointer,
  options: UpdateOptions,
): Promise<string> {
  const { threadId, runId, at } = options;
  const claim = await checkpointer.claim(threadId, {
    runId,
    now: options.now(),
    expiresAt: options.expiresAt,
    create: at === undefined,
  });
  try {
    const newest = claim.checkpoint;
    const base = at === undefined ? newest : (await checkpointer.load(threadId, at))?.checkpoint;
    if (at !== undefined && !base) throw unknownCheckpoint(threadId, at);
    const version = (newest?.version ?? 0) + 1;
    const identity = { threadId, incarnation: claim.incarnation };
    const frame = await write(graph, base?.frame ?? newFrame, options, version, identity, (value, where) =>
      checkpointer.check(value, where),
    );
    const id = checkpointId(version, runId);
    const waits = frame.next.length > 0;
    await claim.commit(
      {
        id,
        version,
        incarnation: claim.incarnation,
        runId,
        ...(base && { parentId: base.id }),
        createdAt: new Date(options.now()).toISOString(),
        source: 'update',
        metadata: options.metadata ?? base?.metadata ?? {},
        origin: base?.origin ?? {},
        frame,
      },
      waits ? 'paused' : 'done',
    );
    return id;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** An update that begins a thread takes the place of its first superstep. */
const newFrame: Frame = { ...blankFrame, step: -1 };

async function write(
  graph: GraphSpec,
  base: Frame,
  { values, asNode, at }: UpdateOptions,
  version: number,
  identity: { threadId: string; incarnation: string },
  check: (value: unknown, where: string) => void,
): Promise<Frame> {
  const nothing = values === null || values === undefined;
  if (nothing && asNode === undefined) {
    return { ...base, step: base.step + 1, planned: version, tasks: finishedTasks(base) };
  }
  const live = at === undefined;
  const frame = live ? { ...base, channels: visibleChannels(graph, base, version) } : base;
  if (nothing && asNode === END) {
    return { ...frame, step: frame.step + 1, planned: version, next: [], tasks: new Map(), joins: new Map() };
  }
  const name =
    asNode === undefined ? lastNode(frame) : asNode === START ? START : knownNode(graph, asNode, 'updateState as');
  const joins = live ? settleJoins(graph, base) : { waiting: base.joins, reached: [] };
  const spec = graph.nodes.get(name)!;
  const planned = { node: name, input: values };
  const alone: Frame = { ...frame, planned: version, next: [planned], joins: joins.waiting, tasks: new Map() };
  // The update stands in for what the node would have returned.
  const scope: Scope = {
    graph,
    nested: false,
    identity,
    config: {},
    shared: sharedConfig({}, () => undefined),
    ns: [],
    cancel: new Cancel(),
    recursionLimit: 1,
    lastStep: 1,
    check,
    listen: undefined,
    boundary: () => undefined,
    checkpointId: () => '',
    now: () => 0,
    draining: () => false,
  };
  const task = new Task(graph, { ...spec, run: () => values }, planned, alone, identity);
  const end = await runTask(scope, alone, task, scope.cancel);
  if (end.end === 'finished') {
    const result = { writes: end.result.writes, targets: [...end.result.targets, ...joins.reached] };
    return applyWrites(graph, { ...alone, tasks: new Map([[taskPath(planned), { ...end.record, result }]]) }, version);
  }
  if ('error' in end) throw end.error;
  throw new InvalidUpdateError(
    `updateState as "${name}": its conditional edge asked a question, which an update cannot wait for.`,
  );
}

/** A superstep that has begun to finish is what ran last, else the one before. */
function lastNode(frame: Frame): string {
  const begun = finishedTasks(frame).size > 0;
  const nodes = begun ? [...new Set(frame.next.map(({ node }) => node))] : frame.ran;
  const [name, ...others] = nodes;
  if (others.length > 0) {
    throw new InvalidUpdateError(
      `Ambiguous update: ${nodes.join(', ')} ran last. Say which one it speaks for: updateState(config, values, asNode).`,
      { nodes },
    );
  }
  return name ?? START;
}
