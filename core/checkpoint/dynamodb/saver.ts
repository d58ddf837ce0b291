/**
 * Threads in a DynamoDB table: the Checkpointer that is safe under concurrency, crashes and retries.
 * How a thread lies in the table is in keys.ts; how it is claimed in taking.ts; how it is committed in claim.ts.
 *
 * - C9 The tenant is this object's: make one per verified tenant, it costs nothing.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Checkpoint, versionOf } from '../checkpoint.ts';
import type { Checkpointer, Claim, ClaimRequest, ChainOptions, LoadedThread } from '../checkpointer.ts';
import { Codec, type ValueCodec } from '../codec.ts';
import { type ListThreadsOptions, readListOptions, type ThreadPage } from '../listing.ts';
import { Saver } from '../saver.ts';
import { deleteThread } from './deletion.ts';
import { lifeKey } from './head.ts';
import { checkRun, checkTenant, partitionKey } from './keys.ts';
import { listThreads } from './listing.ts';
import { claimThread } from './once.ts';
import { freshClaim } from './opening.ts';
import { type Partition, readHead } from './partition.ts';
import { describeHead, readAfter, readNamed, readNewest, withHead } from './reading.ts';
import { CheckpointReader, history } from './records.ts';
import { readRetention, type Retention, type RetentionOptions } from './retention.ts';
import { Table } from './table.ts';

export interface DynamoDBSaverOptions extends RetentionOptions {
  /** A DynamoDBClient, or a DynamoDBDocumentClient made from one. Set its `requestTimeout` and `maxAttempts` to fit your deadline. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** The table's name. Its keys are those of `tableDefinition`. */
  readonly table: string;
  /** Whose threads these are. Take it from a verified identity only. @default 'default' */
  readonly tenant?: string;
  /** Codecs for instances of your own classes in the state. */
  readonly codecs?: readonly ValueCodec[];
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
}

const PAGE = 25;

/**
 * @example
 * const checkpointer = new DynamoDBSaver({ client: new DynamoDBClient({}), table: 'holdpoint' });
 * const graph = builder.compile({ checkpointer });
 */
export class DynamoDBSaver extends Saver implements Checkpointer {
  readonly #table: Table;
  readonly #tenant: string;
  readonly #codec: Codec;
  readonly #retention: Retention;
  readonly #clock: () => number;

  /** @throws HoldpointError `invalid_argument` for a tenant that cannot be part of a key, or a time to live that is none */
  constructor({ client, table, tenant = 'default', codecs, clock = Date.now, ...retention }: DynamoDBSaverOptions) {
    super();
    checkTenant(tenant);
    this.#table = new Table(client, table);
    this.#tenant = tenant;
    this.#codec = new Codec(codecs);
    this.#retention = readRetention(retention);
    this.#clock = clock;
  }

  check(value: unknown, where: string): void {
    this.#codec.check(value, where);
  }

  async load(threadId: string, checkpointId?: string): Promise<LoadedThread | undefined> {
    const partition = this.#partition(threadId);
    return withHead(partition, async (head) => {
      const named = checkpointId !== undefined && checkpointId !== head.checkpointId;
      const checkpoint = named
        ? await readNamed(partition, head, checkpointId)
        : await readNewest(new CheckpointReader(partition, lifeKey(head)), head);
      return { head: await describeHead(partition, head, named ? undefined : checkpoint), checkpoint };
    });
  }

  async *chain(threadId: string, { before, after, limit }: ChainOptions = {}): AsyncIterable<Checkpoint> {
    const partition = this.#partition(threadId);
    const head = await readHead(partition);
    if (!head) return;
    const reader = new CheckpointReader(partition, lifeKey(head));
    const pageSize = limit === undefined ? PAGE : Math.min(Math.max(limit, 1) + 1, 4 * PAGE);
    if (after !== undefined) return yield* readAfter(reader, partition, head, after, pageSize);
    let next: string | undefined = head.previousId;
    if (before === undefined) {
      const newest = await readNewest(reader, head);
      if (newest) yield newest;
    } else if (before !== head.checkpointId) {
      next = versionOf(before) === undefined ? undefined : before;
    }
    for await (const record of history(partition, lifeKey(head), next, pageSize)) {
      if (record.id === before) continue;
      const checkpoint = await reader.readRecord(record);
      if (!checkpoint) return;
      yield checkpoint;
    }
  }

  async claim(threadId: string, want: ClaimRequest): Promise<Claim> {
    const partition = this.#partition(threadId);
    checkRun(want.runId, want.graph);
    if (want.fresh) return freshClaim(partition, want);
    return claimThread(partition, want);
  }

  async listThreads(options: ListThreadsOptions = {}): Promise<ThreadPage> {
    const query = readListOptions(options);
    return listThreads(this.#table, this.#tenant, query, (threadId) => this.#partition(threadId));
  }

  async deleteThread(threadId: string): Promise<boolean> {
    return deleteThread(this.#partition(threadId));
  }

  #partition(threadId: string): Partition {
    return {
      table: this.#table,
      pk: partitionKey(this.#tenant, threadId),
      threadId,
      codec: this.#codec,
      retention: this.#retention,
      clock: this.#clock,
    };
  }
}
