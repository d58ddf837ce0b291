/**
 * LangGraph.js checkpoints in DynamoDB, thin: the items and the calls of @rwai/langgraphjs-checkpoint-dynamodb 0.1.6. That package wants
 * another checkpoint library (0.0.x) and another @langchain/core (0.3) than LangGraph.js 1.7.3, so it does not fit into one tree with it;
 * forced into one, it brings both a second time, and the peer's bundle is larger (docs/performance.md). Made for the bundle bench: as
 * any saver of that design, it is not safe under concurrency.
 */
import { BatchWriteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';

type PendingWrites = Parameters<BaseCheckpointSaver['putWrites']>[1];

interface CheckpointItem {
  readonly thread_id: string;
  readonly checkpoint_id: string;
  readonly parent_id?: string;
  readonly type: string;
  readonly checkpoint: Uint8Array;
  readonly metadata: Uint8Array;
}

interface WriteItem {
  readonly key: string;
  readonly task: string;
  readonly channel: string;
  readonly type: string;
  readonly value: Uint8Array;
}

export class ThinDynamoDBSaver extends BaseCheckpointSaver {
  readonly #client: DynamoDBDocumentClient;
  readonly #checkpoints: string;
  readonly #writes: string;

  constructor(client: DynamoDBDocumentClient, checkpoints: string, writes: string) {
    super();
    this.#client = client;
    this.#checkpoints = checkpoints;
    this.#writes = writes;
  }

  async getTuple(config: LangGraphRunnableConfig): Promise<CheckpointTuple | undefined> {
    const threadId = threadOf(config);
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#checkpoints,
        KeyConditionExpression: 'thread_id = :t',
        ExpressionAttributeValues: { ':t': threadId },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      }),
    );
    const item = Items[0] as CheckpointItem | undefined;
    if (!item) return undefined;
    return {
      config: configFor(threadId, item.checkpoint_id),
      checkpoint: (await this.serde.loadsTyped(item.type, item.checkpoint)) as Checkpoint,
      metadata: (await this.serde.loadsTyped(item.type, item.metadata)) as CheckpointMetadata,
      ...(item.parent_id !== undefined && { parentConfig: configFor(threadId, item.parent_id) }),
      pendingWrites: await this.#pendingWrites(threadId, item.checkpoint_id),
    };
  }

  async *list(config: LangGraphRunnableConfig): AsyncGenerator<CheckpointTuple> {
    const newest = await this.getTuple(config);
    if (newest) yield newest;
  }

  async put(
    config: LangGraphRunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
  ): Promise<LangGraphRunnableConfig> {
    const threadId = threadOf(config);
    const [type, data] = await this.serde.dumpsTyped(checkpoint);
    const [, meta] = await this.serde.dumpsTyped(metadata);
    const parent: unknown = config.configurable?.['checkpoint_id'];
    const item: CheckpointItem = {
      thread_id: threadId,
      checkpoint_id: checkpoint.id,
      ...(typeof parent === 'string' && { parent_id: parent }),
      type,
      checkpoint: data,
      metadata: meta,
    };
    await this.#client.send(new PutCommand({ TableName: this.#checkpoints, Item: item }));
    return configFor(threadId, checkpoint.id);
  }

  async putWrites(config: LangGraphRunnableConfig, writes: PendingWrites, taskId: string): Promise<void> {
    const pk = writesKey(threadOf(config), String(config.configurable?.['checkpoint_id']));
    const requests = await Promise.all(
      writes.map(async ([channel, value], index) => {
        const [type, data] = await this.serde.dumpsTyped(value);
        const item: WriteItem = {
          key: `${taskId}#${index}`,
          task: taskId,
          channel,
          type,
          value: data,
        };
        return { PutRequest: { Item: { pk, ...item } } };
      }),
    );
    for (let at = 0; at < requests.length; at += 25) {
      const batch = requests.slice(at, at + 25);
      await this.#client.send(new BatchWriteCommand({ RequestItems: { [this.#writes]: batch } }));
    }
  }

  async deleteThread(): Promise<void> {
    throw new Error('The bench deletes no threads.');
  }

  async #pendingWrites(
    threadId: string,
    checkpointId: string,
  ): Promise<[task: string, channel: string, value: unknown][]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#writes,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': writesKey(threadId, checkpointId) },
        ConsistentRead: true,
      }),
    );
    return Promise.all(
      (Items as WriteItem[]).map(async ({ task, channel, type, value }) => {
        return [task, channel, await this.serde.loadsTyped(type, value)];
      }),
    );
  }
}

function threadOf({ configurable }: LangGraphRunnableConfig): string {
  return String(configurable?.['thread_id']);
}

function configFor(threadId: string, checkpointId: string): LangGraphRunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: '', checkpoint_id: checkpointId } };
}

function writesKey(threadId: string, checkpointId: string): string {
  return `${threadId}:::${checkpointId}`;
}
