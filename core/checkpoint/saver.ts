/** What every saver here tells whoever asks it for checkpoints, as LangGraph's savers do. The engine asks for none of it. */
import { type RunnableConfig, type ThreadConfig, threadConfig } from '../config.ts';
import { invalidArgument } from '../errors.ts';
import type { Checkpoint, CheckpointSource } from './checkpoint.ts';
import type { Checkpointer } from './checkpointer.ts';
import { foreignSaver } from './refusals.ts';
import { matching, supersteps } from './supersteps.ts';

/** A checkpoint of a thread's root graph. */
export interface CheckpointTuple {
  /** Names it. */
  readonly config: ThreadConfig;
  readonly checkpoint: SavedCheckpoint;
  readonly metadata: {
    readonly source: CheckpointSource;
    readonly step: number;
    readonly parents: Readonly<Record<string, string>>;
    /** What the run that made it was called with. */
    readonly [key: string]: unknown;
  };
  readonly parentConfig?: ThreadConfig;
}

export interface SavedCheckpoint {
  readonly id: string;
  /** When it was made: ISO 8601, UTC. */
  readonly ts: string;
  /** Of the channels that are set. */
  readonly channel_values: Readonly<Record<string, unknown>>;
  /** The version of the thread at which each was written. */
  readonly channel_versions: Readonly<Record<string, number>>;
}

export interface ListCheckpointsOptions {
  /** At most so many. @default all */
  readonly limit?: number;
  /** Begin after the checkpoint that this config names (exclusive). */
  readonly before?: RunnableConfig;
  /** Those whose metadata has all of this. @default all */
  readonly filter?: Readonly<Record<string, unknown>>;
}

export abstract class Saver {
  abstract load(...args: Parameters<Checkpointer['load']>): ReturnType<Checkpointer['load']>;
  abstract chain(...args: Parameters<Checkpointer['chain']>): ReturnType<Checkpointer['chain']>;

  /**
   * The thread's newest checkpoint, or the one that the config names.
   * @returns undefined when there is none
   * @throws HoldpointError `invalid_argument` for a nested graph, `store_unavailable`, `corrupt_item`
   */
  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const threadId = threadOf(config);
    if (threadId === undefined) return undefined;
    const loaded = await this.load(threadId, namedIn(config));
    return loaded?.checkpoint && tupleOf(threadId, loaded.checkpoint);
  }

  /** Its checkpoint alone. */
  async get(config: RunnableConfig): Promise<SavedCheckpoint | undefined> {
    return (await this.getTuple(config))?.checkpoint;
  }

  /**
   * The thread's checkpoints, one for each superstep, newest first; of a config that names a checkpoint, that one.
   * @throws HoldpointError `invalid_argument` without a thread or for a nested graph, `unknown_checkpoint`, `store_unavailable`, `corrupt_item`
   */
  async *list(config: RunnableConfig, options: ListCheckpointsOptions = {}): AsyncGenerator<CheckpointTuple> {
    const threadId = threadOf(config);
    if (threadId === undefined) {
      throw invalidArgument('list(config) needs config.configurable.thread_id. listThreads() lists the threads.');
    }
    const before = options.before && namedIn(options.before);
    const all =
      namedIn(config) === undefined ? tuplesOf(this, threadId, before, options) : tupleNamed(this, config, before);
    yield* matching(all, options);
  }

  /** What LangGraph's own graphs ask a saver for before they run. @throws HoldpointError `invalid_argument` */
  getNextVersion(): never {
    throw foreignSaver(`${this.constructor.name} in a graph of LangGraph's`);
  }
}

function threadOf({ configurable = {} }: RunnableConfig): string | undefined {
  const { thread_id, checkpoint_ns } = configurable;
  if (!checkpoint_ns) return thread_id;
  throw invalidArgument(
    `Checkpoints of nested graphs are part of their root's: ask the graph for checkpoint_ns "${checkpoint_ns}", with getState or getStateHistory.`,
  );
}

function namedIn({ configurable }: RunnableConfig): string | undefined {
  return configurable?.checkpoint_id || undefined;
}

async function* tupleNamed(saver: Saver, config: RunnableConfig, before?: string): AsyncGenerator<CheckpointTuple> {
  const tuple = await saver.getTuple(config);
  // Ids sort by version.
  if (tuple && (before === undefined || tuple.checkpoint.id < before)) yield tuple;
}

async function* tuplesOf(
  saver: Saver,
  threadId: string,
  before: string | undefined,
  { limit, filter }: ListCheckpointsOptions,
): AsyncGenerator<CheckpointTuple> {
  const hint = filter ? undefined : limit;
  for await (const { checkpoint } of supersteps(saver, threadId, before, hint, (one) => one)) {
    yield tupleOf(threadId, checkpoint);
  }
}

function tupleOf(threadId: string, { id, parentId, createdAt, source, metadata, frame }: Checkpoint): CheckpointTuple {
  const stored = [...frame.channels];
  return {
    config: threadConfig(threadId, id),
    checkpoint: {
      id,
      ts: createdAt,
      channel_values: Object.fromEntries(stored.map(([name, { value }]) => [name, value])),
      channel_versions: Object.fromEntries(stored.map(([name, { version }]) => [name, version])),
    },
    metadata: { ...metadata, source, step: frame.step, parents: {} },
    ...(parentId !== undefined && { parentConfig: threadConfig(threadId, parentId) }),
  };
}
